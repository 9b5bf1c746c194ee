namespace OmeZarr.Memory;

/// <summary>
/// The frames in flight: a fixed number of page-aligned slots in native memory, and a bounded queue of published records
/// in the order of publication. Producers claim a slot, fill it and publish a record; one consumer at a time takes records;
/// a slot is free again once everyone who holds it has let go. Nothing here takes a lock or allocates after construction.
/// </summary>
public sealed unsafe class FrameRing : IDisposable
{
    private readonly NativeBuffer _memory;
    private readonly SlotStack _free;
    private readonly int[] _holds;
    private readonly BoundedQueue<FrameRecord> _published;
    private PaddedLong _highWater;

    /// <param name="slots">Number of frames in flight; at least 1.</param>
    /// <param name="slotBytes">Bytes that fit into a slot; at least 1. Rounded up to whole pages.</param>
    public FrameRing(int slots, long slotBytes)
    {
        SlotBytes = SlotStride(slotBytes);
        Slots = slots;
        _memory = new NativeBuffer(checked(SlotBytes * slots));
        _free = new SlotStack(slots);
        _holds = new int[slots];
        // Twice the slots: records without a slot (skipped frames) find room even when every slot is published.
        _published = new BoundedQueue<FrameRecord>(checked(slots * 2));
    }

    /// <summary>Page granularity of slots, in bytes.</summary>
    public const int PageBytes = 4096;

    public int Slots { get; }

    /// <summary>Capacity of each slot and distance between slots, in bytes.</summary>
    public long SlotBytes { get; }

    /// <summary>Native memory held, in bytes.</summary>
    public long MemoryBytes => _memory.Length;

    public int Occupied => Slots - _free.Count;

    /// <summary>The most slots ever in use at once.</summary>
    public int HighWater => (int)Volatile.Read(ref _highWater.Value);

    /// <summary>Woken each time a slot becomes free.</summary>
    public EventCount SlotFreed { get; } = new();

    /// <summary>Whether no published record waits to be taken.</summary>
    public bool IsDrained => _published.IsEmpty;

    /// <summary>The distance between slots for frames of this size: whole pages.</summary>
    public static long SlotStride(long slotBytes) => checked(slotBytes + PageBytes - 1) / PageBytes * PageBytes;

    /// <summary>A slot's first byte; fixed for the ring's life.</summary>
    public byte* Address(int slot) => _memory.Pointer + SlotBytes * slot;

    /// <summary>Takes a free slot, or returns false at once. The claimer alone may write to it until it is published.</summary>
    public bool TryClaim(out int slot)
    {
        if (!_free.TryPop(out slot))
            return false;
        long occupied = Occupied, high = Volatile.Read(ref _highWater.Value);
        while (occupied > high)
        {
            var seen = Interlocked.CompareExchange(ref _highWater.Value, occupied, high);
            if (seen == high)
                break;
            high = seen;
        }

        return true;
    }

    /// <summary>Makes a record visible to the consumer, with all that was written to its slot before. False when the queue is full.</summary>
    public bool TryPublish(in FrameRecord record) => _published.TryEnqueue(record);

    /// <summary>Takes the oldest published record.</summary>
    public bool TryTake(out FrameRecord record) => _published.TryDequeue(out record);

    /// <summary>Says how many holders a taken slot has. Called by the consumer before any of them can let go.</summary>
    public void Hold(int slot, int holders) => Volatile.Write(ref _holds[slot], holders);

    /// <summary>Lets go of a slot; the last holder frees it.</summary>
    public void LetGo(int slot)
    {
        // A full fence: every holder's reads of the pixels come before the slot is free.
        if (Interlocked.Decrement(ref _holds[slot]) == 0)
            Free(slot);
    }

    /// <summary>Frees a claimed slot that has no holders.</summary>
    public void Free(int slot)
    {
        _free.Push(slot);
        SlotFreed.Notify();
    }

    /// <summary>Only once no thread uses the ring any more.</summary>
    public void Dispose() => _memory.Dispose();
}
