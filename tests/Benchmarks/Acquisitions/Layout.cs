using OmeZarr.Benchmarks.Frames;

namespace OmeZarr.Benchmarks.Acquisitions;

/// <summary>Frames and how they are cut: chunk sizes in pixels (and frames), shard sizes in chunks, or no shards.</summary>
internal sealed record Layout(FrameShape Frame, int ChunkFrames, int ChunkHeight, int ChunkWidth)
{
    /// <summary>Chunks of a shard along t, y and x, or null when each chunk is an object of its own.</summary>
    public (int Frames, int Height, int Width)? Shard { get; init; }

    public override string ToString()
    {
        var shard = Shard is { } chunks ? $"shard {chunks.Frames}x{chunks.Height}x{chunks.Width} chunks" : "no shards";
        return $"{Frame}, chunk {ChunkFrames}x{ChunkHeight}x{ChunkWidth}, {shard}";
    }
}
