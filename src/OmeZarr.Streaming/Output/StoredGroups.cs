using System.Numerics;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// Which chunk groups of a slab are written whole, and which of them a reader finds: those that every shard's index on the
/// store names. Any thread; <see cref="Begin"/> and <see cref="End"/> by one thread at a time.
/// </summary>
/// <param name="groups">Groups that a slab has room for.</param>
/// <param name="planesOfGroup">Planes that a group usually has.</param>
/// <param name="stored">Told of each group that can be read from now on, once, and of its planes.</param>
internal sealed class StoredGroups(int groups, int planesOfGroup, Action<int, int> stored)
{
    private const int WordBits = 64;

    private readonly Lock _lock = new();
    private readonly ulong[] _written = NewBits(groups);
    private readonly ulong[] _begun = NewBits(groups);
    private readonly ulong[] _stored = NewBits(groups);
    private Dictionary<int, int>? _otherPlanes; // Of groups that have not the usual number.

    /// <summary>Notes a group all of whose chunks are in the shards, or that has none.</summary>
    public void Write(int group, int planes)
    {
        lock (_lock)
        {
            _written[group / WordBits] |= 1UL << (group % WordBits);
            if (planes != planesOfGroup)
                (_otherPlanes ??= []).Add(group, planes);
        }
    }

    /// <summary>Notes what an index has that is made from now on.</summary>
    public void Begin()
    {
        lock (_lock)
            _written.CopyTo(_begun, 0);
    }

    /// <summary>Notes that every shard has such an index on the store.</summary>
    public void End()
    {
        lock (_lock)
            Store(_begun);
    }

    /// <summary>Notes that every shard is complete, with all that was written.</summary>
    public void EndAll()
    {
        lock (_lock)
            Store(_written);
    }

    /// <summary>The groups that are written and that nobody can read.</summary>
    public IReadOnlyList<int> Unstored()
    {
        lock (_lock)
            return [.. Enumerable.Range(0, groups).Where(group => ((_written[group / WordBits] & ~_stored[group / WordBits]) >> (group % WordBits) & 1) != 0)];
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

    private void Tell(int group) => stored(group, _otherPlanes?.GetValueOrDefault(group, planesOfGroup) ?? planesOfGroup);

    private static ulong[] NewBits(int count) => new ulong[(count + WordBits - 1) / WordBits];
}
