using System.Diagnostics;
using System.Text;
using OmeZarr.Acquisition;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Stores;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Benchmarks.Layers;

/// <summary>A whole session (JIT-compiled) with everything but a store: what is encoded is counted and dropped.</summary>
internal sealed unsafe class NullStoreLayer : IDisposable
{
    private readonly AcquisitionSession _session;
    private readonly FramePool _pool;
    private long _frame;

    /// <param name="pool">Where frames come from.</param>
    /// <param name="settings">A settings document; its path is not used.</param>
    public NullStoreLayer(FramePool pool, string settings)
    {
        _pool = pool;
        var plan = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(settings));
        _session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, Environment.ProcessorCount), new NullStore());
    }

    /// <summary>MB/s of pixels through a saturated session, its end included.</summary>
    public static double Speed(Regime regime, FramePool pool, long bytes)
    {
        using var layer = new NullStoreLayer(pool, SettingsDocument.Of(regime, "unused", Sync.Never));
        var frames = bytes / pool.Shape.Bytes;
        var started = Stopwatch.GetTimestamp();
        layer.Append(frames);
        layer.Finish();
        return frames * pool.Shape.Bytes / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6;
    }

    /// <summary>Slots that a session of these settings has.</summary>
    public static int RingFrames(string settings) =>
        MemoryPlan.For(AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(settings)),
            Environment.ProcessorCount).Cameras[0].RingFrames;

    /// <summary>Appends the next frames.</summary>
    public void Append(long count)
    {
        for (var end = _frame + count; _frame < end; _frame++)
        {
            // SAFETY: the pool outlives the call and its frames have the plan's size.
            var outcome = _session.Pipelines[0].Append(
                new FrameInput { Pixels = _pool[_frame], Bytes = (ulong)_pool.Shape.Bytes, Index = FrameInput.NextIndex });
            if (outcome.Status != AppendStatus.Ok)
                throw new InvalidOperationException($"frame {_frame}: {outcome.Status}, {outcome.Message}");
        }
    }

    /// <summary>Ends the session.</summary>
    public void Finish()
    {
        _session.BeginFinalize();
        _session.WaitForEnd(-1);
        if (_session.Fault is { } fault)
            throw new InvalidOperationException(fault.Message);
    }

    public void Dispose() => _session.Dispose();
}
