using System.Numerics;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// Which stretches of the frames' numbers are in memory: a band is a chunk of every array over the frames, at the same place of
/// each. And which rows of them came too late for the cut that is being stored.
/// </summary>
internal sealed class FrameBands(int rows)
{
    /// <summary>Bands in memory: the current one, and those that late frames of several producers still go to.</summary>
    public const int Count = 3;

    private const long Nothing = -1;
    private const int WordBits = 64;

    private readonly long[] _chunks = [.. Enumerable.Repeat(Nothing, Count)];
    private readonly long[] _lastUse = new long[Count];
    private readonly ulong[][] _late = [.. Enumerable.Range(0, Count).Select(_ => new ulong[(rows + WordBits - 1) / WordBits])];
    private long _uses;

    /// <summary>Memory of the bands themselves, in bytes.</summary>
    public static long BytesFor(int rows) => Count * ((rows + WordBits - 1L) / WordBits * sizeof(ulong));

    /// <summary>The number of a band's chunks, negative for a place that has none.</summary>
    public long ChunkOf(int band) => _chunks[band];

    /// <summary>The band of a chunk, or -1.</summary>
    public int Find(long chunk) => Array.IndexOf(_chunks, chunk);

    /// <summary>The band that was not used for the longest time.</summary>
    public int Oldest() => Array.IndexOf(_lastUse, _lastUse.Min());

    /// <summary>Gives a place to other chunks. Nothing of what was there is waited for.</summary>
    public void Assign(int band, long chunk)
    {
        _chunks[band] = chunk;
        Use(band);
    }

    public void Use(int band) => _lastUse[band] = ++_uses;

    /// <summary>Notes that a row is no part of the cut that is being stored.</summary>
    public void MarkLate(int band, int row) => _late[band][row / WordBits] |= 1UL << (row % WordBits);

    /// <summary>Forgets all late rows: the cut has been stored or given up.</summary>
    public void ClearLate()
    {
        foreach (var words in _late)
            Array.Clear(words);
    }

    /// <summary>The first late row of a band from one on, or -1.</summary>
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
