using System.Buffers.Binary;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// The metadata of a camera's frames, as Zarr arrays over the frame numbers. They are written while frames come and are final
/// when they are complete, so nothing is rewritten at the end and memory does not grow. An array exists once a frame had that
/// property.
/// </summary>
/// <remarks>
/// One thread at a time records; another may store. There are two locks. Memory changes under <c>content</c>; only a thread that
/// also holds <c>storing</c> may hold it during a store's operation. Store operations are serialized by <c>storing</c>, which is
/// taken first. All arrays are stored as of one moment, see <see cref="StoreCut"/>.
/// </remarks>
internal sealed partial class FrameTable : IDisposable
{
    private readonly AcquisitionPlan _dataset;
    private readonly CameraPlan _plan;
    private readonly IWritableStore _store;
    private readonly TextPool _pool;
    private readonly Lock _storing = new();
    private readonly Lock _content = new();
    private readonly Dictionary<string, FrameColumn> _columns = [];
    private readonly Dictionary<(Compression, int, int), ChunkCoder> _coders = [];
    private readonly long[] _storageIndex;
    private readonly int _framesPerChunk;
    private FrameBands? _bands;
    private TextColumn? _texts;
    private long _rows;
    private long _highestStored = -1; // The highest chunk that may be on the store: those above need not be looked up.
    private bool _isCutting;
    private bool _isEnded;
    private bool _hasGroups;
    private long _records;

    public FrameTable(AcquisitionPlan dataset, CameraPlan plan, IWritableStore store, TextPool texts)
    {
        _dataset = dataset;
        _plan = plan;
        _store = store;
        _pool = texts;
        _storageIndex = new long[plan.Router.FrameAxes];
        _framesPerChunk = FrameTableLayout.FramesPerChunk(plan);
    }

    /// <summary>Frames recorded.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Bytes of the frames' JSON.</summary>
    public long JsonBytes
    {
        get
        {
            lock (_content)
                return _texts?.Length ?? 0;
        }
    }

    /// <summary>The most memory that the table of a camera holds, in bytes.</summary>
    public static long BytesFor(CameraPlan plan)
    {
        var json = FrameTableLayout.Column(plan, FrameTableLayout.Json);
        var columns = ColumnNames().Select(name => FrameTableLayout.Column(plan, name)).ToArray();
        var bytes = checked(
            FrameBands.BytesFor(FrameTableLayout.FramesPerChunk(plan)) + TextColumn.BytesFor(json.ChunkBytes)
            + columns.Sum(column => FrameColumn.BytesFor(column.ChunkBytes)));
        foreach (var kind in columns.Append(json).DistinctBy(CoderOf))
            bytes = checked(bytes + ChunkCoder.BytesFor(kind.Compression, kind.DataType, kind.ChunkBytes));
        return bytes;
    }

    /// <summary>Records the metadata of a frame; the caller still owns the text. One thread at a time, each frame once.</summary>
    /// <exception cref="StoreException">Something had to be stored first to make room, and could not be.</exception>
    public void Record(long frame, in FrameValues values)
    {
        lock (_content)
        {
            if (TryWrite(frame, values))
                return;
        }

        lock (_storing)
        {
            MakeRoom(frame, values);
            lock (_content)
            {
                if (!TryWrite(frame, values))
                    throw new InvalidOperationException($"the metadata of frame {frame} has no room after some was made");
            }
        }
    }

    public void Dispose()
    {
        foreach (var column in _columns.Values)
            column.Dispose();
        _texts?.Dispose();
        foreach (var coder in _coders.Values)
            coder.Dispose();
    }

    private static IEnumerable<string> ColumnNames() =>
    [
        FrameTableLayout.Image, FrameTableLayout.StorageIndex, FrameTableLayout.JsonOffset, FrameTableLayout.JsonLength,
        FramePropertyNames.Timestamp, .. FramePropertyNames.Numbers.Select(known => known.Name),
    ];

    private static (Compression, int, int) CoderOf(ArrayMetadata array) =>
        (array.Compression, array.DataType.Size(), array.ChunkBytes);

    // Writes a frame's row, unless the store is needed for it.
    private bool TryWrite(long frame, in FrameValues values)
    {
        if (_isEnded)
            throw new InvalidOperationException($"the metadata of frame {frame} came after the end");
        var band = BandOf(frame / _framesPerChunk);
        if (band < 0 || (values.TextBytes > 0 && _texts?.HasRoom(values.TextBytes) == false))
            return false;
        Write(frame, band, values);
        return true;
    }

    // The band of a chunk. A new chunk replaces one whose rows are stored; -1 when there is none.
    private int BandOf(long chunk)
    {
        _bands ??= new FrameBands(_framesPerChunk);
        var band = _bands.Find(chunk);
        if (band >= 0)
        {
            _bands.Use(band);
            return band;
        }

        band = _bands.Oldest();
        if (chunk <= _highestStored || !_columns.Values.All(column => column.IsClean(band)))
            return -1;
        _bands.Assign(band, chunk);
        foreach (var column in _columns.Values)
            column.Clear(band, chunk);
        return band;
    }

    // Under storing: no cut is in progress.
    private void MakeRoom(long frame, in FrameValues values)
    {
        if (values.TextBytes > 0)
            _texts?.MakeRoom(values.TextBytes, _content, IsDurable);
        var chunk = frame / _framesPerChunk;
        if (_bands!.Find(chunk) >= 0)
            return;
        var band = _bands.Oldest();
        // Not only what is in the way: otherwise readers would see rows that some arrays have and others lack.
        if (!_columns.Values.All(column => column.IsClean(band)))
            StoreCut(IsDurable, FramesSoFar, BytesSoFar);
        lock (_content)
        {
            _bands.Assign(band, chunk);
            foreach (var column in _columns.Values)
                column.Load(band, chunk);
        }
    }

    private void Write(long frame, int band, in FrameValues values)
    {
        var row = (int)(frame % _framesPerChunk);
        if (_isCutting)
            _bands!.MarkLate(band, row);
        var image = _plan.FirstImage + _plan.Router.Locate(frame, _storageIndex);
        BinaryPrimitives.WriteInt32LittleEndian(Column(FrameTableLayout.Image).Change(band, row), image);
        if (_storageIndex.Length > 0)
            WriteStorageIndex(Column(FrameTableLayout.StorageIndex).Change(band, row));
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            if (values.Properties.Knows(property))
                BinaryPrimitives.WriteDoubleLittleEndian(Column(name).Change(band, row), values.Properties.Number(property));
        }

        if (values.Properties.Knows(FrameProperty.Timestamp))
            BinaryPrimitives.WriteInt64LittleEndian(Column(FramePropertyNames.Timestamp).Change(band, row),
                values.Properties.TimestampNs);
        if (values.TextBytes > 0)
            WriteText(band, row, values);
        _rows = Math.Max(_rows, frame + 1);
        Volatile.Write(ref _records, _records + 1);
    }

    private void WriteStorageIndex(Span<byte> row)
    {
        for (var axis = 0; axis < _storageIndex.Length; axis++)
            BinaryPrimitives.WriteInt64LittleEndian(row[(axis * sizeof(long))..], _storageIndex[axis]);
    }

    private void WriteText(int band, int row, in FrameValues values)
    {
        _texts ??= new TextColumn(NewArray(FrameTableLayout.Json));
        var offset = _texts.Append(_pool, values.Text, values.TextBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(Column(FrameTableLayout.JsonOffset).Change(band, row), (ulong)offset);
        BinaryPrimitives.WriteUInt32LittleEndian(Column(FrameTableLayout.JsonLength).Change(band, row), (uint)values.TextBytes);
    }

    private FrameColumn Column(string name)
    {
        if (_columns.TryGetValue(name, out var column))
            return column;
        column = new FrameColumn(NewArray(name));
        for (var band = 0; band < FrameBands.Count; band++)
            column.Clear(band, _bands!.ChunkOf(band));
        _columns.Add(name, column);
        return column;
    }

    private StoredArray NewArray(string name)
    {
        var metadata = FrameTableLayout.Column(_plan, name);
        if (!_coders.TryGetValue(CoderOf(metadata), out var coder))
            _coders.Add(CoderOf(metadata), coder = new ChunkCoder(metadata.Compression, metadata.DataType, metadata.ChunkBytes));
        return new StoredArray(_store, $"{FrameTableLayout.PathOf(_plan)}/{name}", metadata, coder);
    }
}
