using System.Diagnostics;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;
using OmeZarr.Memory;

namespace OmeZarr.Benchmarks.Rows.Latency;

/// <summary>Frames at a camera's pace.</summary>
/// <param name="Regime">Layout and codec.</param>
/// <param name="FramesPerSecond">The pace.</param>
/// <param name="NewDelivery">How each run hands them in.</param>
internal sealed record Pace(Regime Regime, double FramesPerSecond, Func<IDelivery> NewDelivery)
{
    public string Name => $"{Regime.Name}, {FramesPerSecond:0} frames/s";
}

/// <summary>
/// One stream fed at a pace. Half a period after each append the same thread copies another frame into memory of its own, as
/// many slots as the ring has: the same copy under the same load, without the library.
/// </summary>
internal sealed unsafe class PacedRun
{
    private const long MaxSlotBytes = 512 << 20;

    private PacedRun(Latencies appends, Latencies copies, OmzStats stats)
    {
        Appends = appends;
        Copies = copies;
        Stats = stats;
    }

    public Latencies Appends { get; }

    public Latencies Copies { get; }

    /// <summary>The library's own view, taken after the last append.</summary>
    public OmzStats Stats { get; }

    public static PacedRun Measure(Pace pace, FramePool pool, WorkFolder folder, double seconds)
    {
        var frames = (int)(seconds * pace.FramesPerSecond);
        using var stream = NativeStream.Create(SettingsDocument.Of(pace.Regime, folder.Dataset, Sync.Finalize));
        var slots = (int)Math.Min((long)stream.Stats().RingCapacity, Math.Max(1, MaxSlotBytes / pool.Shape.Bytes));
        using var target = new NativeBuffer(pool.Shape.Bytes * slots);
        for (var slot = 0; slot < slots; slot++)
            Copy(pool, slot, target, slots);
        Latencies appends = new(frames), copies = new(frames);
        var delivery = pace.NewDelivery();
        var pacer = new Pacer();
        for (var frame = 0; frame < frames; frame++)
        {
            pacer.WaitUntil(frame / pace.FramesPerSecond);
            appends.Record(delivery.Deliver(stream, pool, frame));
            pacer.WaitUntil((frame + 0.5) / pace.FramesPerSecond);
            var started = Stopwatch.GetTimestamp();
            Copy(pool, frame + pool.Count / 2, target, slots);
            copies.Record(Stopwatch.GetTimestamp() - started);
        }

        var stats = stream.Stats();
        stream.Finish();
        delivery.End(stream);
        folder.RemoveDataset();
        return new PacedRun(appends, copies, stats);
    }

    private static void Copy(FramePool pool, int frame, NativeBuffer target, int slots)
    {
        // SAFETY: the target was made for this many slots of the pool's frames.
        Buffer.MemoryCopy(pool[frame], target.Pointer + frame % slots * pool.Shape.Bytes, pool.Shape.Bytes, pool.Shape.Bytes);
    }
}
