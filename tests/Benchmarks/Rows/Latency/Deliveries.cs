using System.Diagnostics;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;

namespace OmeZarr.Benchmarks.Rows.Latency;

/// <summary>A way to hand a frame to the library.</summary>
internal interface IDelivery
{
    /// <summary>The calls that are timed.</summary>
    string Calls { get; }

    /// <summary>Whether the time is that of a copy, or must not depend on the frame's size.</summary>
    bool Copies { get; }

    /// <summary>Hands in a frame; the ticks of <see cref="Stopwatch"/> spent inside the library.</summary>
    long Deliver(NativeStream stream, FramePool pool, long frame);

    /// <summary>After finalize.</summary>
    void End(NativeStream stream);
}

/// <summary>omz_append_frame: the library copies.</summary>
internal sealed unsafe class CopiedFrames : IDelivery
{
    public string Calls => "append";

    public bool Copies => true;

    public long Deliver(NativeStream stream, FramePool pool, long frame)
    {
        var started = Stopwatch.GetTimestamp();
        stream.Append(pool[frame], pool.Shape.Bytes);
        return Stopwatch.GetTimestamp() - started;
    }

    public void End(NativeStream stream)
    {
    }
}

/// <summary>omz_acquire_slot, the pixels written by this program as a camera would, omz_commit_slot.</summary>
internal sealed unsafe class SlotFrames : IDelivery
{
    public string Calls => "acquire and commit of a slot";

    public bool Copies => false;

    public long Deliver(NativeStream stream, FramePool pool, long frame)
    {
        var started = Stopwatch.GetTimestamp();
        var slot = stream.AcquireSlot(out var pixels);
        var acquired = Stopwatch.GetTimestamp();
        // SAFETY: a slot holds a frame of the stream's size, and is this caller's until the commit.
        Buffer.MemoryCopy(pool[frame], pixels, pool.Shape.Bytes, pool.Shape.Bytes);
        var filled = Stopwatch.GetTimestamp();
        stream.CommitSlot(slot);
        return acquired - started + Stopwatch.GetTimestamp() - filled;
    }

    public void End(NativeStream stream)
    {
    }
}

/// <summary>
/// omz_append_borrowed: compressed from the pool's own memory. Lent frames never change, so one may be lent twice.
/// </summary>
internal sealed unsafe class BorrowedFrames : IDelivery
{
    // The library lends no more at once, and would wait for tokens that only this thread takes back.
    private const int MaxLent = 256;

    private readonly ulong[] _tokens = new ulong[MaxLent];
    private long _lent;

    public string Calls => "append of a borrowed frame";

    public bool Copies => false;

    public long Deliver(NativeStream stream, FramePool pool, long frame)
    {
        var started = Stopwatch.GetTimestamp();
        stream.AppendBorrowed(pool[frame], pool.Shape.Bytes, (ulong)frame);
        var ticks = Stopwatch.GetTimestamp() - started;
        _lent++;
        // After the call that is timed, which would else find the library's code and data fetched already.
        TakeBack(stream, MaxLent - 1);
        return ticks;
    }

    public void End(NativeStream stream) => TakeBack(stream, 0);

    private void TakeBack(NativeStream stream, int atMostLent)
    {
        _lent -= stream.TakeReleased(_tokens);
        while (_lent > atMostLent)
        {
            Pacer.Pause();
            _lent -= stream.TakeReleased(_tokens);
        }
    }
}

/// <summary>
/// The first call after a sleep does nothing and is timed; the frame follows it, borrowed. The least that any call takes.
/// </summary>
internal sealed class EmptyCalls : IDelivery
{
    private readonly BorrowedFrames _frames = new();

    public string Calls => "a call that does nothing, before the frame";

    public bool Copies => false;

    public long Deliver(NativeStream stream, FramePool pool, long frame)
    {
        var started = Stopwatch.GetTimestamp();
        _ = NativeStream.CallNothing();
        var ticks = Stopwatch.GetTimestamp() - started;
        _ = _frames.Deliver(stream, pool, frame);
        return ticks;
    }

    public void End(NativeStream stream) => _frames.End(stream);
}
