using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// Writes the times of its time points for each image of a camera, as a one-dimensional array: for each point the time of its
/// first plane, by the camera's clock where frames have timestamps, otherwise as given. OME-Zarr itself can only express regular
/// time.
/// </summary>
internal sealed class TimePoints
{
    /// <summary>Times held at once: one pass over the frames fills that many.</summary>
    public const int MostHeld = 1 << 18;

    private const double NanosecondsPerSecond = 1e9;

    private readonly CameraPlan _plan;
    private readonly FrameTable _table;
    private readonly IWritableStore _store;
    private readonly bool _durable;
    private readonly int _axis;
    private readonly long _length;
    private readonly ImmutableArray<long> _lengths;
    private readonly bool _isResumed;
    private long? _origin;
    private bool _hasGroup;

    /// <param name="plan">The plan.</param>
    /// <param name="table">The completed table.</param>
    /// <param name="store">Where the arrays go.</param>
    /// <param name="durable">Whether each object must survive a power cut on its own; otherwise the caller syncs.</param>
    /// <param name="framesSeen">The highest frame number plus 1.</param>
    /// <param name="lengths">The length of the growing axis of each image, where it does not follow from the frames; else
    /// default.</param>
    /// <param name="isResumed">Whether there may be such arrays already.</param>
    public TimePoints(CameraPlan plan, FrameTable table, IWritableStore store, bool durable, long framesSeen,
        ImmutableArray<long> lengths, bool isResumed)
    {
        _isResumed = isResumed;
        _plan = plan;
        _table = table;
        _store = store;
        _durable = durable;
        var axes = plan.Axes[..plan.Router.FrameAxes];
        var time = axes.FirstOrDefault(axis => axis.Type == DimensionType.Time);
        _axis = time is null ? -1 : axes.IndexOf(time);
        _length = time is null ? 0 : time.Count ?? plan.Router.UnboundedExtent(framesSeen);
        _lengths = time is { Count: null } ? lengths : default;
    }

    /// <summary>
    /// Writes the arrays; returns for each image the path of its array from the root, or null where there are no times.
    /// </summary>
    public string?[] Write()
    {
        var paths = new string?[_plan.Images.Length];
        var stamped = _table.Has(FramePropertyNames.Timestamp);
        if (_length == 0 || !(stamped || _table.Has(FramePropertyNames.Numbers[0].Name)))
            return paths;
        if (stamped)
            _origin = FirstTimestamp();
        var step = (int)Math.Clamp(MostHeld / _length, 1, paths.Length);
        for (var image = 0; image < paths.Length; image += step)
            WriteImages(image, Math.Min(step, paths.Length - image), paths);
        return paths;
    }

    private long? FirstTimestamp()
    {
        for (long t = 0; t < _length; t++)
        {
            for (var image = 0; image < _plan.Images.Length; image++)
            {
                if (_table.TimestampOf(FrameOf(image, t)) is { } first)
                    return first;
            }
        }

        return null;
    }

    private long FrameOf(int image, long t)
    {
        Span<long> index = stackalloc long[_plan.Router.FrameAxes];
        index.Clear();
        index[_axis] = t;
        return _plan.Router.FrameAt(image, index);
    }

    private double TimeOf(int image, long t)
    {
        var frame = FrameOf(image, t);
        if (_origin is { } origin)
            return _table.TimestampOf(frame) is { } timestamp
                ? (double)((Int128)timestamp - origin) / NanosecondsPerSecond
                : FrameTableLayout.Unknown;
        return _table.NumberOf(FramePropertyNames.Numbers[0].Name, frame) ?? FrameTableLayout.Unknown;
    }

    // A long time axis is written in pieces of whole chunks.
    private void WriteImages(int first, int images, string?[] paths)
    {
        var metadata = FrameTableLayout.TimePoints(_plan.Axes[_axis].Name, _length, _origin);
        using var coder = new ChunkCoder(metadata.Compression, metadata.DataType, metadata.ChunkBytes);
        var held = (int)Math.Min(_length, MostHeld);
        var times = new double[images, held];
        for (long start = 0; start < _length; start += held)
        {
            var count = (int)Math.Min(held, _length - start);
            Collect(first, times, start, count);
            for (var i = 0; i < images; i++)
                StoreChunks(first + i, i, times, start, count, metadata, coder, ref paths[first + i]);
        }
    }

    // Before the first chunk: whoever inspects a killed dataset must find which array a chunk belongs to.
    private void PutDocument(int image, ArrayMetadata metadata)
    {
        if (!_hasGroup && FrameTableLayout.TimePointsGroup(_plan) is var group)
            _store.Put(group.Key, group.Utf8.Span, _durable);
        _hasGroup = true;
        var document =
            FrameTableLayout.Document(PathOf(image), metadata, [_lengths.IsDefault ? _length : _lengths[image]], stored: null);
        _store.Put(document.Key, document.Utf8.Span, _durable);
    }

    // In frame order as far as possible: the table holds only a few chunks in memory.
    private void Collect(int first, double[,] times, long start, int count)
    {
        var images = times.GetLength(0);
        var timeIsSlow = images > 1 && count > 1 && FrameOf(first, start + 1) > FrameOf(first + 1, start);
        for (var i = 0; i < images * count; i++)
        {
            var (image, t) = timeIsSlow ? (i % images, i / images) : (i / count, i % count);
            times[image, t] = TimeOf(first + image, start + t);
        }
    }

    private void StoreChunks(
        int image, int row, double[,] times, long start, int count, ArrayMetadata metadata, ChunkCoder coder, ref string? path)
    {
        var size = metadata.ChunkShape[0];
        for (var at = 0; at < count; at += size)
        {
            var chunk = coder.Source;
            var known = false;
            for (var i = 0; i < size; i++)
            {
                var time = at + i < count ? times[row, at + i] : FrameTableLayout.Unknown;
                known |= !double.IsNaN(time);
                BinaryPrimitives.WriteDoubleLittleEndian(chunk[(i * sizeof(double))..], time);
            }

            var key = string.Create(CultureInfo.InvariantCulture, $"{PathOf(image)}/c/{(start + at) / size}");
            // An earlier end of an acquisition that went on may have known more: times of another clock.
            if (!known && !(_isResumed && _store.SizeOf(key) is not null))
                continue;
            if (path is null)
                PutDocument(image, metadata);
            if (known)
                path = PathOf(image);
            _store.Put(key, coder.Encode(), _durable);
        }
    }

    private string PathOf(int image) => FrameTableLayout.TimePointsPath(_plan, image);
}
