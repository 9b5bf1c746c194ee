using System.Buffers.Binary;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// What is known of each frame of a camera, as Zarr arrays over the frames' numbers: they are written while frames come and are final when
/// they are complete, so that nothing is rewritten at the end and memory does not grow. An array is there once a frame had that property.
/// </summary>
/// <remarks>
/// One thread at a time records; another may store. Two locks: memory changes under <c>content</c>, which is held during a store's
/// operation only by who holds <c>storing</c> too; what goes to the store goes in turn, under <c>storing</c>, taken first.
/// All arrays are stored as of one moment, see <see cref="StoreCut"/>.
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
    private long _highestStored = -1; // The highest chunk over frames that may be on the store: those above need not be looked for.
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

    /// <summary>Records what came with a frame; its text stays the caller's. One thread at a time, each frame once.</summary>
    /// <exception cref="StoreException">Something else had to be stored first, and could not be.</exception>
    public void Record(long frame, in FrameValues note)
    {
        lock (_content)
        {
            if (TryWrite(frame, note))
                return;
        }

        lock (_storing)
        {
            MakeRoom(frame, note);
            lock (_content)
            {
                if (!TryWrite(frame, note))
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

    private static (Compression, int, int) CoderOf(ArrayMetadata array) => (array.Compression, array.DataType.Size(), array.ChunkBytes);

    // Writes a frame's row unless the store is needed for it.
    private bool TryWrite(long frame, in FrameValues note)
    {
        if (_isEnded)
            throw new InvalidOperationException($"the metadata of frame {frame} came after the end");
        var band = BandOf(frame / _framesPerChunk);
        if (band < 0 || (note.TextBytes > 0 && _texts?.HasRoom(note.TextBytes) == false))
            return false;
        Write(frame, band, note);
        return true;
    }

    // The band of a chunk; one that is new to the store takes the place of one that is stored. -1 when there is none.
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

    // Under storing: no cut is under way.
    private void MakeRoom(long frame, in FrameValues note)
    {
        if (note.TextBytes > 0)
            _texts?.MakeRoom(note.TextBytes, _content, IsDurable);
        var chunk = frame / _framesPerChunk;
        if (_bands!.Find(chunk) >= 0)
            return;
        var band = _bands.Oldest();
        // Not only what is in the way: rows that some arrays have and others lack would be seen.
        if (!_columns.Values.All(column => column.IsClean(band)))
            StoreCut(IsDurable, FramesSoFar, BytesSoFar);
        lock (_content)
        {
            _bands.Assign(band, chunk);
            foreach (var column in _columns.Values)
                column.Load(band, chunk);
        }
    }

    private void Write(long frame, int band, in FrameValues note)
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
            if (note.Properties.Knows(property))
                BinaryPrimitives.WriteDoubleLittleEndian(Column(name).Change(band, row), note.Properties.Number(property));
        }

        if (note.Properties.Knows(FrameProperty.Timestamp))
            BinaryPrimitives.WriteInt64LittleEndian(Column(FramePropertyNames.Timestamp).Change(band, row), note.Properties.TimestampNs);
        if (note.TextBytes > 0)
            WriteText(band, row, note);
        _rows = Math.Max(_rows, frame + 1);
        Volatile.Write(ref _records, _records + 1);
    }

    private void WriteStorageIndex(Span<byte> row)
    {
        for (var axis = 0; axis < _storageIndex.Length; axis++)
            BinaryPrimitives.WriteInt64LittleEndian(row[(axis * sizeof(long))..], _storageIndex[axis]);
    }

    private void WriteText(int band, int row, in FrameValues note)
    {
        _texts ??= new TextColumn(NewArray(FrameTableLayout.Json));
        var offset = _texts.Append(_pool, note.Text, note.TextBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(Column(FrameTableLayout.JsonOffset).Change(band, row), (ulong)offset);
        BinaryPrimitives.WriteUInt32LittleEndian(Column(FrameTableLayout.JsonLength).Change(band, row), (uint)note.TextBytes);
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
