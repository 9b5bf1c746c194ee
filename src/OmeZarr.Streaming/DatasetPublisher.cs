using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming;

/// <summary>
/// Keeps what readers see in step with what is written: metadata documents, indexes of unfinished shards, the shapes of
/// growing arrays. One thread at a time, except for <see cref="TrySetMetadata"/> and <see cref="TrySetImageMetadata"/>.
/// </summary>
internal sealed class DatasetPublisher
{
    private readonly Lock _lock = new();
    private readonly AcquisitionPlan _plan;
    private readonly IStore _store;
    private readonly ImmutableArray<CameraLane> _lanes;
    private readonly DatasetMetadata _metadata;
    private readonly Dictionary<string, JsonNode?> _namespaces = [];
    private readonly Dictionary<int, Dictionary<string, JsonNode?>> _imageNamespaces = [];
    private readonly Dictionary<ArrayWriter, long> _published = [];
    private bool _hasNewNamespaces; // Guarded by _lock.
    private bool _isFinal; // Guarded by _lock: namespaces have been written.

    public DatasetPublisher(AcquisitionPlan plan, IStore store, ImmutableArray<CameraLane> lanes)
    {
        _plan = plan;
        _store = store;
        _lanes = lanes;
        _metadata = new DatasetMetadata(plan, TimeProvider.System.GetUtcNow());
    }

    /// <summary>Begins the dataset with all its metadata, so that it opens from the first moment on.</summary>
    public void Begin()
    {
        var documents = _metadata.Initial();
        _store.Begin(_plan.Overwrite, new OneByOne<StoredObject>(() => documents.Select(document => new StoredObject(document.Key, document.Utf8))));
        if (Durable)
            _store.Sync();
    }

    /// <summary>Gives up what the dataset replaces; from then on it stands.</summary>
    public void Commit() => _store.Commit();

    /// <summary>Makes what has been written so far readable: shard indexes first, then the shapes that reach to it.</summary>
    public void Publish(bool durable)
    {
        foreach (var lane in _lanes)
        {
            for (var image = 0; image < lane.Plan.Images.Length; image++)
                Publish(lane, image, durable);
            lane.FrameTable.Publish(durable);
        }

        PublishNamespaces(durable);
    }

    /// <summary>Completes every open shard as it is; after the last append. Each is tried, whatever happened to others.</summary>
    public void CompleteShards(Action<Action> guard)
    {
        foreach (var array in _lanes.SelectMany(lane => lane.Arrays))
        {
            foreach (var slab in array.OpenSlabs())
                slab.Complete(guard);
        }
    }

    /// <summary>
    /// Writes the metadata of the finished dataset, keeping what others have added meanwhile. Each document is tried,
    /// whatever happened to others; the root comes last, once the rest is durable, and tells whether everything is there.
    /// </summary>
    /// <param name="givenUp">Whether frames were given up; see <see cref="CameraLane.Counts"/>.</param>
    /// <param name="isComplete">Whether nothing has failed or been given up until now.</param>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    public void PublishFinal(bool givenUp, Func<bool> isComplete, Action<Action> guard)
    {
        // From here on they do not change any more.
        lock (_lock)
            _isFinal = true;
        var namespaces = Namespaces();
        var listed = FramesAreListed;
        CameraState[] cameras = [.. _lanes.Select(lane => FinalState(lane, givenUp, listed, guard))];
        var complete = isComplete();
        var documents = Documents(complete);
        // Synced together, with what came with frames: a plate has thousands of documents and arrays of times, and each sync by
        // itself waits for the disk.
        foreach (var document in documents.SkipLast(1))
            guard(() => Put(document, durable: false));
        if (Durable)
            guard(_store.Sync);
        if (complete && !isComplete())
            documents = Documents(complete: false);
        Put(documents[^1], Durable);

        IReadOnlyList<MetadataDocument> Documents(bool complete) =>
            _metadata.Final(cameras, complete, namespaces, _store.Get);
    }

    /// <summary>
    /// Replaces the acquisition-wide metadata of a namespace; written with the next flush, and at the end. False when it comes too late for that.
    /// Any thread.
    /// </summary>
    public bool TrySetMetadata(string name, JsonNode? value)
    {
        lock (_lock)
        {
            if (_isFinal)
                return false;
            _namespaces[name] = value;
            _hasNewNamespaces = true;
            return true;
        }
    }

    /// <summary>The same for one image, by its index in the plan.</summary>
    public bool TrySetImageMetadata(int image, string name, JsonNode? value)
    {
        lock (_lock)
        {
            if (_isFinal)
                return false;
            if (!_imageNamespaces.TryGetValue(image, out var namespaces))
                _imageNamespaces.Add(image, namespaces = []);
            namespaces[name] = value;
            _hasNewNamespaces = true;
            return true;
        }
    }

    // All levels of an image are equally long, as soon as its chunks are written on all. Only where the growing axis itself
    // shrinks, a level waits for more frames than full resolution does, and full resolution does not wait for it.
    private void Publish(CameraLane lane, int image, bool durable)
    {
        var levels = lane.Plan.Levels;
        var axis = lane.Plan.Router.UnboundedAxis;
        Span<long> written = stackalloc long[levels.Length];
        var common = long.MaxValue;
        foreach (var level in levels)
        {
            var array = lane.ArrayOf(level, image);
            // Taken before the indexes are written: all that it claims is in them.
            written[level.Number] = array?.WrittenAlongUnboundedAxis ?? 0;
            if (axis >= 0 && level.Factors[axis] == 1)
                common = Math.Min(common, written[level.Number]);
            foreach (var slab in array?.OpenSlabs() ?? [])
                slab.Publish(durable);
        }

        if (axis < 0)
            return;
        // Full resolution last: readers ask it how long the image is.
        foreach (var level in levels.Reverse())
        {
            if (lane.ArrayOf(level, image) is not { } array)
                continue;
            var length = Math.Min(written[level.Number], level.LengthAlong(axis, common));
            if (length == _published.GetValueOrDefault(array))
                continue;
            Put(DatasetMetadata.ArrayDocument(array.Plan, length), durable);
            _published[array] = length;
        }
    }

    private void PublishNamespaces(bool durable)
    {
        IReadOnlyList<MetadataDocument> documents;
        lock (_lock)
        {
            if (!_hasNewNamespaces)
                return;
            _hasNewNamespaces = false;
            documents = _metadata.WithNamespaces(Namespaces(), _store.Get);
        }

        foreach (var document in documents)
            Put(document, durable);
    }

    private UserNamespaces Namespaces() => new()
    {
        Root = _namespaces,
        Images = _imageNamespaces.ToDictionary(image => image.Key, image => (IReadOnlyDictionary<string, JsonNode?>)image.Value),
    };

    // Documents are of the whole dataset: so is what they have room for.
    private bool FramesAreListed =>
        _lanes.Sum(lane => lane.FrameTable.Records) <= FrameEntry.MostListed
        && _lanes.Sum(lane => lane.FrameTable.JsonBytes) <= FrameEntry.MostListedJsonBytes;

    private CameraState FinalState(CameraLane lane, bool givenUp, bool listed, Action<Action> guard)
    {
        var counts = lane.Counts(givenUp);
        RecordedFrames? frames = null;
        guard(() => frames = CompleteFrames(lane, counts.FramesSeen, listed));
        return new CameraState(counts, lane.Source.Intensities?.Windows() ?? [], frames);
    }

    private RecordedFrames? CompleteFrames(CameraLane lane, long framesSeen, bool listed)
    {
        var table = lane.FrameTable;
        if (table.Records == 0)
            return null;
        table.Complete(framesSeen);
        var timePoints = new TimePoints(lane.Plan, table, _store, framesSeen).Write();
        return new RecordedFrames(lane.Plan, listed ? table.Entries(lane.Plan.Router.TotalFrames ?? framesSeen) : null, timePoints);
    }

    private bool Durable => _plan.Durability.Fsync != Fsync.Never;

    private void Put(MetadataDocument document, bool durable) => _store.Put(document.Key, document.Utf8.Span, durable);
}
