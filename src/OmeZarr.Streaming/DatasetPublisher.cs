using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming;

/// <summary>
/// Keeps what readers see in step with what is written: metadata documents, indexes of unfinished shards, the shapes of
/// growing arrays. One thread at a time, except for <see cref="TrySetMetadata"/>.
/// </summary>
internal sealed class DatasetPublisher
{
    private readonly Lock _lock = new();
    private readonly AcquisitionPlan _plan;
    private readonly IStore _store;
    private readonly ImmutableArray<CameraLane> _lanes;
    private readonly ArrayWriter[] _arrays; // Of all lanes, in the order of the plan.
    private readonly DatasetMetadata _metadata;
    private readonly Dictionary<string, JsonNode?> _namespaces = [];
    private readonly long[] _published;
    private bool _isFinal; // Guarded by _lock: namespaces have been written.

    public DatasetPublisher(AcquisitionPlan plan, IStore store, ImmutableArray<CameraLane> lanes)
    {
        _plan = plan;
        _store = store;
        _lanes = lanes;
        _arrays = [.. lanes.SelectMany(lane => lane.Arrays)];
        _metadata = new DatasetMetadata(plan, TimeProvider.System.GetUtcNow());
        _published = new long[_arrays.Length];
    }

    /// <summary>Begins the dataset with all its metadata, so that it opens from the first moment on.</summary>
    public void Begin()
    {
        _store.Begin(_plan.Overwrite, [.. _metadata.Initial().Select(document => new StoredObject(document.Key, document.Utf8))]);
        if (Durable)
            _store.Sync();
    }

    /// <summary>Makes what has been written so far readable: shard indexes first, then the shapes that reach to it.</summary>
    public void Publish(bool durable)
    {
        for (var i = 0; i < _arrays.Length; i++)
        {
            // Taken before the indexes are written: all that it claims is in them.
            var extent = _arrays[i].WrittenAlongUnboundedAxis;
            foreach (var slab in _arrays[i].OpenSlabs())
                slab.Publish(durable);
            if (extent == _published[i])
                continue;
            Put(_metadata.ArrayDocument(i, extent), durable);
            _published[i] = extent;
        }
    }

    /// <summary>Completes every open shard as it is; after the last append. Each is tried, whatever happened to others.</summary>
    public void CompleteShards(Action<Action> guard)
    {
        foreach (var array in _arrays)
        {
            foreach (var slab in array.OpenSlabs())
                slab.Complete(guard);
        }
    }

    /// <summary>
    /// Writes the metadata of the finished dataset, keeping what others have added meanwhile. Each document is tried,
    /// whatever happened to others; the root comes last and tells whether everything is there.
    /// </summary>
    /// <param name="givenUp">Whether frames were given up; see <see cref="CameraLane.Counts"/>.</param>
    /// <param name="isComplete">Whether nothing has failed or been given up until now.</param>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    public void PublishFinal(bool givenUp, Func<bool> isComplete, Action<Action> guard)
    {
        Dictionary<string, JsonNode?> namespaces;
        lock (_lock)
        {
            namespaces = new Dictionary<string, JsonNode?>(_namespaces);
            _isFinal = true;
        }

        CameraState[] cameras = [.. _lanes.Select(lane => new CameraState(lane.Counts(givenUp), lane.Source.Intensities?.Windows() ?? []))];
        var complete = isComplete();
        var documents = Documents(complete);
        foreach (var document in documents.SkipLast(1))
            guard(() => Put(document, Durable));
        if (complete && !isComplete())
            documents = Documents(complete: false);
        Put(documents[^1], Durable);

        IReadOnlyList<MetadataDocument> Documents(bool complete) =>
            _metadata.Final(cameras, complete, namespaces, _store.Get);
    }

    public void Sync() => _store.Sync();

    /// <summary>
    /// Replaces the acquisition-wide metadata of a namespace; written at the end. False when it comes too late for that.
    /// Any thread.
    /// </summary>
    public bool TrySetMetadata(string name, JsonNode? value)
    {
        lock (_lock)
        {
            if (!_isFinal)
                _namespaces[name] = value;
            return !_isFinal;
        }
    }

    private bool Durable => _plan.Durability.Fsync != Fsync.Never;

    private void Put(MetadataDocument document, bool durable) => _store.Put(document.Key, document.Utf8.Span, durable);
}
