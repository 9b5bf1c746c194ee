using OmeZarr.Concurrency;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// The memory of a pipeline's chunk rows when frames are copied early: equal buffers, shared by the chunk rows of all its arrays.
/// Lock-free; the buffer returned last is taken first, while it is still in the caches.
/// </summary>
internal sealed unsafe class AssemblyPool : IDisposable
{
    private readonly NativeBuffer _memory;
    private readonly SlotStack _free;
    private readonly long _bytes;

    /// <param name="buffers">Number of buffers; at least 1.</param>
    /// <param name="bytes">Size of each: what the largest chunk row needs.</param>
    public AssemblyPool(int buffers, long bytes)
    {
        _bytes = Stride(bytes);
        _memory = new NativeBuffer(checked(_bytes * buffers));
        _free = new SlotStack(buffers);
    }

    /// <summary>The memory that a buffer of this size takes: whole pages.</summary>
    public static long Stride(long bytes) => NativeBuffer.AlignUp(bytes);

    /// <summary>Takes a free buffer, or returns false at once. It still has the content of its last use.</summary>
    public bool TryRent(out AssemblyBuffer buffer)
    {
        var isFree = _free.TryPop(out var number);
        buffer = isFree ? new AssemblyBuffer(number, (nint)(_memory.Pointer + _bytes * number)) : default;
        return isFree;
    }

    /// <summary>Returns a buffer, which may be reused at once. Any thread.</summary>
    public void Return(AssemblyBuffer buffer) => _free.Push(buffer.Number);

    /// <summary>Has the system map the next few pages, as the ring does; returns false when all are mapped.</summary>
    public bool Prefault() => _memory.Prefault();

    /// <summary>Only once no thread uses a buffer any more.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _free.Dispose();
    }
}

/// <summary>One of a pool's buffers.</summary>
/// <param name="Number">Its index in the pool.</param>
/// <param name="First">Address of its first byte.</param>
internal readonly record struct AssemblyBuffer(int Number, nint First);
