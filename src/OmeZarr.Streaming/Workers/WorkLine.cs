namespace OmeZarr.Streaming.Workers;

/// <summary>
/// Pieces of work in order of arrival; one near the front can be taken. Guarded by its owner's lock. It grows with the queued
/// work, since a stream that keeps up queues little of what it may.
/// </summary>
/// <param name="capacity">How many may wait.</param>
internal sealed class WorkLine(int capacity)
{
    /// <summary>Initial capacity.</summary>
    private const int Usual = 64;

    /// <summary>How far behind the front a piece of work may be preferred.</summary>
    private const int Nearest = 32;

    private const int None = -1;

    private WorkItem[] _items = new WorkItem[Math.Min(capacity, Usual)];
    private int _head;

    public int Count { get; private set; }

    public WorkItem this[int number] => _items[IndexOf(number)];

    public void Add(in WorkItem item)
    {
        if (Count == _items.Length)
            Grow();
        _items[IndexOf(Count++)] = item;
    }

    /// <summary>The first piece of work whose shards no other worker uses; -1 when there is none near the front.</summary>
    public int FirstOfNobody()
    {
        for (var number = 0; number < Math.Min(Count, Nearest); number++)
        {
            var item = this[number];
            if (!item.IsEncode || item.ChunkRow.ShardRow is not { IsOneShard: true, HasWorkers: true })
                return number;
        }

        return None;
    }

    /// <summary>The first piece of work whose shard takes another batch; -1 when all shards are crowded.</summary>
    /// <param name="mostBatches">The most batches that may be on their way to one shard.</param>
    public int FirstUncrowded(int mostBatches)
    {
        for (var number = 0; number < Count; number++)
        {
            if (!this[number].IsCrowded(mostBatches))
                return number;
        }

        return None;
    }

    /// <summary>Removes a piece of work; those before it keep their order.</summary>
    public void RemoveAt(int number)
    {
        for (; number > 0; number--)
            _items[IndexOf(number)] = this[number - 1];
        _items[_head] = default;
        _head = IndexOf(1);
        Count--;
    }

    private int IndexOf(int number) => (_head + number) % _items.Length;

    private void Grow()
    {
        var items = new WorkItem[checked(2 * _items.Length)];
        for (var number = 0; number < Count; number++)
            items[number] = this[number];
        _items = items;
        _head = 0;
    }
}
