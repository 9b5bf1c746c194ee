using System.Buffers.Binary;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// What is known of each frame of a camera, as Zarr arrays over the frames' numbers: they are written while frames come and are final when
/// they are complete, so that nothing is rewritten at the end and memory does not grow. An array is there once a frame had that property.
/// </summary>
/// <remarks>
/// One thread at a time records; another may store. Recording goes on while something is being stored: see <see cref="CachedArray"/>
/// for the two locks.
/// </remarks>
internal sealed partial class FrameTable : IDisposable
{
    private readonly AcquisitionPlan _dataset;
    private readonly CameraPlan _plan;
    private readonly IStore _store;
    private readonly TextPool _texts;
    private readonly Lock _storing = new();
    private readonly Lock _content = new();
    private readonly Dictionary<string, CachedArray> _arrays = [];
    private readonly Dictionary<(Compression, int, int), ChunkCoder> _coders = [];
    private readonly long[] _storageIndex;
    private readonly byte[] _text = new byte[FrameTextReader.MostBytes];
    private bool _hasGroups;
    private long _records;

    public FrameTable(AcquisitionPlan dataset, CameraPlan plan, IStore store, TextPool texts)
    {
        _dataset = dataset;
        _plan = plan;
        _store = store;
        _texts = texts;
        _storageIndex = new long[plan.Router.FrameAxes];
    }

    /// <summary>Frames recorded.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Bytes of the frames' JSON.</summary>
    public long JsonBytes
    {
        get
        {
            lock (_content)
                return _arrays.GetValueOrDefault(FrameTableLayout.Json)?.Rows ?? 0;
        }
    }

    /// <summary>The most memory that the table of a camera holds, in bytes, with the largest frame's text.</summary>
    public static long BytesFor(CameraPlan plan)
    {
        string[] names = [.. AllNames()];
        long bytes = FrameTextReader.MostBytes;
        var coders = new HashSet<(Compression, int, int)>();
        foreach (var array in names.Select(name => FrameTableLayout.Column(plan, name)))
        {
            bytes = checked(bytes + CachedArray.BytesFor(array.ChunkBytes));
            if (coders.Add(CoderOf(array)))
                bytes = checked(bytes + ChunkCoder.BytesFor(array.Compression, array.DataType, array.ChunkBytes));
        }

        return bytes;
    }

    /// <summary>Records what came with a frame; its text stays the caller's. One thread at a time.</summary>
    /// <exception cref="StoreException">Something else had to be stored first, and could not be.</exception>
    public void Record(long frame, in FrameNote note)
    {
        lock (_content)
        {
            if (IsNear(frame, note))
            {
                Write(frame, note);
                return;
            }
        }

        lock (_storing)
        {
            lock (_content)
                Write(frame, note);
        }
    }

    /// <summary>Stores what has been recorded so far.</summary>
    public void Publish(bool durable)
    {
        if (Records > 0)
            Store(durable, FrameShapeSoFar, bytes => RoundUp(bytes, FrameTableLayout.JsonBytesPerChunk));
    }

    /// <summary>Stores everything, with exact shapes; after the last record. The caller syncs.</summary>
    /// <param name="framesSeen">The highest frame number plus 1.</param>
    public void Complete(long framesSeen)
    {
        if (Records > 0)
            Store(durable: false, _ => _plan.Router.TotalFrames ?? framesSeen, bytes => bytes);
    }

    public void Dispose()
    {
        foreach (var array in _arrays.Values)
            array.Dispose();
        foreach (var coder in _coders.Values)
            coder.Dispose();
    }

    private static IEnumerable<string> AllNames() =>
    [
        FrameTableLayout.Image, FrameTableLayout.StorageIndex, FrameTableLayout.JsonOffset, FrameTableLayout.JsonLength,
        FrameTableLayout.Json, FramePropertyNames.Timestamp, .. FramePropertyNames.Numbers.Select(known => known.Name),
    ];

    private static (Compression, int, int) CoderOf(ArrayMetadata array) => (array.Compression, array.DataType.Size(), array.ChunkBytes);

    private static long RoundUp(long length, int chunk) => checked(length + chunk - 1) / chunk * chunk;

    // Whole chunks: the documents need not be written anew for every frame, and what is not there yet reads as not known.
    private long FrameShapeSoFar(long rows) => _plan.Router.TotalFrames ?? RoundUp(rows, FrameTableLayout.FramesPerChunk(_plan));

    private bool IsNear(long frame, in FrameNote note)
    {
        foreach (var (name, array) in _arrays)
        {
            if (name != FrameTableLayout.Json && !array.IsNear(frame))
                return false;
        }

        if (note.TextBytes == 0 || !_arrays.TryGetValue(FrameTableLayout.Json, out var json))
            return true;
        return json.IsNear(json.Rows) && json.IsNear(json.Rows + note.TextBytes - 1);
    }

    private void Write(long frame, in FrameNote note)
    {
        var image = _plan.FirstImage + _plan.Router.Locate(frame, _storageIndex);
        BinaryPrimitives.WriteInt32LittleEndian(Array(FrameTableLayout.Image).Change(frame), image);
        if (_storageIndex.Length > 0)
            WriteStorageIndex(Array(FrameTableLayout.StorageIndex).Change(frame));
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            if (note.Properties.Knows(property))
                BinaryPrimitives.WriteDoubleLittleEndian(Array(name).Change(frame), note.Properties.Number(property));
        }

        if (note.Properties.Knows(FrameProperty.Timestamp))
            BinaryPrimitives.WriteInt64LittleEndian(Array(FramePropertyNames.Timestamp).Change(frame), note.Properties.TimestampNs);
        if (note.TextBytes > 0)
            WriteText(frame, note);
        Volatile.Write(ref _records, _records + 1);
    }

    private void WriteStorageIndex(Span<byte> row)
    {
        for (var axis = 0; axis < _storageIndex.Length; axis++)
            BinaryPrimitives.WriteInt64LittleEndian(row[(axis * sizeof(long))..], _storageIndex[axis]);
    }

    private void WriteText(long frame, in FrameNote note)
    {
        var json = Array(FrameTableLayout.Json);
        var offset = json.Rows;
        var text = _text.AsSpan(0, note.TextBytes);
        _texts.CopyTo(note.Text, text);
        while (!text.IsEmpty)
        {
            var room = json.Change(json.Rows, text.Length);
            text[..room.Length].CopyTo(room);
            text = text[room.Length..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(Array(FrameTableLayout.JsonOffset).Change(frame), (ulong)offset);
        BinaryPrimitives.WriteUInt32LittleEndian(Array(FrameTableLayout.JsonLength).Change(frame), (uint)note.TextBytes);
    }

    private CachedArray Array(string name)
    {
        if (_arrays.TryGetValue(name, out var array))
            return array;
        var metadata = FrameTableLayout.Column(_plan, name);
        if (!_coders.TryGetValue(CoderOf(metadata), out var coder))
            _coders.Add(CoderOf(metadata), coder = new ChunkCoder(metadata.Compression, metadata.DataType, metadata.ChunkBytes));
        array = new CachedArray(_store, $"{FrameTableLayout.PathOf(_plan)}/{name}", metadata, coder);
        _arrays.Add(name, array);
        return array;
    }

    private void Store(bool durable, Func<long, long> frames, Func<long, long> bytes)
    {
        lock (_storing)
        {
            KeyValuePair<string, CachedArray>[] arrays;
            long rows, textBytes;
            lock (_content)
            {
                arrays = [.. _arrays];
                rows = _arrays.Where(array => array.Key != FrameTableLayout.Json).Max(array => array.Value.Rows);
                textBytes = _arrays.GetValueOrDefault(FrameTableLayout.Json)?.Rows ?? 0;
            }

            StoreGroups(durable);
            foreach (var (_, array) in arrays)
                array.Store(_content, durable);
            foreach (var (name, array) in arrays)
                array.StoreShape(name == FrameTableLayout.Json ? bytes(textBytes) : frames(rows), durable);
        }
    }

    private void StoreGroups(bool durable)
    {
        if (_hasGroups)
            return;
        foreach (var document in FrameTableLayout.Groups(_dataset, _plan))
            _store.Put(document.Key, document.Utf8.Span, durable);
        _hasGroups = true;
    }
}
