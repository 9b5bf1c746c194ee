using System.Diagnostics;
using System.Text.Json.Nodes;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;

namespace OmeZarr.Benchmarks.Layers;

/// <summary>The published library through its C ABI, saturated.</summary>
internal static unsafe class LibraryLayer
{
    private const double RestSeconds = 5;

    /// <summary>
    /// Speed from before the first append until finalize has returned; create is measured elsewhere. As with a camera that
    /// is set up after the stream was created, the first frame comes once the workers rest. Nothing is left in the folder.
    /// </summary>
    public static StreamSpeed Speed(Regime regime, FramePool pool, WorkFolder folder, Sync sync, long bytes,
        Action<JsonObject>? adjust = null)
    {
        var frames = bytes / pool.Shape.Bytes;
        using var stream = NativeStream.Create(SettingsDocument.Of(regime, folder.Dataset, sync, adjust));
        WaitForRest(stream);
        var started = Stopwatch.GetTimestamp();
        for (long frame = 0; frame < frames; frame++)
            stream.Append(pool[frame], pool.Shape.Bytes);
        stream.Finish();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        folder.RemoveDataset();
        return new StreamSpeed(frames * pool.Shape.Bytes / seconds / 1e6, frames / seconds);
    }

    private static void WaitForRest(NativeStream stream)
    {
        var created = Stopwatch.GetTimestamp();
        while (stream.Stats().ActiveWorkers > 0)
        {
            if (Stopwatch.GetElapsedTime(created).TotalSeconds > RestSeconds)
                throw new TimeoutException($"workers without any frame are still busy after {RestSeconds} s");
            Pacer.Pause();
        }
    }
}

/// <summary>How fast frames went, in MB/s of pixels and in frames per second.</summary>
internal sealed record StreamSpeed(double MegabytesPerSecond, double FramesPerSecond);
