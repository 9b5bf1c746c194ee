using OmeZarr.Memory;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// One worker's encoder: it encodes tiles where they lie in the frames. All memory is allocated once, sized for the largest chunk
/// of any camera's arrays; nothing is allocated per chunk.
/// </summary>
internal sealed unsafe class ChunkRowEncoder : IDisposable
{
    private readonly NativeBuffer? _unpacked;
    private readonly IChunkEncoder[] _encoders;
    private readonly ChunkPlane[] _planes;

    /// <param name="plan">The sizes of its memory.</param>
    public ChunkRowEncoder(EncodingPlan plan)
    {
        _unpacked = plan.UnpackedBytes == 0 ? null : new NativeBuffer(plan.UnpackedBytes);
        _planes = new ChunkPlane[plan.MaxFramesPerChunk];
        _encoders = [.. plan.Encoders.Select(kind => kind.Codec.CreateEncoder(kind.ChunkBytes))];
    }

    /// <summary>Copies a frame's plane into its chunk row's memory.</summary>
    public void CopyEarly(in EarlyCopy copy)
    {
        var (chunkRow, position, part) = copy;
        var geometry = chunkRow.Geometry;
        var source = chunkRow.Source;
        source.Intensities?.Sample(part, source.Slots.Pixels(part.Slot));
        var planes = _planes.AsSpan(0, 1);
        for (var shard = 0; shard < geometry.ShardsPerRow; shard++)
        {
            for (var number = 0; number < geometry.TilesInShard(shard); number++)
            {
                var tile = geometry.Tile(shard, number);
                planes[0] = PlaneOf(source, geometry, tile, part, position: 0);
                source.Intensities?.UpdateMinMax(part, planes[0], tile);

                // SAFETY: the assembly memory has room for this position of every tile's chunk.
                var plane = AssembledChunk(chunkRow, tile) + (long)position * geometry.ChunkPlaneBytes;
                TileRows.Of(geometry, tile, planes).CopyTo(new Span<byte>(plane, geometry.ChunkPlaneBytes));
            }
        }
    }

    /// <summary>
    /// Encodes the tiles of a batch into the batch's own memory, or finds that they can be written directly from the frames.
    /// </summary>
    /// <param name="chunkRow">The chunk row of the tiles.</param>
    /// <param name="batch">Begun, and still without chunks.</param>
    /// <param name="isFirst">Whether it is the first batch of its chunk row.</param>
    public void Encode(ChunkRow chunkRow, EncodedBatch batch, bool isFirst)
    {
        var tiles = batch.Tiles;
        var geometry = chunkRow.Geometry;
        if (isFirst)
            SampleFrames(chunkRow);
        if (TryInPlace(chunkRow, batch))
        {
            UpdateMinMaxInPlace(chunkRow, tiles);
            return;
        }

        batch.Clear();
        for (var i = 0; i < tiles.Count; i++)
        {
            var tile = geometry.Tile(tiles.Shard, tiles.First + i);
            batch.Add(chunkRow.FirstChunkInShard + tile.ChunkInShard, EncodeTile(chunkRow, tile, batch.Room));
        }
    }

    public void Dispose()
    {
        foreach (var encoder in _encoders)
            encoder.Dispose();
        _unpacked?.Dispose();
    }

    // With the first batch, so that each frame is sampled once.
    private static void SampleFrames(ChunkRow chunkRow)
    {
        var source = chunkRow.Source;
        if (source.Intensities is null)
            return;
        foreach (var part in chunkRow.Parts)
        {
            if (part.HasSlot)
                source.Intensities.Sample(part, source.Slots.Pixels(part.Slot));
        }
    }

    // Uncompressed tiles as wide as the frame already have the file's layout: they are written from the frame.
    private bool TryInPlace(ChunkRow chunkRow, EncodedBatch batch)
    {
        if (!chunkRow.Encoding.IsRaw || (chunkRow.Source.Unpacker is not null && chunkRow.Assembly is null))
            return false;
        var geometry = chunkRow.Geometry;
        batch.InPlace.Begin(apart: !geometry.Plan.IsSharded);
        for (var i = 0; i < batch.Tiles.Count; i++)
        {
            var tile = geometry.Tile(batch.Tiles.Shard, batch.Tiles.First + i);
            if (!batch.InPlace.TryAdd(RowsOf(chunkRow, tile)))
                return false;
            batch.Add(chunkRow.FirstChunkInShard + tile.ChunkInShard, geometry.Plan.ChunkBytes);
        }

        return batch.IsInPlace = batch.InPlace.PaysOff;
    }

    private void UpdateMinMaxInPlace(ChunkRow chunkRow, TileBatch tiles)
    {
        if (chunkRow.Source.Intensities is null)
            return;
        for (var i = 0; i < tiles.Count; i++)
        {
            var tile = chunkRow.Geometry.Tile(tiles.Shard, tiles.First + i);
            UpdateMinMax(chunkRow, tile, RowsOf(chunkRow, tile).Planes);
        }
    }

    // Frames that were copied early were sampled at that time.
    private static void UpdateMinMax(ChunkRow chunkRow, in Tile tile, ReadOnlySpan<ChunkPlane> planes)
    {
        if (chunkRow.Source.Intensities is not { } intensities)
            return;
        for (var position = 0; position < planes.Length; position++)
        {
            if (chunkRow.Parts[position].HasSlot)
                intensities.UpdateMinMax(chunkRow.Parts[position], planes[position], tile);
        }
    }

    private int EncodeTile(ChunkRow chunkRow, in Tile tile, Span<byte> room)
    {
        var rows = RowsOf(chunkRow, tile);
        UpdateMinMax(chunkRow, tile, rows.Planes);
        if (!chunkRow.Encoding.IsRaw)
            return _encoders[chunkRow.Encoding.Encoder].Encode(rows, room);
        rows.CopyTo(room);
        return rows.ChunkBytes;
    }

    // The tile's rows where they lie: in the frames, unpacked from them, or in assembly memory, where edges are already filled.
    private ChunkPixels RowsOf(ChunkRow chunkRow, in Tile tile)
    {
        var geometry = chunkRow.Geometry;
        var source = chunkRow.Source;
        var planes = _planes.AsSpan(0, chunkRow.Parts.Length);
        for (var position = 0; position < planes.Length; position++)
        {
            var part = chunkRow.Parts[position];
            if (part.IsMissing)
                planes[position] = ChunkPlane.Missing;
            else if (part.IsCopied)
                planes[position] = AssembledPlane(chunkRow, tile, position);
            else
                planes[position] = PlaneOf(source, geometry, tile, part, position);
        }

        return chunkRow.Assembly is null ? TileRows.Of(geometry, tile, planes) : TileRows.OfWholePlanes(geometry, planes);
    }

    private ChunkPlane PlaneOf(FrameSource source, ChunkGeometry geometry, in Tile tile, FramePart part, int position)
    {
        var frame = source.Slots.Pixels(part.Slot);
        if (source.Unpacker is null)
            return TileRows.PlaneOf(geometry, tile, frame);

        // SAFETY: there is room for every plane of a chunk of the largest array.
        var plane = _unpacked!.Pointer + (long)position * geometry.ChunkPlaneBytes;
        source.Unpacker.Unpack(tile, frame, part.Plane, plane, geometry.TileRowBytes);
        return new ChunkPlane((nint)plane, geometry.TileRowBytes);
    }

    private static ChunkPlane AssembledPlane(ChunkRow chunkRow, in Tile tile, int position)
    {
        var geometry = chunkRow.Geometry;
        return new ChunkPlane((nint)(AssembledChunk(chunkRow, tile) + (long)position * geometry.ChunkPlaneBytes),
            geometry.TileRowBytes);
    }

    // In the order of the batches: an uncompressed batch is one piece and is written from there.
    private static byte* AssembledChunk(ChunkRow chunkRow, in Tile tile) =>
        (byte*)chunkRow.Assembly!.Value.First + (long)tile.Number * chunkRow.Geometry.Plan.ChunkBytes;
}
