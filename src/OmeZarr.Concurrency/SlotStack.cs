using System.Runtime.CompilerServices;
using OmeZarr.Memory;

namespace OmeZarr.Concurrency;

/// <summary>
/// The free slots, last in first out, without locks: the slot freed last is still warm in the caches and is used first.
/// A Treiber stack whose head carries a counter beside the slot number, so that a slot that left and came back in between
/// is noticed (the ABA problem).
/// </summary>
[SkipLocalsInit]
public sealed class SlotStack : IDisposable
{
    private const int None = -1;

    private readonly FixedTable<int> _next;
    private long _head;
    private long _count;

    /// <param name="slots">Number of slots, all free at first; slot 0 comes first.</param>
    public SlotStack(int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        _next = new FixedTable<int>(slots);
        for (var slot = 0; slot < slots; slot++)
            _next[slot] = slot + 1 < slots ? slot + 1 : None;
        _head = Pack(0, 0);
        _count = slots;
    }

    /// <summary>
    /// Number of free slots; a snapshot, between 0 and all of them. A slot that is being pushed already counts; one that is being
    /// taken still does.
    /// </summary>
    public int Count => (int)Volatile.Read(ref _count);

    /// <summary>Takes a free slot, or returns false when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPop(out int slot)
    {
        while (true)
        {
            var head = Volatile.Read(ref _head);
            slot = (int)(uint)head;
            if (slot == None)
                return false;
            // May be stale when another thread has just taken the slot; the counter then makes the exchange fail.
            var next = Volatile.Read(ref _next[slot]);
            if (Interlocked.CompareExchange(ref _head, Pack(head, next), head) == head)
            {
                Interlocked.Decrement(ref _count);
                return true;
            }
        }
    }

    /// <summary>Pushes a free slot. All earlier writes by the caller are visible to the thread that takes it next.</summary>
    public void Push(int slot)
    {
        Interlocked.Increment(ref _count);
        while (true)
        {
            var head = Volatile.Read(ref _head);
            Volatile.Write(ref _next[slot], (int)(uint)head);
            if (Interlocked.CompareExchange(ref _head, Pack(head, slot), head) == head)
                return;
        }
    }

    /// <summary>Only once no thread uses the stack any more.</summary>
    public void Dispose() => _next.Dispose();

    private static long Pack(long previousHead, int slot) =>
        unchecked((long)((((ulong)previousHead >> 32) + 1) << 32 | (uint)slot));
}
