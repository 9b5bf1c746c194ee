using System.Diagnostics;
using System.Text.Json.Nodes;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;

namespace OmeZarr.Benchmarks.Rows.Latency;

/// <summary>What an append costs beside its copy: frames of one byte, in bursts that the ring takes without waiting.</summary>
internal static unsafe class CallOverhead
{
    private const int Burst = 1024, Bursts = 200, RingFrames = 16384;

    /// <summary>Nanoseconds a call, the mean of each burst, and the library's own view.</summary>
    public static (double[] Means, OmzStats Stats) Measure(FramePool pool, WorkFolder folder)
    {
        var settings = SettingsDocument.Of(
            new Regime(Layouts.OneByteFrames, Codecs.Raw), folder.Dataset, Sync.Never,
            document => document["pipeline"] = new JsonObject { ["ring_frames"] = RingFrames });
        using var stream = NativeStream.Create(settings);
        var means = new double[Bursts];
        for (var burst = 0; burst < Bursts; burst++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var frame = 0; frame < Burst; frame++)
                stream.Append(pool[frame], 1);
            means[burst] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / Burst;
            var appended = (ulong)(burst + 1) * Burst;
            while (stream.Stats().FramesWritten < appended)
                Pacer.Pause();
        }

        var stats = stream.Stats();
        stream.Finish();
        folder.RemoveDataset();
        return (means, stats);
    }
}
