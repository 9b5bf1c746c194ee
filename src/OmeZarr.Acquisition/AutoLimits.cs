using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition;

/// <summary>How far <see cref="AutoLayout"/> may go; docs/settings.md tells the rule.</summary>
/// <param name="SpanBytes">The most bytes of frames between the first and the last of a chunk: they wait in memory.</param>
/// <param name="ShardChunks">The most chunks of a shard.</param>
/// <param name="ChunkBytes">The aim for a chunk's bytes before compression; 0.75 to 1.5 times as much comes out.</param>
public sealed record AutoLimits(long SpanBytes, long ShardChunks, long ChunkBytes)
{
    /// <summary>The part of the memory that may wait for chunks to be whole.</summary>
    private const int SpanPart = 8;

    private const int Step = 16;

    // Shards of few chunks take least of all: workers hold what they encode until a shard's part of a frame is done. Where many
    // shards are open, none take less.
    private static readonly long[] FewerShardChunks = [AutoLayout.ShardChunks, 256, 16, 4, 1];
    private static readonly long[] FewerChunkBytes =
        [AutoLayout.ChunkBytes, 512 << 10, 256 << 10, 128 << 10, 64 << 10, 32 << 10, 16 << 10, 4 << 10, 1 << 10];

    /// <summary>What is best for readers, within a part of the memory that the settings allow.</summary>
    public static AutoLimits Of(AcquisitionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var budget = settings.Pipeline.MemoryBudgetBytes ?? PipelineSettings.DefaultMemoryBudgetBytes;
        return new AutoLimits(budget / SpanPart / settings.Cameras.Length, AutoLayout.ShardChunks, AutoLayout.ChunkBytes);
    }

    /// <summary>
    /// What is tried in turn when memory does not suffice: fewer frames in a chunk, then smaller shards and none, with smaller
    /// and smaller chunks.
    /// </summary>
    public IEnumerable<AutoLimits> Less()
    {
        var limits = this;
        while (limits.SpanBytes > 0)
            yield return limits = limits with { SpanBytes = limits.SpanBytes / Step };
        foreach (var bytes in FewerChunkBytes)
        {
            foreach (var chunks in FewerShardChunks)
                yield return limits with { ChunkBytes = bytes, ShardChunks = chunks };
        }
    }
}
