using System.Diagnostics;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Concurrency;

namespace OmeZarr.Benchmarks.Layers;

/// <summary>
/// The ring alone (JIT-compiled): one thread copies frames in and publishes them, another takes and frees them.
/// </summary>
internal static unsafe class RingLayer
{
    private const int WaitMs = 20;

    /// <summary>MB/s of frames through a ring.</summary>
    public static double Speed(FramePool pool, int slots, long bytes)
    {
        var frames = bytes / pool.Shape.Bytes;
        using var ring = new FrameRing(slots, pool.Shape.Bytes);
        var published = new EventCount();
        var consumer = new Thread(() => Consume(ring, published, frames)) { IsBackground = true };
        consumer.Start();
        var started = Stopwatch.GetTimestamp();
        for (long frame = 0; frame < frames; frame++)
        {
            int slot;
            while (!ring.TryClaim(out slot))
                Wait(ring.SlotFreed, () => ring.Occupied < ring.Slots);
            // SAFETY: a slot holds a frame of the pool's shape, and nobody else has it.
            Buffer.MemoryCopy(pool[frame], ring.Address(slot), ring.SlotBytes, pool.Shape.Bytes);
            var record = new FrameRecord { Index = frame, Slot = slot, Generation = 0 };
            ring.Publish(record, new FramePixels((nint)ring.Address(slot), pool.Shape.Bytes / pool.Shape.Height));
            published.Notify();
        }

        consumer.Join();
        return frames * pool.Shape.Bytes / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6;
    }

    private static void Consume(FrameRing ring, EventCount published, long frames)
    {
        for (long taken = 0; taken < frames; taken++)
        {
            FrameRecord record;
            while (!ring.TryTake(out record))
                Wait(published, () => !ring.IsDrained);
            ring.Free(record.Slot);
        }
    }

    private static void Wait(EventCount changed, Func<bool> isReady)
    {
        var ticket = changed.Prepare();
        if (isReady())
            changed.Cancel();
        else
            changed.Wait(ticket, WaitMs);
    }
}
