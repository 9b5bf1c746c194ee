using System.Diagnostics;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Memory;

namespace OmeZarr.Benchmarks.Limits;

/// <summary>What one thread can copy: the least that an append that copies has to do.</summary>
internal static unsafe class MemoryCopy
{
    private const long CachedFrameBytes = 2 << 20;

    /// <summary>MB/s of one 2 MiB frame copied over and over: source and target stay in the cache.</summary>
    public static double Cached(FramePool pool, long bytes)
    {
        using var target = new NativeBuffer(CachedFrameBytes);
        var frame = Math.Min(CachedFrameBytes, pool.Shape.Bytes);
        return Speed(pool, frame, 1, target, 1, bytes);
    }

    /// <summary>MB/s of a pool's frames copied one after the other into as many slots as a ring has, touched before.</summary>
    public static double IntoSlots(FramePool pool, int slots, long bytes)
    {
        using var target = new NativeBuffer(pool.Shape.Bytes * slots);
        return Speed(pool, pool.Shape.Bytes, pool.Count, target, slots, bytes);
    }

    private static double Speed(FramePool pool, long frameBytes, int sources, NativeBuffer target, int slots, long bytes)
    {
        Copy(pool, frameBytes, sources, target, slots, slots);
        var copies = Math.Max(slots, bytes / frameBytes);
        var started = Stopwatch.GetTimestamp();
        Copy(pool, frameBytes, sources, target, slots, copies);
        return copies * frameBytes / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6;
    }

    private static void Copy(FramePool pool, long frameBytes, int sources, NativeBuffer target, int slots, long copies)
    {
        for (long i = 0; i < copies; i++)
        {
            // SAFETY: the pool's frames have at least frameBytes bytes, and the target was made for this many slots of them.
            Buffer.MemoryCopy(pool[i % sources], target.Pointer + i % slots * frameBytes, frameBytes, frameBytes);
        }
    }
}
