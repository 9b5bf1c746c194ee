using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// A piece of work for any worker: a batch of a ready chunk row's tiles, the end of a chunk row without frames, a plane to be
/// copied early, or a plane of a level to be made.
/// </summary>
/// <param name="ChunkRow">The chunk row of the tiles or plane; null for a plane of a level.</param>
/// <param name="Batch">Which of its batches, or one of the constants.</param>
/// <param name="EarlyCopy">The early copy, where that is the work.</param>
/// <param name="Downsampling">The plane to be made, where that is the work.</param>
/// <param name="Generation">The generation of the job.</param>
internal readonly record struct WorkItem(ChunkRow ChunkRow, int Batch, EarlyCopy EarlyCopy, PlaneDownsampling? Downsampling,
    int Generation)
{
    private const int NoBatch = -1;
    private const int NoFrames = -2;

    /// <summary>Whether tiles are to be encoded.</summary>
    public bool IsEncode => Batch >= 0;

    /// <summary>Whether a chunk row has no frames, so that there is nothing to encode, but its shards may be complete.</summary>
    public bool IsEnd => Batch == NoFrames;

    /// <summary>Whether a plane is to be copied into its chunk row's memory.</summary>
    public bool IsEarlyCopy => Batch == NoBatch && Downsampling is null;

    /// <summary>A plane of a level whose sources are all present.</summary>
    public static WorkItem Downsample(PlaneDownsampling downsampling, int generation) =>
        new(null!, NoBatch, default, downsampling, generation);

    public static WorkItem Encode(ChunkRow chunkRow, int batch) => new(chunkRow, batch, default, null, chunkRow.Generation);

    /// <summary>A chunk row whose frames never came.</summary>
    public static WorkItem End(ChunkRow chunkRow) => new(chunkRow, NoFrames, default, null, chunkRow.Generation);

    public static WorkItem CopyEarly(EarlyCopy copy, int generation) => new(copy.ChunkRow, NoBatch, copy, null, generation);

    /// <summary>Whether the shard of the chunk row's next batch already has that many batches on their way.</summary>
    public bool IsCrowded(int mostBatches) =>
        IsEncode && ChunkRow.ShardRow is { } shardRow
            && shardRow.InFlight(ChunkRow.Geometry.ShardOf(ChunkRow.NextBatch)) >= mostBatches;
}
