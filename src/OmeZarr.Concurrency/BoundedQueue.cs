using System.Numerics;
using System.Runtime.CompilerServices;
using OmeZarr.Memory;

namespace OmeZarr.Concurrency;

/// <summary>
/// A bounded first-in-first-out queue for any number of producers and consumers, without locks (D. Vyukov's bounded MPMC
/// queue: each cell carries a sequence number that tells whose turn it is). Allocates nothing after construction; cells that
/// were never used take no memory.
/// </summary>
[SkipLocalsInit]
public sealed class BoundedQueue<T> : IDisposable
    where T : unmanaged
{
    private readonly FixedTable<Cell> _cells;
    private readonly int _mask;
    private PaddedLong _head;
    private PaddedLong _footer;

    /// <param name="capacity">At least 1; rounded up to a power of two of at least 2.</param>
    public BoundedQueue(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 30);
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, capacity));
        _cells = new FixedTable<Cell>(size);
        _mask = size - 1;
    }

    public int Capacity => _cells.Length;

    /// <summary>
    /// Whether the queue looks empty. An item whose producer has not finished adding it does not count, so that nobody spins for
    /// a producer that was interrupted half-way.
    /// </summary>
    public bool IsEmpty
    {
        get
        {
            while (true)
            {
                var position = Volatile.Read(ref _head.Value);
                var turn = Volatile.Read(ref _cells[(int)position & _mask].Sequence) - (Round(position) + 1);
                if (turn <= 0)
                    return turn < 0;
                // Taken by another consumer between the two reads: check the next cell.
            }
        }
    }

    /// <summary>Adds an item, or returns false when the queue is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnqueue(in T item)
    {
        var position = Volatile.Read(ref _footer.Value);
        while (true)
        {
            ref var cell = ref _cells[(int)position & _mask];
            var turn = Volatile.Read(ref cell.Sequence) - Round(position);
            if (turn == 0)
            {
                var seen = Interlocked.CompareExchange(ref _footer.Value, position + 1, position);
                if (seen == position)
                {
                    cell.Item = item;
                    // Release: the item is written before the cell says it is full.
                    Volatile.Write(ref cell.Sequence, Round(position) + 1);
                    return true;
                }

                position = seen;
            }
            else if (turn < 0)
            {
                return false;
            }
            else
            {
                position = Volatile.Read(ref _footer.Value);
            }
        }
    }

    /// <summary>Takes the oldest item, or returns false when there is none.</summary>
    public bool TryDequeue(out T item)
    {
        var position = Volatile.Read(ref _head.Value);
        while (true)
        {
            ref var cell = ref _cells[(int)position & _mask];
            // Acquire: the item is read after the cell said it is full.
            var turn = Volatile.Read(ref cell.Sequence) - (Round(position) + 1);
            if (turn == 0)
            {
                var seen = Interlocked.CompareExchange(ref _head.Value, position + 1, position);
                if (seen == position)
                {
                    item = cell.Item;
                    // Release: the item is read before the cell is given to the producer of the next round.
                    Volatile.Write(ref cell.Sequence, Round(position) + _mask + 1);
                    return true;
                }

                position = seen;
            }
            else if (turn < 0)
            {
                Unsafe.SkipInit(out item);
                return false;
            }
            else
            {
                position = Volatile.Read(ref _head.Value);
            }
        }
    }

    /// <summary>Only once no thread uses the queue any more.</summary>
    public void Dispose() => _cells.Dispose();

    // A cell counts from its own first position, so that zeroed memory is an empty queue.
    private long Round(long position) => position & ~(long)_mask;

    private struct Cell
    {
        public long Sequence;
        public T Item;
    }
}
