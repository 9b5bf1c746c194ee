using OmeZarr.Concurrency;

namespace OmeZarr.Streaming;

/// <summary>
/// What has been appended to a running session and is not on the store yet: for readers in the same process. Any thread, also
/// while the session ends and afterwards: then there is nothing.
/// </summary>
public sealed class LiveFrames
{
    private readonly AcquisitionSession _session;
    private readonly Lazy<Dictionary<string, Place>> _places;
    private readonly Lock _lock = new();
    private readonly EventCount _left = new();
    private readonly LivePlanes[] _planes;
    private int _inside;
    private bool _isClosed;

    internal LiveFrames(AcquisitionSession session)
    {
        _session = session;
        _planes = [.. session.Pipelines.Select(pipeline => new LivePlanes(pipeline))];
        _places = new Lazy<Dictionary<string, Place>>(FindPlaces);
    }

    /// <summary>
    /// The length of an array's unbounded axis with all frames appended so far, and which axis that is; null when it has none, or
    /// the session has ended.
    /// </summary>
    /// <param name="path">The array's, from the dataset's root; of any level.</param>
    public (int Axis, long Length)? LengthOf(string path)
    {
        if (!_places.Value.TryGetValue(path, out var place) || !TryEnter())
            return null;
        try
        {
            var axis = _session.Pipelines[place.Camera].Plan.Router.UnboundedAxis;
            return axis < 0 ? null : (axis, _planes[place.Camera].Length);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Copies a part of a plane; false when it is not, or no longer, in memory.</summary>
    /// <param name="path">The array's, from the dataset's root.</param>
    /// <param name="index">The plane's indices along all axes but the last two.</param>
    /// <param name="window">What of it is wanted, within the plane.</param>
    public bool TryCopy(string path, long[] index, PlaneWindow window)
    {
        if (!_places.Value.TryGetValue(path, out var place) || place.Level > 0 || !TryEnter())
            return false;
        try
        {
            return _planes[place.Camera].TryCopy(place.Image, index, window);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Ends it: the session's memory is about to be freed. Waits for those that are copying, which takes no longer than that.
    /// </summary>
    internal void Close()
    {
        lock (_lock)
            _isClosed = true;
        while (true)
        {
            var ticket = _left.Prepare();
            if (Volatile.Read(ref _inside) == 0)
            {
                _left.Cancel();
                return;
            }

            _left.Wait(ticket, -1);
        }
    }

    private Dictionary<string, Place> FindPlaces()
    {
        var places = new Dictionary<string, Place>();
        for (var camera = 0; camera < _session.Pipelines.Length; camera++)
        {
            foreach (var level in _session.Pipelines[camera].Plan.Levels)
            {
                for (var image = 0; image < level.Arrays.Length; image++)
                    places[level.Arrays[image].Path] = new Place(camera, level.Number, image);
            }
        }

        return places;
    }

    private bool TryEnter()
    {
        lock (_lock)
        {
            if (!_isClosed)
                _inside++;
            return !_isClosed;
        }
    }

    private void Leave()
    {
        lock (_lock)
            _inside--;
        _left.Notify();
    }

    private readonly record struct Place(int Camera, int Level, int Image);
}
