using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Output;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// One worker's tools: it encodes tiles where they lie in the frames. All memory is made once, sized for the largest chunk of
/// any camera's arrays; nothing is allocated per chunk.
/// </summary>
internal sealed unsafe class GroupEncoder : IDisposable
{
    private readonly NativeBuffer? _unpacked;
    private readonly IChunkEncoder[] _encoders;
    private readonly ChunkPlane[] _planes;

    /// <param name="plan">The sizes of all that is made here.</param>
    public GroupEncoder(EncodingPlan plan)
    {
        _unpacked = plan.UnpackedBytes == 0 ? null : new NativeBuffer(plan.UnpackedBytes);
        _planes = new ChunkPlane[plan.MaxFramesPerChunk];
        _encoders = [.. plan.Encoders.Select(kind => kind.Codec.CreateEncoder(kind.ChunkBytes))];
    }

    /// <summary>Copies a frame's plane into its group's assembly memory.</summary>
    public void Gather(in WorkItem item)
    {
        var geometry = item.Group.Array.Geometry;
        var source = item.Group.Array.Source;
        source.Intensities?.Sample(item.Part, source.Places.Pixels(item.Part.Place));
        var planes = _planes.AsSpan(0, 1);
        for (var shard = 0; shard < geometry.ShardsPerSlab; shard++)
        {
            for (var number = 0; number < geometry.TilesInShard(shard); number++)
            {
                var tile = geometry.Tile(shard, number);
                planes[0] = PlaneOf(source, geometry, tile, item.Part, position: 0);
                source.Intensities?.Watch(item.Part, planes[0], tile);

                // SAFETY: the assembly memory has room for this position of every tile's chunk.
                var plane = AssembledChunk(item.Group, tile) + (long)item.Position * geometry.ChunkPlaneBytes;
                TileRows.Of(geometry, tile, planes).CopyTo(new Span<byte>(plane, geometry.ChunkPlaneBytes));
            }
        }
    }

    /// <summary>Encodes a begun batch's tiles into memory of its own, or finds that they can be written from the frames.</summary>
    /// <param name="batch">Begun, and without any chunk.</param>
    /// <param name="isFirst">Whether it is the first of its group.</param>
    public void Encode(EncodedBatch batch, bool isFirst)
    {
        var group = batch.Group;
        var tiles = batch.Tiles;
        var geometry = group.Array.Geometry;
        if (isFirst)
            SampleFrames(group);
        if (TryInPlace(group, batch))
        {
            WatchInPlace(group, tiles);
            return;
        }

        batch.Clear();
        for (var i = 0; i < tiles.Count; i++)
        {
            var tile = geometry.Tile(tiles.Shard, tiles.First + i);
            batch.Add(group.FirstChunkInShard + tile.ChunkInShard, EncodeTile(group, tile, batch.Room));
        }
    }

    public void Dispose()
    {
        foreach (var encoder in _encoders)
            encoder.Dispose();
        _unpacked?.Dispose();
    }

    // With the first batch, so that each frame is looked at once.
    private static void SampleFrames(ChunkGroup group)
    {
        var source = group.Array.Source;
        if (source.Intensities is null)
            return;
        foreach (var part in group.Parts)
        {
            if (part.HasPlace)
                source.Intensities.Sample(part, source.Places.Pixels(part.Place));
        }
    }

    // Uncompressed tiles as wide as the frame lie in it as the file wants them: they are written from there.
    private bool TryInPlace(ChunkGroup group, EncodedBatch batch)
    {
        if (!group.Array.IsRaw || (group.Array.Source.Unpacker is not null && group.Assembly is null))
            return false;
        var geometry = group.Array.Geometry;
        batch.InPlace.Begin(apart: !geometry.Plan.IsSharded);
        for (var i = 0; i < batch.Tiles.Count; i++)
        {
            var tile = geometry.Tile(batch.Tiles.Shard, batch.Tiles.First + i);
            if (!batch.InPlace.TryAdd(RowsOf(group, tile)))
                return false;
            batch.Add(group.FirstChunkInShard + tile.ChunkInShard, geometry.Plan.ChunkBytes);
        }

        return batch.IsInPlace = batch.InPlace.PaysOff;
    }

    private void WatchInPlace(ChunkGroup group, TileBatch tiles)
    {
        if (group.Array.Source.Intensities is null)
            return;
        for (var i = 0; i < tiles.Count; i++)
        {
            var tile = group.Array.Geometry.Tile(tiles.Shard, tiles.First + i);
            Watch(group, tile, RowsOf(group, tile).Planes);
        }
    }

    // Frames that were copied early were looked at then.
    private static void Watch(ChunkGroup group, in Tile tile, ReadOnlySpan<ChunkPlane> planes)
    {
        if (group.Array.Source.Intensities is not { } intensities)
            return;
        for (var position = 0; position < planes.Length; position++)
        {
            if (group.Parts[position].HasPlace)
                intensities.Watch(group.Parts[position], planes[position], tile);
        }
    }

    private int EncodeTile(ChunkGroup group, in Tile tile, Span<byte> room)
    {
        var rows = RowsOf(group, tile);
        Watch(group, tile, rows.Planes);
        if (!group.Array.IsRaw)
            return _encoders[group.Array.Encoder].Encode(rows, room);
        rows.CopyTo(room);
        return rows.ChunkBytes;
    }

    // The tile's rows where they lie: in the frames, unpacked from them, or in assembly memory, where edges are filled already.
    private ChunkRows RowsOf(ChunkGroup group, in Tile tile)
    {
        var geometry = group.Array.Geometry;
        var source = group.Array.Source;
        var planes = _planes.AsSpan(0, group.Parts.Length);
        for (var position = 0; position < planes.Length; position++)
        {
            var part = group.Parts[position];
            if (part.IsMissing)
                planes[position] = ChunkPlane.Missing;
            else if (part.IsGathered)
                planes[position] = AssembledPlane(group, tile, position);
            else
                planes[position] = PlaneOf(source, geometry, tile, part, position);
        }

        return group.Assembly is null ? TileRows.Of(geometry, tile, planes) : TileRows.OfWholePlanes(geometry, planes);
    }

    private ChunkPlane PlaneOf(FrameSource source, ChunkGeometry geometry, in Tile tile, FramePart part, int position)
    {
        var frame = source.Places.Pixels(part.Place);
        if (source.Unpacker is null)
            return TileRows.PlaneOf(geometry, tile, frame);

        // SAFETY: there is room for every plane of a chunk of the largest array.
        var plane = _unpacked!.Pointer + (long)position * geometry.ChunkPlaneBytes;
        source.Unpacker.Unpack(tile, frame, part.Plane, plane, geometry.ChunkRowBytes);
        return new ChunkPlane((nint)plane, geometry.ChunkRowBytes);
    }

    private static ChunkPlane AssembledPlane(ChunkGroup group, in Tile tile, int position)
    {
        var geometry = group.Array.Geometry;
        return new ChunkPlane((nint)(AssembledChunk(group, tile) + (long)position * geometry.ChunkPlaneBytes), geometry.ChunkRowBytes);
    }

    // In the order in which batches take them: uncompressed, a batch is one piece and is written from there.
    private static byte* AssembledChunk(ChunkGroup group, in Tile tile) =>
        (byte*)group.Assembly!.Value.First + (long)tile.Number * group.Array.Geometry.Plan.ChunkBytes;
}
