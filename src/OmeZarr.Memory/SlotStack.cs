namespace OmeZarr.Memory;

/// <summary>
/// The free slots, last in first out, without locks: the slot freed last is still warm in the caches and is used first.
/// A Treiber stack whose head carries a counter beside the slot number, so that a slot that left and came back in between
/// is noticed (the ABA problem).
/// </summary>
public sealed class SlotStack
{
    private const int None = -1;

    private readonly int[] _next;
    private PaddedLong _head;
    private PaddedLong _count;

    /// <param name="slots">Number of slots, all free at first; slot 0 comes first.</param>
    public SlotStack(int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        _next = new int[slots];
        for (var slot = 0; slot < slots; slot++)
            _next[slot] = slot + 1 < slots ? slot + 1 : None;
        _head.Value = Pack(0, 0);
        _count.Value = slots;
    }

    /// <summary>
    /// Number of free slots, a moment ago; between 0 and all of them. A slot that is being given back counts already, one
    /// that is being taken still does.
    /// </summary>
    public int Count => (int)Volatile.Read(ref _count.Value);

    /// <summary>Takes a free slot, or returns false when there is none.</summary>
    public bool TryPop(out int slot)
    {
        while (true)
        {
            var head = Volatile.Read(ref _head.Value);
            slot = (int)(uint)head;
            if (slot == None)
                return false;
            // May be stale when the slot has just been taken by another thread; the counter then makes the exchange fail.
            var next = Volatile.Read(ref _next[slot]);
            if (Interlocked.CompareExchange(ref _head.Value, Pack(head, next), head) == head)
            {
                Interlocked.Decrement(ref _count.Value);
                return true;
            }
        }
    }

    /// <summary>Gives a slot back. All writes by the caller before this are seen by the thread that takes it next.</summary>
    public void Push(int slot)
    {
        Interlocked.Increment(ref _count.Value);
        while (true)
        {
            var head = Volatile.Read(ref _head.Value);
            Volatile.Write(ref _next[slot], (int)(uint)head);
            if (Interlocked.CompareExchange(ref _head.Value, Pack(head, slot), head) == head)
                return;
        }
    }

    private static long Pack(long previousHead, int slot) =>
        unchecked((long)((((ulong)previousHead >> 32) + 1) << 32 | (uint)slot));
}
