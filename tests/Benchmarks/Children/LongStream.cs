using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;

namespace OmeZarr.Benchmarks.Children;

/// <summary>
/// Very many tiny frames through the published library: time and memory of each tenth, and the threads it keeps.
/// </summary>
internal static unsafe class LongStream
{
    public const int Parts = 10;

    // Short, so that all its slots have been used once when the measurement begins: the longest one would grow resident with
    // each longer pause of the workers.
    private const int RingFrames = 512;

    private const int WarmFrames = 16 * RingFrames;

    private const double FrameSeconds = 1e-3;

    /// <summary>
    /// Writes <c>seconds</c> and <c>resident</c> (after each part), <c>chunks</c> and <c>threads</c> (names of those added).
    /// </summary>
    /// <param name="parent">A folder.</param>
    /// <param name="frames">How many are measured.</param>
    /// <param name="withMetadata">Whether each frame comes with its times, its position and a JSON object.</param>
    /// <param name="json">Receives the figures.</param>
    public static void Measure(string parent, long frames, bool withMetadata, Utf8JsonWriter json)
    {
        using var pools = new FramePools(quick: true);
        using var folder = new WorkFolder("child", parent);
        var pool = pools[Layouts.TinyFrames.Frame];
        var before = ThreadNames.OfThisProcess();
        using var stream = NativeStream.Create(SettingsDocument.Of(
            new Regime(Layouts.TinyFrames, Codecs.Raw), folder.Dataset, Sync.Never,
            document => document["pipeline"] = new JsonObject { ["ring_frames"] = RingFrames }));

        // An empty ring takes frames faster than a full one.
        long next = WarmFrames;
        Append(stream, pool, 0, next, withMetadata);
        double[] seconds = new double[Parts], resident = new double[Parts];
        for (var part = 0; part < Parts; part++)
        {
            var started = Stopwatch.GetTimestamp();
            Append(stream, pool, next, frames / Parts, withMetadata);
            seconds[part] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            resident[part] = ProcessMemory.Now;
            next += frames / Parts;
        }

        var threads = ThreadNames.AddedSince(before);
        stream.Flush();
        var chunks = stream.Stats().ChunksWritten;
        stream.Finish();
        folder.RemoveDataset();
        WriteArray(json, "seconds", seconds);
        WriteArray(json, "resident", resident);
        json.WriteNumber("chunks", chunks);
        json.WriteStartArray("threads");
        foreach (var name in threads)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void Append(NativeStream stream, FramePool pool, long first, long count, bool withMetadata)
    {
        fixed (byte* json = "{\"shutter\": \"open\", \"laser\": 0.25}\0"u8)
        {
            for (var frame = first; frame < first + count; frame++)
            {
                if (withMetadata)
                    stream.Append(pool[frame], pool.Shape.Bytes, frame * FrameSeconds, json);
                else
                    stream.Append(pool[frame], pool.Shape.Bytes);
            }
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, double[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
