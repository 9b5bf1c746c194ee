using System.Numerics;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// Which ranges of frame numbers are in memory. A band is one chunk of every array over the frames, with the same chunk number in
/// each. Also records which rows came too late for the cut that is being stored.
/// </summary>
internal sealed class FrameBands(int rows)
{
    /// <summary>Bands in memory: the current one, and those that still receive late frames of several producers.</summary>
    public const int Count = 3;

    private const long Nothing = -1;
    private const int WordBits = 64;

    private readonly long[] _chunks = [.. Enumerable.Repeat(Nothing, Count)];
    private readonly long[] _lastUse = new long[Count];
    private readonly ulong[][] _late = [.. Enumerable.Range(0, Count).Select(_ => new ulong[(rows + WordBits - 1) / WordBits])];
    private long _uses;

    /// <summary>Memory of the bands themselves, in bytes.</summary>
    public static long BytesFor(int rows) => Count * ((rows + WordBits - 1L) / WordBits * sizeof(ulong));

    /// <summary>The chunk number of a band, negative for an unused one.</summary>
    public long ChunkOf(int band) => _chunks[band];

    /// <summary>The band that holds a chunk, or -1.</summary>
    public int Find(long chunk) => Array.IndexOf(_chunks, chunk);

    /// <summary>The least recently used band.</summary>
    public int Oldest() => Array.IndexOf(_lastUse, _lastUse.Min());

    /// <summary>Reuses a band for another chunk. Does not wait for the store to take the old one.</summary>
    public void Assign(int band, long chunk)
    {
        _chunks[band] = chunk;
        Use(band);
    }

    public void Use(int band) => _lastUse[band] = ++_uses;

    /// <summary>Marks a row as not part of the cut that is being stored.</summary>
    public void MarkLate(int band, int row) => _late[band][row / WordBits] |= 1UL << (row % WordBits);

    /// <summary>Forgets all late rows: the cut has been stored or given up.</summary>
    public void ClearLate()
    {
        foreach (var words in _late)
            Array.Clear(words);
    }

    /// <summary>The next late row of a band, from a given row on, or -1.</summary>
    public int NextLate(int band, int row)
    {
        var words = _late[band];
        for (var word = row / WordBits; word < words.Length; word++)
        {
            var rest = word == row / WordBits ? words[word] >> (row % WordBits) << (row % WordBits) : words[word];
            if (rest != 0)
                return word * WordBits + BitOperations.TrailingZeroCount(rest);
        }

        return -1;
    }
}
