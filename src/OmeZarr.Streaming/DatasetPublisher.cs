using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming;

/// <summary>
/// Keeps what readers see in step with what is written: metadata documents, indexes of unfinished shards, the shapes of
/// growing arrays. What metadata claims is stored before it. One thread at a time, except for <see cref="TrySetMetadata"/> and
/// <see cref="TrySetImageMetadata"/>.
/// </summary>
internal sealed class DatasetPublisher
{
    private readonly AcquisitionPlan _plan;
    private readonly IWritableStore _store;
    private readonly ImmutableArray<CameraPipeline> _pipelines;
    private readonly ImmutableArray<StoredImages> _images;
    private readonly DatasetMetadata _metadata;
    private readonly GivenMetadata _given = new();
    private readonly RootPublication _root;

    public DatasetPublisher(AcquisitionPlan plan, IWritableStore store, ImmutableArray<CameraPipeline> pipelines)
    {
        _plan = plan;
        _store = store;
        _pipelines = pipelines;
        _images = [.. pipelines.Select(pipeline => new StoredImages(pipeline))];
        _metadata = new DatasetMetadata(plan, TimeProvider.System.GetUtcNow());
        _root = new RootPublication(_metadata, store);
    }

    private bool Durable => _plan.Durability.Fsync != Fsync.Never;

    /// <summary>
    /// Whether each document is made durable before it takes the place of the one that is: a sync that comes after it is too late when
    /// the power fails between the two, and leaves an empty one.
    /// </summary>
    private bool DurableOneByOne => _plan.Durability.Fsync == Fsync.Flush;

    /// <summary>Begins the dataset with all its metadata, so that it opens from the first moment on.</summary>
    public void Begin()
    {
        _store.Begin(_plan.Overwrite, new FirstObjects(_metadata.Initial()));
        if (Durable)
            _store.Sync();
    }

    /// <summary>Gives up what the dataset replaces; from then on it stands.</summary>
    public void Commit() => _store.Commit();

    /// <summary>
    /// Makes what has been written so far readable: shard indexes first, then the shapes that reach to it, then what is known of the
    /// frames, then how many there are.
    /// </summary>
    public void Publish(bool durable)
    {
        _store.CheckRoot();
        foreach (var (number, pipeline) in _pipelines.Index())
        {
            for (var image = 0; image < pipeline.Plan.Images.Length; image++)
            {
                if (pipeline.LevelArrays[0].Find(image) is not null)
                    Publish(pipeline, _images[number], image, durable);
            }

            pipeline.FrameTable.Publish(durable);
        }

        CameraState[] states = [.. _pipelines.Zip(_images, PipelineState.SoFar).Select(state => state.Described())];
        var namespaces = _given.Take(out var areNew);
        if (areNew)
            Put(_metadata.WithNamespaces(states, namespaces, _store.Get), durable);
        _root.Publish(states, namespaces, mustBe: areNew, durable);
    }

    /// <summary>Completes every open shard as it is; after the last append. Each is tried, whatever happened to others.</summary>
    public void CompleteShards(Action<Action> guard)
    {
        foreach (var array in _pipelines.SelectMany(pipeline => pipeline.Arrays))
            array.Complete(guard);
    }

    /// <summary>
    /// Writes the metadata of the finished dataset, keeping what others have added meanwhile. Each document is tried,
    /// whatever happened to others; the root comes last, after all that it claims is as durable as was asked for.
    /// </summary>
    /// <param name="givenUp">Whether frames may have been given up.</param>
    /// <param name="outcome">How it ended, as far as is known now; told whether every frame came or was left out.</param>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    public void PublishFinal(bool givenUp, Func<bool, DatasetOutcome> outcome, Action<Action> guard)
    {
        var namespaces = _given.TakeLast();
        PipelineState[] ends = [.. _pipelines.Zip(_images, (pipeline, images) => PipelineState.AtEnd(pipeline, images, givenUp))];
        var listed = FramesAreListed;
        CameraState[] cameras = [.. _pipelines.Zip(ends, (pipeline, end) => FinalState(pipeline, end, listed, guard))];
        var isWhole = !ends.Any(end => end.NeverCame);
        for (var i = 0; i < cameras.Length; i++)
            cameras[i] = PutLengths(i, cameras[i], guard);
        var documents = _metadata.Final(cameras, namespaces, _store.Get);
        for (var i = 0; i < documents.Count; i++)
        {
            var number = i;
            guard(() => Put(documents[number], DurableOneByOne));
        }

        // Together with all pixels, and with what came with frames: a plate has thousands of documents and arrays of times, and each
        // sync by itself waits for the disk. Where flushes are durable, all are by now but what a failure has left.
        if (Durable)
            guard(_store.Sync);
        guard(_store.CheckRoot);
        var told = outcome(isWhole);
        guard(() => _root.Put(cameras, told, namespaces, Durable));
        if (told.Complete && !outcome(isWhole).Complete)
            TakeBack(cameras, outcome(isWhole), namespaces, guard);
    }

    // A root that could not be made durable may stand there all the same. What takes its place is to be durable too, if that can be
    // had; a power cut could leave no root at all.
    private void TakeBack(CameraState[] cameras, DatasetOutcome outcome, UserNamespaces namespaces, Action<Action> guard)
    {
        var isDurable = false;
        guard(() =>
        {
            _root.Put(cameras, outcome, namespaces, Durable);
            isDurable = true;
        });
        if (Durable && !isDurable)
            guard(() => _root.Put(cameras, outcome, namespaces, durable: false));
    }

    /// <summary>
    /// Replaces the acquisition-wide metadata of a namespace; written with the next flush, and at the end. False when it comes too late for that.
    /// Any thread.
    /// </summary>
    public bool TrySetMetadata(string name, JsonNode? value) => _given.TrySet(name, value);

    /// <summary>The same for one image, by its index in the plan.</summary>
    public bool TrySetImageMetadata(int image, string name, JsonNode? value) => _given.TrySet(image, name, value);

    // Documents are of the whole dataset: so is what they have room for.
    private bool FramesAreListed =>
        _pipelines.Sum(pipeline => pipeline.FrameTable.Records) <= FrameEntry.MostListed
        && _pipelines.Sum(pipeline => pipeline.FrameTable.JsonBytes) <= FrameEntry.MostListedJsonBytes;

    private void Publish(CameraPipeline pipeline, StoredImages images, int image, bool durable)
    {
        foreach (var level in pipeline.Plan.Levels)
        {
            foreach (var shardRow in pipeline.ArrayOf(level, image)?.OpenShardRows() ?? [])
                shardRow.Publish(durable);
        }

        if (!images.Grow)
            return;
        Span<long> lengths = stackalloc long[pipeline.Plan.Levels.Length];
        images.SoFar(image, lengths);
        // Full resolution last: readers ask it how long the image is.
        foreach (var level in pipeline.Plan.Levels.Reverse())
        {
            var length = lengths[level.Number];
            if (pipeline.ArrayOf(level, image) is not { } array || length == array.PublishedLength)
                continue;
            Put(DatasetMetadata.ArrayDocument(array.Plan, length), durable);
            array.PublishedLength = length;
        }
    }

    // Full resolution last, and not at all when a coarser level could not be told: no reader expects a level that is shorter. Frames
    // count as stored only where their array's length says that they are there.
    private CameraState PutLengths(int camera, CameraState state, Action<Action> guard)
    {
        var pipeline = _pipelines[camera];
        var shown = new long[pipeline.Plan.Images.Length];
        var failed = new bool[pipeline.Plan.Images.Length];
        foreach (var level in pipeline.Plan.Levels.Reverse())
        {
            var documents = _metadata.GrownArrays(camera, level, state, _store.Get);
            for (var i = 0; i < documents.Count; i++)
            {
                var image = i;
                shown[image] = pipeline.ArrayOf(level, image)?.PublishedLength ?? 0;
                if (failed[image])
                    continue;
                failed[image] = true;
                guard(() =>
                {
                    Put(documents[image], DurableOneByOne);
                    shown[image] = state.LengthOf(pipeline.Plan, image);
                    failed[image] = false;
                });
            }
        }

        var stored = _images[camera].Frames(image => shown[image]);
        return state with { Counts = state.Counts with { FramesStored = stored, FramesAppended = Math.Max(stored, state.Counts.FramesAppended) } };
    }

    private CameraState FinalState(CameraPipeline pipeline, PipelineState end, bool listed, Action<Action> guard)
    {
        RecordedFrames? frames = null;
        guard(() => frames = CompleteFrames(pipeline, end, listed));
        return end.Described(pipeline.Intensities?.Windows(), frames);
    }

    private RecordedFrames? CompleteFrames(CameraPipeline pipeline, PipelineState end, bool listed)
    {
        var table = pipeline.FrameTable;
        if (table.Records == 0)
            return null;
        var framesSeen = end.Counts.FramesSeen;
        table.Complete(framesSeen);
        var timePoints = new TimePoints(pipeline.Plan, table, _store, DurableOneByOne, framesSeen, end.Lengths).Write();
        return new RecordedFrames(pipeline.Plan, listed ? table.Entries(pipeline.Plan.Router.TotalFrames ?? framesSeen) : null, timePoints);
    }

    private void Put(DocumentList documents, bool durable)
    {
        foreach (var document in documents)
            Put(document, durable);
    }

    private void Put(MetadataDocument document, bool durable) => _store.Put(document.Key, document.Utf8.Span, durable);
}
