using System.Numerics;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// Which chunk rows of a shard row are written completely, and which of them a reader finds: those that the stored indexes of all
/// shards name. Any thread; <see cref="Begin"/> and <see cref="End"/> by one thread at a time.
/// </summary>
/// <param name="chunkRows">Chunk rows that a shard row has room for.</param>
/// <param name="planesOfChunkRow">Planes of most chunk rows.</param>
/// <param name="stored">Called once for each chunk row that has become readable, with its planes.</param>
internal sealed class StoredChunkRows(int chunkRows, int planesOfChunkRow, Action<int, int> stored)
{
    private const int WordBits = 64;

    private readonly Lock _lock = new();
    private readonly ulong[] _written = NewBits(chunkRows);
    private readonly ulong[] _begun = NewBits(chunkRows);
    private readonly ulong[] _stored = NewBits(chunkRows);
    private Dictionary<int, int>? _otherPlanes; // Of chunk rows with another number of planes.

    /// <summary>Records a chunk row all of whose chunks are in the shards, or that has none.</summary>
    public void Write(int chunkRow, int planes)
    {
        lock (_lock)
        {
            _written[chunkRow / WordBits] |= 1UL << (chunkRow % WordBits);
            if (planes != planesOfChunkRow)
                (_otherPlanes ??= []).Add(chunkRow, planes);
        }
    }

    /// <summary>Whether all of some chunk rows have been recorded by <see cref="Write"/>.</summary>
    public bool AreWritten(IReadOnlyList<int> wanted)
    {
        if (wanted.Count == 0)
            return true;
        lock (_lock)
        {
            foreach (var chunkRow in wanted)
            {
                if ((_written[chunkRow / WordBits] >> (chunkRow % WordBits) & 1) == 0)
                    return false;
            }

            return true;
        }
    }

    /// <summary>Captures the rows that an index made from now on includes.</summary>
    public void Begin()
    {
        lock (_lock)
            _written.CopyTo(_begun, 0);
    }

    /// <summary>Records that every shard has such an index on the store.</summary>
    public void End()
    {
        lock (_lock)
            Store(_begun);
    }

    /// <summary>Records that every shard is complete, with everything that was written.</summary>
    public void EndAll()
    {
        lock (_lock)
            Store(_written);
    }

    /// <summary>The chunk rows that are written and that nobody can read.</summary>
    public IReadOnlyList<int> Unstored()
    {
        lock (_lock)
            return [.. Enumerable.Range(0, chunkRows).Where(chunkRow =>
                ((_written[chunkRow / WordBits] & ~_stored[chunkRow / WordBits]) >> (chunkRow % WordBits) & 1) != 0)];
    }

    private void Store(ulong[] bits)
    {
        for (var word = 0; word < bits.Length; word++)
        {
            for (var fresh = bits[word] & ~_stored[word]; fresh != 0; fresh &= fresh - 1)
                Tell(word * WordBits + BitOperations.TrailingZeroCount(fresh));
            _stored[word] |= bits[word];
        }

    }

    private void Tell(int chunkRow) =>
        stored(chunkRow, _otherPlanes?.GetValueOrDefault(chunkRow, planesOfChunkRow) ?? planesOfChunkRow);

    private static ulong[] NewBits(int count) => new ulong[(count + WordBits - 1) / WordBits];
}
