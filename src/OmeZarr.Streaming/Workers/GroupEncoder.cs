using OmeZarr.Memory;
using OmeZarr.Storage;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// One worker's tools: it encodes tiles where they lie in the frames and writes them. All memory is made once, sized for
/// the largest chunk of any camera's arrays; nothing is allocated per chunk.
/// </summary>
internal sealed unsafe class GroupEncoder : IDisposable
{
    private readonly FrameSource[] _sources;
    private readonly NativeBuffer? _unpacked;
    private readonly NativeBuffer _encoded;
    private readonly IChunkEncoder[] _encoders;
    private readonly ChunkPlane[] _planes;
    private readonly InPlaceChunks _inPlace;
    private readonly int[] _chunkNumbers;
    private readonly int[] _sizes;

    /// <param name="sources">Where the frames of each camera lie.</param>
    /// <param name="plan">The sizes of all that is made here.</param>
    /// <param name="writeAlignment">Of memory that the store takes without a copy.</param>
    public GroupEncoder(FrameSource[] sources, EncodingPlan plan, int writeAlignment)
    {
        _sources = sources;
        _unpacked = plan.UnpackedBytes == 0 ? null : new NativeBuffer(plan.UnpackedBytes);
        _encoded = new NativeBuffer(plan.MaxEncodedBatchBytes);
        _planes = new ChunkPlane[plan.MaxFramesPerChunk];
        _inPlace = new InPlaceChunks(plan.MaxPiecesInPlace, writeAlignment);
        _chunkNumbers = new int[plan.MaxTilesPerBatch];
        _sizes = new int[plan.MaxTilesPerBatch];
        _encoders = [.. plan.Encoders.Select(kind => kind.Codec.CreateEncoder(kind.ChunkBytes))];
    }

    /// <summary>Copies a frame's plane into its group's assembly memory.</summary>
    public void Gather(in WorkItem item)
    {
        var geometry = item.Group.Array.Geometry;
        var source = SourceOf(item.Group);
        source.Intensities?.Sample(item.Part, source.Ring.Pixels(item.Part.Place));
        var planes = _planes.AsSpan(0, 1);
        for (var shard = 0; shard < geometry.ShardsPerSlab; shard++)
        {
            for (var number = 0; number < geometry.TilesInShard(shard); number++)
            {
                var tile = geometry.Tile(shard, number);
                planes[0] = PlaneOf(source, geometry, tile, item.Part, position: 0);

                // SAFETY: the assembly memory has room for this position of every tile's chunk.
                var plane = AssembledChunk(item.Group, tile) + (long)item.Position * geometry.ChunkPlaneBytes;
                TileRows.Of(geometry, tile, planes).CopyTo(new Span<byte>(plane, geometry.ChunkPlaneBytes));
            }
        }
    }

    /// <summary>Encodes and writes one batch of a group's tiles.</summary>
    public void Encode(ChunkGroup group, int batchNumber)
    {
        var geometry = group.Array.Geometry;
        var batch = geometry.Batch(batchNumber);
        if (batchNumber == 0)
            SampleFrames(group);
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
        {
            var encoded = new MemoryRange((nint)_encoded.Pointer, bytes);
            AppendToShard(group, batch, new ReadOnlySpan<MemoryRange>(in encoded));
        }
    }

    public void Dispose()
    {
        foreach (var encoder in _encoders)
            encoder.Dispose();
        _unpacked?.Dispose();
        _encoded.Dispose();
    }

    // With the first batch, so that each frame is looked at once.
    private void SampleFrames(ChunkGroup group)
    {
        var source = SourceOf(group);
        if (source.Intensities is null)
            return;
        foreach (var part in group.Parts)
        {
            if (part.IsInRing)
                source.Intensities.Sample(part, source.Ring.Pixels(part.Place));
        }
    }

    // Uncompressed tiles as wide as the frame lie in it as the file wants them: they are written from there.
    private bool TryWriteInPlace(ChunkGroup group, TileBatch batch)
    {
        if (!group.Array.IsRaw || (SourceOf(group).Unpacker is not null && group.Assembly is null))
            return false;
        var geometry = group.Array.Geometry;
        _inPlace.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            var tile = geometry.Tile(batch.Shard, batch.First + i);
            if (!_inPlace.TryAdd(RowsOf(group, tile)))
                return false;
            _sizes[i] = geometry.Plan.ChunkBytes;
            _chunkNumbers[i] = group.FirstChunkInShard + tile.ChunkInShard;
        }

        if (geometry.Plan.IsSharded)
        {
            if (!_inPlace.PaysOff)
                return false;
            AppendToShard(group, batch, _inPlace.Pieces);
            return true;
        }

        if (!_inPlace.IsOnePiece)
            return false;
        var pixels = _inPlace.Pieces[0].Span;
        for (var i = 0; i < batch.Count; i++)
            PutChunk(group, geometry.Tile(batch.Shard, batch.First + i), pixels.Slice(i * geometry.Plan.ChunkBytes, geometry.Plan.ChunkBytes));
        return true;
    }

    private int EncodeTile(ChunkGroup group, in Tile tile, int offset)
    {
        // SAFETY: the output was sized for a batch of worst-case chunks, and the ones before it took at most that.
        var room = new Span<byte>(_encoded.Pointer + offset, (int)Math.Min(int.MaxValue, _encoded.Length - offset));
        var rows = RowsOf(group, tile);
        if (!group.Array.IsRaw)
            return _encoders[group.Array.Encoder].Encode(rows, room);
        rows.CopyTo(room);
        return rows.ChunkBytes;
    }

    // The tile's rows where they lie: in the frames, unpacked from them, or in assembly memory, where edges are filled already.
    private ChunkRows RowsOf(ChunkGroup group, in Tile tile)
    {
        var geometry = group.Array.Geometry;
        var source = SourceOf(group);
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

    private FrameSource SourceOf(ChunkGroup group) => _sources[group.Array.Camera];

    private ChunkPlane PlaneOf(FrameSource source, ChunkGeometry geometry, in Tile tile, FramePart part, int position)
    {
        var frame = source.Ring.Pixels(part.Place);
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

    private static byte* AssembledChunk(ChunkGroup group, in Tile tile)
    {
        var geometry = group.Array.Geometry;
        return group.Assembly!.Pointer + ((long)tile.Y * geometry.TilesX + tile.X) * geometry.Plan.ChunkBytes;
    }

    private void AppendToShard(ChunkGroup group, TileBatch batch, ReadOnlySpan<MemoryRange> encoded)
    {
        group.Slab!.Append(batch.Shard, _chunkNumbers.AsSpan(0, batch.Count), _sizes.AsSpan(0, batch.Count), encoded);
        group.Array.Objects.CountChunks(batch.Count, MemoryRange.Total(encoded));
        group.Array.NoteWritten(group);
    }

    private static void PutChunk(ChunkGroup group, in Tile tile, ReadOnlySpan<byte> encoded)
    {
        group.Array.Objects.PutChunk(group.Coordinates, tile.Y, tile.X, encoded);
        group.Array.Objects.CountChunks(1, encoded.Length);
        group.Array.NoteWritten(group);
    }
}
