using System.Collections.Immutable;
using OmeZarr.Storage;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Json;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Reading.Arrays;

/// <summary>
/// What one thread does in a read: fetches batches of chunks, decodes them and puts their elements where they go.
/// </summary>
internal sealed unsafe class ChunkReading
{
    /// <summary>Stored chunks that lie this close are fetched together, in bytes: a look at the store costs more.</summary>
    private const long CloseBytes = 64 << 10;

    /// <summary>How often an index is read anew of which something cannot be right any more.</summary>
    private const int MostLooks = 4;

    private readonly StoredArray _array;
    private readonly IReadableStore _store;
    private readonly ShardIndexes _indexes;
    private readonly Workspaces _workspaces;
    private readonly Destination _destination;
    private readonly ImmutableArray<long> _start;
    private readonly ImmutableArray<long> _step;
    private readonly ReportBuilder _report;
    private readonly ImmutableArray<long> _chunkStrides;
    private readonly byte[] _fill;

    internal ChunkReading(StoredArray array, IReadableStore store, ShardIndexes indexes, Workspaces workspaces,
        Region region, Destination destination, ReportBuilder report)
    {
        _array = array;
        _store = store;
        _indexes = indexes;
        _workspaces = workspaces;
        _destination = destination;
        _start = region.Start;
        _step = region.Step;
        _report = report;
        _chunkStrides = StridesOf(array.Chunk.Innermost, array.Type.Size);
        _fill = [.. array.FillValue];
    }

    private ChunkLayout Layout => _array.Chunk.Innermost;

    internal void Work(ReadJob job)
    {
        if (_workspaces.Rent(_array, job.Token) is not { } workspace)
            return;
        try
        {
            while (job.Take() is { } batch)
                Read(batch, job, workspace);
        }
        finally
        {
            _workspaces.Return(_array, workspace);
        }
    }

    private void Read(IReadOnlyList<ChunkRef> batch, ReadJob job, Workspace workspace)
    {
        var key = batch[0].Key;
        for (var look = 1; ; look++)
        {
            try
            {
                if (TryRead(batch, job, workspace))
                    return;
            }
            catch (Exception e) when (e is ZarrFormatException or CodecException)
            {
                // An object that is being replaced, or whose index grew: what is stored there now decides.
                if (batch[0].Places.Length == 0 || look >= 2)
                {
                    throw new ReadingException(
                        ReadingErrorKind.Damaged, $"The object \"{key}\" cannot be read. {e.Message}", e);
                }
            }

            if (look == MostLooks)
            {
                throw new ReadingException(
                    ReadingErrorKind.Damaged, $"The object \"{key}\" changed again and again while it was read.");
            }

            _indexes.Forget(key);
        }
    }

    /// <summary>False: the object is no longer as its index says.</summary>
    private bool TryRead(IReadOnlyList<ChunkRef> batch, ReadJob job, Workspace workspace)
    {
        if (batch[0].Places.Length == 0)
        {
            ReadObject(batch[0], job, workspace);
            return true;
        }

        var found = new List<(ChunkRef Chunk, long Offset, long Length)>(batch.Count);
        var missing = new List<ChunkRef>();
        foreach (var chunk in batch)
        {
            if (Locate(chunk, job.Token) is var (offset, length))
                found.Add((chunk, offset, length));
            else
                missing.Add(chunk);
        }

        found.Sort(static (one, other) => one.Offset.CompareTo(other.Offset));
        for (var first = 0; first < found.Count;)
        {
            var count = Together(found, first, workspace.Stored.Length);
            if (!ReadTogether(found.GetRange(first, count), job, workspace))
                return false;
            first += count;
        }

        foreach (var chunk in missing)
            FillMissing(chunk, job);
        return true;
    }

    private (long Offset, long Length)? Locate(ChunkRef chunk, CancellationToken cancel)
    {
        (long Offset, long Length)? part = null;
        var layout = _array.Chunk;
        foreach (var place in chunk.Places)
        {
            part = _indexes.Get(chunk.Key, part, layout.Shard!, cancel).Locate(place);
            if (part is null)
                return null;
            layout = layout.Shard!.Chunk;
        }

        CheckSize(part!.Value.Length);
        return part;
    }

    /// <summary>How many chunks from one on go into the memory at once.</summary>
    private static int Together(List<(ChunkRef Chunk, long Offset, long Length)> found, int first, long room)
    {
        var bytes = found[first].Length;
        var count = 1;
        for (; first + count < found.Count; count++)
        {
            var last = found[first + count - 1];
            var next = found[first + count];
            // Chunks that the same bytes are named for are hostile, or a writer's trick: they are fetched twice.
            var gap = next.Offset - (last.Offset + last.Length);
            var more = gap is >= 0 and <= CloseBytes ? gap + next.Length : next.Length;
            if (bytes + more > room)
                break;
            bytes += more;
        }

        return count;
    }

    private bool ReadTogether(List<(ChunkRef Chunk, long Offset, long Length)> found, ReadJob job, Workspace workspace)
    {
        var ranges = new List<RangeRead>();
        var places = new long[found.Count];
        long used = 0, rangeStart = 0, rangeOffset = 0, end = -1;
        for (var i = 0; i < found.Count; i++)
        {
            var (_, offset, length) = found[i];
            var gap = offset - end;
            if (i == 0 || gap is < 0 or > CloseBytes)
            {
                AddRange();
                (rangeStart, rangeOffset) = (used, offset);
                gap = 0;
            }

            places[i] = used + gap;
            used += gap + length;
            end = offset + length;
        }

        AddRange();
        var size = _store.Read(found[0].Chunk.Key, ranges.ToArray(), job.Token);
        if (size is null || size < found.Max(at => at.Offset + at.Length))
            return false;
        for (var i = 0; i < found.Count; i++)
            Put(found[i].Chunk, workspace.Stored.Pointer + places[i], (int)found[i].Length, job, workspace);
        _report.Add(found.Count, used);
        return true;

        void AddRange()
        {
            if (used > rangeStart)
            {
                var into = new MemoryRange((nint)(workspace.Stored.Pointer + rangeStart), (nint)(used - rangeStart));
                ranges.Add(RangeRead.At(rangeOffset, into));
            }
        }
    }

    /// <summary>A chunk that is an object of its own.</summary>
    private void ReadObject(ChunkRef chunk, ReadJob job, Workspace workspace)
    {
        var room = Math.Min(workspace.Stored.Length, StoredChunkDecoder.MostEncodedBytes(_array));
        var range = RangeRead.At(0, new MemoryRange((nint)workspace.Stored.Pointer, (nint)room));
        if (_store.Read(chunk.Key, new ReadOnlySpan<RangeRead>(in range), job.Token) is not { } size)
        {
            FillMissing(chunk, job);
            return;
        }

        CheckSize(size);
        Put(chunk, workspace.Stored.Pointer, (int)size, job, workspace);
        _report.Add(1, size);
    }

    private void CheckSize(long bytes)
    {
        if (bytes > StoredChunkDecoder.MostEncodedBytes(_array) || bytes > int.MaxValue)
        {
            throw new ZarrFormatException(
                $"A chunk is stored in {bytes} bytes, which is more than any codec makes of its {_array.ChunkBytes}.");
        }
    }

    /// <summary>Decodes a chunk, where it can straight to where it goes.</summary>
    private void Put(ChunkRef chunk, byte* stored, int storedBytes, ReadJob job, Workspace workspace)
    {
        // SAFETY: stored lies in the workspace's memory, which this thread has to itself.
        var encoded = new ReadOnlySpan<byte>(stored, storedBytes);
        if (GoesAsItIs(chunk))
        {
            if (!job.TryBeginWrite())
                return;
            try
            {
                // SAFETY: the whole chunk lies in the region, and the region in the caller's memory.
                workspace.Decoder.Decode(encoded, new Span<byte>(To(chunk), _array.ChunkBytes));
            }
            finally
            {
                job.EndWrite();
            }

            return;
        }

        if (!workspace.Decoder.IsPlain)
            workspace.Decoder.Decode(encoded, workspace.Chunk.Span(_array.ChunkBytes));
        else if (storedBytes != _array.ChunkBytes)
            throw new CodecException($"The stored chunk has {storedBytes} bytes instead of {_array.ChunkBytes}.");
        Copy(chunk, workspace.Decoder.IsPlain ? stored : workspace.Chunk.Pointer, job);
    }

    private void Copy(ChunkRef chunk, byte* elements, ReadJob job)
    {
        Span<long> strides = stackalloc long[_array.Rank];
        for (var axis = 0; axis < strides.Length; axis++)
        {
            elements += (_start[axis] + chunk.First[axis] * _step[axis] - chunk.Origin[axis]) * _chunkStrides[axis];
            // One element has no next one, and a step may be as long as 64 bits allow.
            strides[axis] = chunk.Count[axis] > 1 ? _chunkStrides[axis] * _step[axis] : 0;
        }

        if (!job.TryBeginWrite())
            return;
        StridedCopy.Copy(elements, strides, To(chunk), _destination.Strides.AsSpan(), chunk.Count, _array.Type.Size);
        job.EndWrite();
    }

    private void FillMissing(ChunkRef chunk, ReadJob job)
    {
        _report.Add(1, 0);
        _report.AddMissing(chunk, Layout.Shape.AsSpan());
        if (!job.TryBeginWrite())
            return;
        StridedCopy.Fill(_fill, To(chunk), _destination.Strides.AsSpan(), chunk.Count);
        job.EndWrite();
    }

    private byte* To(ChunkRef chunk)
    {
        var to = _destination.First;
        for (var axis = 0; axis < chunk.First.Length; axis++)
            to += chunk.First[axis] * _destination.Strides[axis];
        return to;
    }

    /// <summary>Whether all of a chunk is wanted, in the order in which it is stored, and without gaps.</summary>
    private bool GoesAsItIs(ChunkRef chunk)
    {
        for (var axis = 0; axis < chunk.Count.Length; axis++)
        {
            if (chunk.Count[axis] != Layout.Shape[axis]
                || (chunk.Count[axis] > 1 && (_step[axis] != 1 || _destination.Strides[axis] != _chunkStrides[axis])))
                return false;
        }

        return true;
    }

    private static ImmutableArray<long> StridesOf(ChunkLayout layout, int elementBytes)
    {
        var strides = new long[layout.Shape.Length];
        var stride = (long)elementBytes;
        foreach (var axis in layout.Order.Reverse())
        {
            strides[axis] = stride;
            stride *= layout.Shape[axis];
        }

        return [.. strides];
    }
}
