using OmeZarr.Concurrency;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// The memory of a pipeline's chunk rows when frames are copied out of the ring early: equal buffers, which the chunk rows of all
/// its arrays share. Without locks; the buffer given back last is taken first, while it is still in the caches.
/// </summary>
internal sealed unsafe class AssemblyPool : IDisposable
{
    private readonly NativeBuffer _memory;
    private readonly SlotStack _free;
    private readonly long _bytes;

    /// <param name="buffers">How many; at least 1.</param>
    /// <param name="bytes">Of one, as the largest chunk row needs.</param>
    public AssemblyPool(int buffers, long bytes)
    {
        _bytes = Stride(bytes);
        _memory = new NativeBuffer(checked(_bytes * buffers));
        _free = new SlotStack(buffers);
    }

    /// <summary>What a buffer of this size takes: whole pages.</summary>
    public static long Stride(long bytes) => NativeBuffer.AlignUp(bytes);

    /// <summary>Takes a free buffer, or returns false at once. What is in it is left over from its last use.</summary>
    public bool TryRent(out AssemblyBuffer buffer)
    {
        var isFree = _free.TryPop(out var number);
        buffer = isFree ? new AssemblyBuffer(number, (nint)(_memory.Pointer + _bytes * number)) : default;
        return isFree;
    }

    /// <summary>Gives a buffer back, to be taken at once by whoever needs one. Any thread.</summary>
    public void Return(AssemblyBuffer buffer) => _free.Push(buffer.Number);

    /// <summary>Has the system give the next few pages, as the ring does; returns false when all are there.</summary>
    public bool Prefault() => _memory.Prefault();

    /// <summary>Only once no thread uses a buffer any more.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _free.Dispose();
    }
}

/// <summary>One of a pool's buffers.</summary>
/// <param name="Number">Its place in the pool.</param>
/// <param name="First">Address of its first byte.</param>
internal readonly record struct AssemblyBuffer(int Number, nint First);
