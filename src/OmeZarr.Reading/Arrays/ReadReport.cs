using System.Collections.Immutable;

namespace OmeZarr.Reading.Arrays;

/// <summary>What a read found.</summary>
/// <param name="Chunks">Chunks that the region touches.</param>
/// <param name="MissingChunks">
/// How many of them are not stored: their elements are the fill value. Nobody can tell whether they were left out or lost.
/// </param>
/// <param name="Missing">The first of the missing chunks, by their indices in the grid of innermost chunks.</param>
/// <param name="StoredBytes">Bytes that were read from the store, without indexes.</param>
public sealed record ReadReport(
    long Chunks, long MissingChunks, ImmutableArray<ImmutableArray<long>> Missing, long StoredBytes)
{
    /// <summary>Nothing.</summary>
    public static ReadReport None { get; } = new(0, 0, [], 0);
}

/// <summary>Gathers a report from several threads.</summary>
internal sealed class ReportBuilder(int mostListed)
{
    private readonly Lock _lock = new();
    private readonly List<ImmutableArray<long>> _missing = [];
    private long _chunks;
    private long _missingChunks;
    private long _storedBytes;

    internal void Add(long chunks, long storedBytes)
    {
        Interlocked.Add(ref _chunks, chunks);
        Interlocked.Add(ref _storedBytes, storedBytes);
    }

    internal void AddMissing(ChunkRef chunk, ReadOnlySpan<long> chunkShape)
    {
        lock (_lock)
        {
            _missingChunks++;
            if (_missing.Count < mostListed)
                _missing.Add([.. chunk.IndexIn(chunkShape)]);
        }
    }

    internal ReadReport Build()
    {
        lock (_lock)
            return new ReadReport(Volatile.Read(ref _chunks), _missingChunks, [.. _missing], Volatile.Read(ref _storedBytes));
    }
}
