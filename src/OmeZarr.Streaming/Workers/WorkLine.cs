namespace OmeZarr.Streaming.Workers;

/// <summary>
/// Pieces of work in the order in which they came, of which one of the first can be taken. Its owner's lock guards it. It grows
/// with what waits: of the many that may, a stream that keeps up has few.
/// </summary>
/// <param name="capacity">How many may wait.</param>
internal sealed class WorkLine(int capacity)
{
    /// <summary>Room to begin with.</summary>
    private const int Usual = 64;

    /// <summary>How far behind the first a piece of work may be preferred.</summary>
    private const int Nearest = 32;

    private const int None = -1;

    private WorkItem[] _items = new WorkItem[Math.Min(capacity, Usual)];
    private int _head;

    public int Count { get; private set; }

    public WorkItem this[int number] => _items[Place(number)];

    public void Add(in WorkItem item)
    {
        if (Count == _items.Length)
            Grow();
        _items[Place(Count++)] = item;
    }

    /// <summary>The first piece of work at whose shards nobody else is; -1 when there is none near.</summary>
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

    /// <summary>The first piece of work whose shard takes another batch; -1 when all are crowded.</summary>
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

    /// <summary>Takes a piece of work out; those before it keep their order.</summary>
    public void RemoveAt(int number)
    {
        for (; number > 0; number--)
            _items[Place(number)] = this[number - 1];
        _items[_head] = default;
        _head = Place(1);
        Count--;
    }

    private int Place(int number) => (_head + number) % _items.Length;

    private void Grow()
    {
        var items = new WorkItem[checked(2 * _items.Length)];
        for (var number = 0; number < Count; number++)
            items[number] = this[number];
        _items = items;
        _head = 0;
    }
}
