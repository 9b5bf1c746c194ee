using OmeZarr.Acquisition;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Layout;

/// <summary>
/// How an array's frames are cut: a frame into tiles (one per chunk position in y, x), tiles into the columns of shards. All of
/// it follows from the plan; immutable. A shard row is the part of the array between two cuts of the shard grid along the frame
/// axes: it has one shard for each position of the shard grid in y, x. An unsharded array counts as having one shard per shard
/// row, which holds all tiles.
/// </summary>
internal sealed class ChunkGeometry
{
    /// <summary>
    /// Uncompressed bytes that one job should cover: large enough that its overhead does not matter, small enough to share out.
    /// </summary>
    private const int BatchTargetBytes = 512 * 1024;

    private readonly int[] _firstBatch;
    private readonly int[] _firstTile;

    public ChunkGeometry(ArrayPlan plan)
    {
        var axes = plan.FrameAxes;
        Plan = plan;
        ElementBytes = plan.DataType.Size();
        Height = plan.Shape[axes];
        Width = plan.Shape[axes + 1];
        ChunkHeight = plan.ChunkShape[axes];
        ChunkWidth = plan.ChunkShape[axes + 1];
        FramesPerChunk = 1;
        for (var axis = 0; axis < axes; axis++)
            FramesPerChunk = checked(FramesPerChunk * plan.ChunkShape[axis]);
        TilesY = checked((int)CeilingDivide(Height, ChunkHeight));
        TilesX = checked((int)CeilingDivide(Width, ChunkWidth));
        ShardTilesY = plan.IsSharded ? plan.ShardShapeInChunks[axes] : TilesY;
        ShardTilesX = plan.IsSharded ? plan.ShardShapeInChunks[axes + 1] : TilesX;
        ShardsY = (int)CeilingDivide(TilesY, ShardTilesY);
        ShardsX = (int)CeilingDivide(TilesX, ShardTilesX);
        // No more than a shard has: workers keep memory for a batch, and tiny chunks of a small frame would need much.
        TilesPerBatch = Math.Clamp(BatchTargetBytes / plan.ChunkBytes, 1, TilesInShard(0));
        _firstBatch = new int[checked(ShardsPerRow + 1)];
        _firstTile = new int[ShardsPerRow + 1];
        for (var shard = 0; shard < ShardsPerRow; shard++)
        {
            _firstBatch[shard + 1] = checked(_firstBatch[shard] + (int)CeilingDivide(TilesInShard(shard), TilesPerBatch));
            _firstTile[shard + 1] = checked(_firstTile[shard] + TilesInShard(shard));
        }

        ChunksPerShard = ChunksOf(plan);
    }

    public ArrayPlan Plan { get; }

    public int ElementBytes { get; }

    /// <summary>Rows of a frame.</summary>
    public long Height { get; }

    /// <summary>Pixels of a row.</summary>
    public long Width { get; }

    public int ChunkHeight { get; }

    public int ChunkWidth { get; }

    /// <summary>Frames that a chunk spans, including those beyond the array's edge.</summary>
    public int FramesPerChunk { get; }

    public int TilesY { get; }

    public int TilesX { get; }

    public int ShardTilesY { get; }

    public int ShardTilesX { get; }

    public int ShardsY { get; }

    public int ShardsX { get; }

    public int ShardsPerRow => checked(ShardsY * ShardsX);

    /// <summary>Chunks in a shard's index.</summary>
    public int ChunksPerShard { get; }

    /// <summary>Chunk rows that a shard row has room for.</summary>
    public int ChunkRowsPerShardRow => ChunksPerShard / checked(ShardTilesY * ShardTilesX);

    public int TilesPerBatch { get; }

    /// <summary>Jobs (batches of tiles) in a complete chunk row.</summary>
    public int BatchesPerChunkRow => _firstBatch[^1];

    public int TileRowBytes => ChunkWidth * ElementBytes;

    /// <summary>Bytes of one frame's part of a chunk.</summary>
    public int ChunkPlaneBytes => ChunkHeight * TileRowBytes;

    public long FrameRowBytes => Width * ElementBytes;

    public long FrameBytes => checked(Height * FrameRowBytes);

    /// <summary>Bytes of all chunks that the same frames fill.</summary>
    public long ChunkRowBytes => checked((long)Plan.ChunkBytes * TilesY * TilesX);

    /// <summary>Tiles of a shard that lie within the array.</summary>
    public int TilesInShard(int shard) =>
        checked(TilesAcross(shard) * Math.Min(ShardTilesY, TilesY - shard / ShardsX * ShardTilesY));

    /// <summary>The shard of a job's tiles.</summary>
    public int ShardOf(int batch)
    {
        if (ShardsPerRow == 1)
            return 0;
        var shard = Array.BinarySearch(_firstBatch, batch);
        if (shard < 0)
            shard = ~shard - 1;
        while (_firstBatch[shard + 1] == batch)
            shard++;
        return shard;
    }

    /// <summary>The tiles of a job: consecutive tiles of one shard.</summary>
    public TileBatch Batch(int batch)
    {
        var shard = ShardOf(batch);
        var first = (batch - _firstBatch[shard]) * TilesPerBatch;
        return new TileBatch(shard, first, Math.Min(TilesPerBatch, TilesInShard(shard) - first));
    }

    /// <summary>A tile of a shard, counted row by row among those within the array.</summary>
    public Tile Tile(int shard, int number)
    {
        var across = TilesAcross(shard);
        int inShardY = number / across, inShardX = number % across;
        int y = shard / ShardsX * ShardTilesY + inShardY, x = shard % ShardsX * ShardTilesX + inShardX;
        var row = (long)y * ChunkHeight;
        var column = (long)x * ChunkWidth;
        return new Tile
        {
            Y = y,
            X = x,
            Number = _firstTile[shard] + number,
            ChunkInShard = inShardY * ShardTilesX + inShardX,
            Rows = (int)Math.Min(ChunkHeight, Height - row),
            FirstRow = row,
            FirstColumn = column,
            Columns = (int)Math.Min(ChunkWidth, Width - column),
        };
    }

    private int TilesAcross(int shard) => Math.Min(ShardTilesX, TilesX - shard % ShardsX * ShardTilesX);

    private static int ChunksOf(ArrayPlan plan)
    {
        var chunks = 1;
        if (plan.IsSharded)
        {
            foreach (var n in plan.ShardShapeInChunks)
                chunks = checked(chunks * n);
        }

        return chunks;
    }

    private static long CeilingDivide(long value, long by) => (value + by - 1) / by;
}

/// <summary>Consecutive tiles of one shard, encoded by one worker and written together.</summary>
internal readonly record struct TileBatch(int Shard, int First, int Count);

/// <summary>One chunk's window on a frame, or on one of its planes.</summary>
internal readonly struct Tile
{
    /// <summary>Position in the chunk grid.</summary>
    public required int Y { get; init; }

    public required int X { get; init; }

    /// <summary>Its number among all tiles, shard by shard: tiles of a batch follow each other.</summary>
    public required int Number { get; init; }

    /// <summary>The y, x part of the chunk's number within its shard.</summary>
    public required int ChunkInShard { get; init; }

    /// <summary>Rows within the array; fewer than the chunk's at the lower edge.</summary>
    public required int Rows { get; init; }

    /// <summary>Pixels of a row within the array; fewer than the chunk's at the right edge.</summary>
    public required int Columns { get; init; }

    /// <summary>The frame's row that is the tile's first.</summary>
    public required long FirstRow { get; init; }

    /// <summary>The frame's column that is the tile's first.</summary>
    public required long FirstColumn { get; init; }
}
