using System.Runtime.CompilerServices;
using OmeZarr.Memory;

namespace OmeZarr.Concurrency;

/// <summary>
/// The frames in flight: a fixed number of page-aligned slots in native memory, room for frames borrowed from the caller, and a
/// bounded queue of published records in order of publication. Producers claim a slot, fill it and publish a record; one consumer
/// at a time takes records; a slot is free again once its reference count falls to zero. Nothing here takes a lock or allocates
/// after construction.
/// </summary>
/// <remarks>
/// Slots come first in the numbering, then borrowed frames. A slot's memory never moves. The pixels of a borrowed frame belong to
/// the caller and are not read after its last reference is released.
/// </remarks>
[SkipLocalsInit]
public sealed unsafe class FrameRing : IFrameSlots, IDisposable
{
    /// <summary>Page granularity of slots, in bytes.</summary>
    public const int PageBytes = 4096;

    /// <summary>At this many free slots (or a quarter of a small ring, but at least one) the ring is short.</summary>
    private const int FewSlots = 8;

    private const int None = -1;
    private const int NotOwned = 0;
    private const int Owned = 1;

    private readonly NativeBuffer _memory;
    private readonly byte* _first;
    private readonly SlotStack _free;
    private readonly int _few;
    private readonly int _manyBorrowed;
    private readonly FixedTable<int> _references;
    private readonly FixedTable<int> _owned;
    private readonly FixedTable<long> _frames;
    private readonly FixedTable<FramePixels> _pixels;
    private readonly BoundedQueue<FrameRecord> _published;
    private long _highWater;
    private int _ownedCount;

    /// <param name="slots">Number of frames in flight; 0 when all are borrowed.</param>
    /// <param name="slotBytes">Bytes that fit into a slot; at least 1. Rounded up to whole pages.</param>
    /// <param name="borrowed">The most frames borrowed at once.</param>
    public FrameRing(int slots, long slotBytes, int borrowed = 0)
    {
        SlotBytes = SlotStride(slotBytes);
        Slots = slots;
        Borrowed = new BorrowedFrames(borrowed);
        _memory = new NativeBuffer(Math.Max(1, checked(SlotBytes * slots)));
        _first = _memory.Pointer;
        _few = slots == 0 ? None : Math.Clamp(slots / 4, 1, FewSlots);
        _manyBorrowed = borrowed - Math.Clamp(borrowed / 4, Math.Min(1, borrowed), FewSlots);
        _free = new SlotStack(Math.Max(1, slots));
        if (slots == 0)
            _ = _free.TryPop(out _);
        var all = checked(slots + borrowed);
        _references = new FixedTable<int>(all);
        _owned = new FixedTable<int>(slots);
        _frames = new FixedTable<long>(all);
        _pixels = new FixedTable<FramePixels>(all);
        _published = new BoundedQueue<FrameRecord>(all);
    }

    public int Slots { get; }

    /// <summary>Capacity of each slot and distance between slots, in bytes.</summary>
    public long SlotBytes { get; }

    /// <summary>Native memory held, in bytes.</summary>
    public long MemoryBytes => _memory.Length;

    public int Occupied => Slots - _free.Count;

    /// <summary>Whether only few slots are free, or only few more frames can be borrowed.</summary>
    public bool IsShort
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _free.Count <= _few || Borrowed.Held > _manyBorrowed;
    }

    /// <summary>Slots that a caller has acquired and neither committed nor cancelled.</summary>
    public int OwnedByCaller => Volatile.Read(ref _ownedCount);

    /// <summary>The most slots ever in use at once.</summary>
    public int HighWater => (int)Volatile.Read(ref _highWater);

    /// <summary>Notified each time a slot becomes free.</summary>
    public EventCount SlotFreed { get; } = new();

    public BorrowedFrames Borrowed { get; }

    /// <summary>Whether no published record waits to be taken.</summary>
    public bool IsDrained => _published.IsEmpty;

    /// <summary>The distance between slots for frames of this size: whole pages.</summary>
    public static long SlotStride(long slotBytes) => checked(slotBytes + PageBytes - 1) / PageBytes * PageBytes;

    /// <summary>A slot's first byte; fixed for the ring's life.</summary>
    public byte* Address(int slot) => _first + SlotBytes * slot;

    /// <summary>Where the pixels of a published slot are.</summary>
    public FramePixels Pixels(int slot) => _pixels[slot];

    /// <summary>Takes a free slot, or returns false at once. The claimer alone may write to it until it is published.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryClaim(out int slot)
    {
        if (!_free.TryPop(out slot))
            return false;
        long occupied = Occupied, high = Volatile.Read(ref _highWater);
        while (occupied > high)
        {
            var seen = Interlocked.CompareExchange(ref _highWater, occupied, high);
            if (seen == high)
                break;
            high = seen;
        }

        return true;
    }

    /// <summary>
    /// Has the system map the next few of the slots' pages, in the order in which slots are first claimed. Called by any thread
    /// that has nothing better to do. Returns false when all are mapped.
    /// </summary>
    public bool Prefault() => _memory.Prefault();

    /// <summary>Gives a claimed slot to the caller of the library, to be filled by a camera.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GiveToCaller(int slot)
    {
        Interlocked.Increment(ref _ownedCount);
        Volatile.Write(ref _owned[slot], Owned);
    }

    /// <summary>Takes a slot back from the caller; false when the caller does not own it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTakeFromCaller(long slot)
    {
        if (slot < 0 || slot >= Slots || Interlocked.CompareExchange(ref _owned[slot], NotOwned, Owned) != Owned)
            return false;
        Interlocked.Decrement(ref _ownedCount);
        return true;
    }

    /// <summary>The slot of a borrowed frame.</summary>
    public int SlotOf(int borrowed) => Slots + borrowed;

    /// <summary>Publishes a frame to the consumer, with everything that was written to its slot before.</summary>
    /// <exception cref="InvariantException">A slot was published twice; a defect of the caller.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(in FrameRecord record, in FramePixels pixels)
    {
        _pixels[record.Slot] = pixels;
        // Never full: a slot is published at most once before it is taken, and there is a cell for each.
        if (!_published.TryEnqueue(record))
            throw new InvariantException($"slot {record.Slot} was published before it was taken");
    }

    /// <summary>Takes the oldest published record.</summary>
    public bool TryTake(out FrameRecord record) => _published.TryDequeue(out record);

    /// <summary>
    /// Sets a taken slot's reference count, and whose pixels it has. Called by the consumer before any reference can be released.
    /// </summary>
    public void Hold(int slot, long frame, int references)
    {
        _frames[slot] = frame;
        // Release: who finds a reference finds the frame's number and pixels.
        Volatile.Write(ref _references[slot], references);
    }

    /// <summary>
    /// Adds a reference to the slot that has a frame's pixels, if any; the caller releases it as any other. Any thread.
    /// </summary>
    /// <param name="frame">The frame's number in acquisition order.</param>
    /// <param name="slot">Its slot.</param>
    public bool TryShare(long frame, out int slot)
    {
        for (slot = 0; slot < _frames.Length; slot++)
        {
            if (Volatile.Read(ref _frames[slot]) == frame && TryShare(slot))
            {
                // With the reference the slot stays as it is; before, it may have become another frame's.
                if (Volatile.Read(ref _frames[slot]) == frame)
                    return true;
                Release(slot);
            }
        }

        return false;
    }

    // Only where there is a reference already: a free slot is the next frame's. Full fence.
    private bool TryShare(int slot)
    {
        var references = Volatile.Read(ref _references[slot]);
        while (references > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references[slot], references + 1, references);
            if (seen == references)
                return true;
            references = seen;
        }

        return false;
    }

    /// <summary>Releases a reference to a slot; the last release frees it.</summary>
    /// <exception cref="InvariantException">There is no reference; a defect of the caller.</exception>
    public void Release(int slot)
    {
        // A full fence: every reader's reads of the pixels come before the slot is free.
        if (InvariantException.IsLast(Interlocked.Decrement(ref _references[slot]), "references to a frame"))
            Free(slot);
    }

    /// <summary>Frees a slot without references: a slot for the next frame, or a borrowed frame for its owner.</summary>
    public void Free(int slot)
    {
        if (slot >= Slots)
        {
            Borrowed.Release(slot - Slots);
            return;
        }

        _free.Push(slot);
        SlotFreed.Notify();
    }

    /// <summary>
    /// Only once no thread of the library uses the ring any more. While a caller owns slots, the memory is not unmapped: a camera
    /// may still write to it, and the addresses must not become somebody else's. Tokens of borrowed frames can still be taken.
    /// </summary>
    public void Dispose()
    {
        if (OwnedByCaller == 0)
            _memory.Dispose();
        else
            _memory.Abandon();
        _free.Dispose();
        _references.Dispose();
        _owned.Dispose();
        _frames.Dispose();
        _pixels.Dispose();
        _published.Dispose();
    }
}

/// <summary>Where a frame's pixels are.</summary>
/// <param name="First">Address of the first pixel of the first row.</param>
/// <param name="RowStride">Bytes from one row to the next.</param>
public readonly record struct FramePixels(nint First, long RowStride);
