using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// One worker's tools: it gathers tiles out of the frames, encodes them and writes them. All memory is made once, sized for
/// the largest chunk of any array; nothing is allocated per chunk.
/// </summary>
internal sealed unsafe class GroupEncoder : IDisposable
{
    private readonly FrameRing _ring;
    private readonly NativeBuffer _chunk;
    private readonly NativeBuffer _encoded;
    private readonly IChunkEncoder[] _encoders;
    private readonly int[] _chunkNumbers;
    private readonly int[] _sizes;

    public GroupEncoder(FrameRing ring, EncodingPlan plan)
    {
        _ring = ring;
        _chunk = new NativeBuffer(plan.MaxChunkBytes);
        _encoded = new NativeBuffer(plan.MaxEncodedBatchBytes);
        _chunkNumbers = new int[plan.MaxTilesPerBatch];
        _sizes = new int[plan.MaxTilesPerBatch];
        _encoders = [.. plan.Encoders.Select(kind => kind.Codec.CreateEncoder(kind.ChunkBytes))];
    }

    /// <summary>Copies a frame into its group's assembly memory.</summary>
    public void Gather(in WorkItem item)
    {
        var geometry = item.Group.Array.Geometry;
        var frame = _ring.Pixels(item.Slot);
        for (var shard = 0; shard < geometry.ShardsPerSlab; shard++)
        {
            for (var number = 0; number < geometry.TilesInShard(shard); number++)
            {
                var tile = geometry.Tile(shard, number);
                var plane = AssembledChunk(item.Group, tile) + (long)item.Position * geometry.ChunkPlaneBytes;
                TileGather.Plane(geometry, tile, frame, plane);
            }
        }
    }

    /// <summary>Encodes and writes one batch of a group's tiles.</summary>
    public void Encode(ChunkGroup group, int batchNumber)
    {
        var geometry = group.Array.Geometry;
        var batch = geometry.Batch(batchNumber);
        if (TryWriteInPlace(group, batch))
            return;
        var bytes = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var tile = geometry.Tile(batch.Shard, batch.First + i);
            _sizes[i] = EncodeTile(group, tile, bytes);
            _chunkNumbers[i] = group.FirstChunkInShard + tile.ChunkInShard;
            if (geometry.Plan.IsSharded)
                bytes += _sizes[i];
            else
                PutChunk(group, tile, new ReadOnlySpan<byte>(_encoded.Pointer, _sizes[i]));
        }

        if (geometry.Plan.IsSharded)
            AppendToShard(group, batch, new ReadOnlySpan<byte>(_encoded.Pointer, bytes));
    }

    public void Dispose()
    {
        foreach (var encoder in _encoders)
            encoder.Dispose();
        _chunk.Dispose();
        _encoded.Dispose();
    }

    // Uncompressed tiles as wide as the frame lie in it as the file wants them: they are written from there.
    private bool TryWriteInPlace(ChunkGroup group, TileBatch batch)
    {
        var geometry = group.Array.Geometry;
        if (!group.Array.IsRaw || group.Assembly is not null || group.Slots[0] < 0)
            return false;
        var frame = _ring.Pixels(group.Slots[0]);
        if (batch.Count > 1 && frame.RowStride != geometry.ChunkRowBytes)
            return false;
        for (var i = 0; i < batch.Count; i++)
        {
            var tile = geometry.Tile(batch.Shard, batch.First + i);
            if (TileGather.InPlace(geometry, tile, frame) == null)
                return false;
            _sizes[i] = geometry.Plan.ChunkBytes;
            _chunkNumbers[i] = group.FirstChunkInShard + tile.ChunkInShard;
        }

        // SAFETY: full-width tiles follow each other in the frame, and each was checked to lie in it whole.
        var pixels = new ReadOnlySpan<byte>(
            TileGather.InPlace(geometry, geometry.Tile(batch.Shard, batch.First), frame), checked(batch.Count * geometry.Plan.ChunkBytes));
        if (geometry.Plan.IsSharded)
        {
            AppendToShard(group, batch, pixels);
            return true;
        }

        for (var i = 0; i < batch.Count; i++)
            PutChunk(group, geometry.Tile(batch.Shard, batch.First + i), pixels.Slice(i * geometry.Plan.ChunkBytes, geometry.Plan.ChunkBytes));
        return true;
    }

    private int EncodeTile(ChunkGroup group, in Tile tile, int offset)
    {
        var geometry = group.Array.Geometry;
        var target = _encoded.Pointer + offset;
        if (group.Array.IsRaw)
        {
            GatherTile(group, tile, target);
            return geometry.Plan.ChunkBytes;
        }

        var source = WholeTile(group, tile);
        if (source == null)
        {
            source = _chunk.Pointer;
            GatherTile(group, tile, source);
        }

        // SAFETY: the source holds a whole chunk; the rest of the output was sized for a batch of worst-case chunks.
        var room = (int)Math.Min(int.MaxValue, _encoded.Length - offset);
        return _encoders[group.Array.Encoder].Encode(new ReadOnlySpan<byte>(source, geometry.Plan.ChunkBytes), new Span<byte>(target, room));
    }

    // The chunk where it lies whole already: in its frame, or in assembly memory. Otherwise null.
    private byte* WholeTile(ChunkGroup group, in Tile tile)
    {
        if (group.Assembly is null)
            return group.Slots[0] < 0 ? null : TileGather.InPlace(group.Array.Geometry, tile, _ring.Pixels(group.Slots[0]));
        return group.Slots.AsSpan().Contains(ChunkGroup.Missing) ? null : AssembledChunk(group, tile);
    }

    private void GatherTile(ChunkGroup group, in Tile tile, byte* chunk)
    {
        var geometry = group.Array.Geometry;
        for (var position = 0; position < group.Slots.Length; position++)
        {
            var offset = (long)position * geometry.ChunkPlaneBytes;
            var slot = group.Slots[position];
            if (slot == ChunkGroup.Gathered)
                Buffer.MemoryCopy(AssembledChunk(group, tile) + offset, chunk + offset, geometry.ChunkPlaneBytes, geometry.ChunkPlaneBytes);
            else if (slot == ChunkGroup.Missing)
                TileGather.MissingPlane(geometry, chunk + offset);
            else
                TileGather.Plane(geometry, tile, _ring.Pixels(slot), chunk + offset);
        }
    }

    private static byte* AssembledChunk(ChunkGroup group, in Tile tile)
    {
        var geometry = group.Array.Geometry;
        return group.Assembly!.Pointer + ((long)tile.Y * geometry.TilesX + tile.X) * geometry.Plan.ChunkBytes;
    }

    private void AppendToShard(ChunkGroup group, TileBatch batch, ReadOnlySpan<byte> encoded)
    {
        group.Slab.Append(batch.Shard, _chunkNumbers.AsSpan(0, batch.Count), _sizes.AsSpan(0, batch.Count), encoded);
        group.Array.Objects.CountChunks(batch.Count, encoded.Length);
    }

    private static void PutChunk(ChunkGroup group, in Tile tile, ReadOnlySpan<byte> encoded)
    {
        group.Array.Objects.PutChunk(group.Coordinates, tile.Y, tile.X, encoded);
        group.Array.Objects.CountChunks(1, encoded.Length);
    }
}
