using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming;

/// <summary>
/// Keeps what readers see in step with what is written: metadata documents, indexes of unfinished shards, the shapes of growing
/// arrays. Data is stored before the metadata that claims it. One thread at a time, except for <see cref="TrySetMetadata"/> and
/// <see cref="TrySetImageMetadata"/>.
/// </summary>
internal sealed class DatasetPublisher
{
    private readonly AcquisitionPlan _plan;
    private readonly IWritableStore _store;
    private readonly ImmutableArray<CameraPipeline> _pipelines;
    private readonly ImmutableArray<StoredImages> _images;
    private readonly GivenMetadata _given = new();
    private DatasetMetadata _metadata;
    private RootPublication _root;

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
    /// Whether each document is made durable before it replaces the previous one. A later sync would be too late: if the power
    /// failed in between, an empty document would be left.
    /// </summary>
    private bool DurableOneByOne => _plan.Durability.Fsync == Fsync.Flush;

    /// <summary>Begins the dataset with all its metadata, so that it opens from the first moment.</summary>
    public void Begin()
    {
        _store.Begin(_plan.Overwrite, new FirstObjects(_metadata.Initial()));
        if (Durable)
            _store.Sync();
    }

    /// <summary>
    /// Goes on with a dataset that is there, and changes nothing yet: what it has of the frames of each camera has been read.
    /// </summary>
    /// <param name="begun">When its acquisition began, if that is known.</param>
    public void Resume(DateTimeOffset? begun)
    {
        _metadata = new DatasetMetadata(_plan, begun ?? TimeProvider.System.GetUtcNow());
        _root = new RootPublication(_metadata, _store);
    }

    /// <summary>
    /// Lets a dataset that is there go on: its root first, since from then on nothing is complete; then what its end has cut
    /// back.
    /// </summary>
    /// <param name="wasCut">Whether it has.</param>
    public void CommitResumed(bool wasCut)
    {
        CameraState[] states = [.. _pipelines.Zip(_images, (pipeline, images) =>
            PipelineState.SoFar(pipeline, images).Described(pipeline.Intensities?.Windows()))];
        _root.Put(states, DatasetOutcome.Writing, _given.Take(out _), Durable);
        if (wasCut)
            Put(_metadata.Resumed(states, _store.Get), Durable);
        foreach (var pipeline in _pipelines)
            pipeline.FrameTable.ClearFrom(pipeline.Resumed!.Next, DurableOneByOne);
        _store.Commit();
    }

    /// <summary>Gives up the dataset that this one replaces; from then on the new one is in place.</summary>
    public void Commit() => _store.Commit();

    /// <summary>
    /// Makes what has been written so far readable: first the shard indexes, then the shapes that they cover, then the frame
    /// metadata, then the frame counts.
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

        CameraState[] states = [.. _pipelines.Zip(_images, (pipeline, images) =>
            PipelineState.SoFar(pipeline, images).Described(WindowsSoFar(pipeline)))];
        var namespaces = _given.Take(out var areNew);
        if (areNew)
            Put(_metadata.WithNamespaces(states, namespaces, _store.Get), durable);
        _root.Publish(states, namespaces, mustBe: areNew, durable);
    }

    /// <summary>
    /// Completes every open shard as it is; after the last append. Each one is tried, whatever happened to the others.
    /// </summary>
    public void CompleteShards(Action<Action> guard)
    {
        foreach (var array in _pipelines.SelectMany(pipeline => pipeline.Arrays))
            array.Complete(guard);
    }

    /// <summary>Gives up every open shard, so that nothing is left of it that was not shown.</summary>
    public void AbandonShards(Action<Action> guard)
    {
        foreach (var array in _pipelines.SelectMany(pipeline => pipeline.Arrays))
            array.Abandon(guard);
    }

    /// <summary>
    /// Writes the metadata of the finished dataset and keeps what others have added meanwhile. Each document is tried, whatever
    /// happened to the others. The root comes last, after everything it claims is as durable as was asked for.
    /// </summary>
    /// <param name="givenUp">Whether frames may have been given up.</param>
    /// <param name="outcome">How the stream ended; its argument says whether every frame came or was skipped.</param>
    /// <param name="guard">Runs each step, and isolates the failure of one from the others.</param>
    public void PublishFinal(bool givenUp, Func<bool, DatasetOutcome> outcome, Action<Action> guard)
    {
        var namespaces = _given.TakeLast();
        PipelineState[] ends = [.. _pipelines.Zip(_images, (pipeline, images) => PipelineState.AtEnd(pipeline, images, givenUp))];
        var listed = FramesAreListed;
        // From here on, the acquisition is what came of it.
        var plan = EarlyEnd.Cut(_plan, [.. ends.Select(end => end.CutLength)]);
        var metadata = _metadata.With(plan);
        CameraState[] cameras =
            [.. _pipelines.Select((pipeline, i) => FinalState(pipeline, plan.Cameras[i], ends[i], listed, guard))];
        var isWhole = !ends.Any(end => end.NeverCame);
        for (var i = 0; i < cameras.Length; i++)
            cameras[i] = PutLengths(metadata, i, cameras[i], guard);
        var documents = metadata.Final(cameras, namespaces, _store.Get);
        for (var i = 0; i < documents.Count; i++)
        {
            var number = i;
            guard(() => Put(documents[number], DurableOneByOne));
        }

        // One sync for all pixels and frame metadata: a plate has thousands of documents and arrays of times, and each separate
        // sync waits for the disk. Where flushes are durable, everything is already, except what a failure has left.
        if (Durable)
            guard(_store.Sync);
        guard(_store.CheckRoot);
        var told = outcome(isWhole);
        var root = new RootPublication(metadata, _store);
        guard(() => root.Put(cameras, told, namespaces, Durable));
        if (told.Complete && !outcome(isWhole).Complete)
            TakeBack(root, cameras, outcome(isWhole), namespaces, guard);
    }

    // A root that could not be made durable may be in place all the same. Its replacement should be durable too, if possible;
    // otherwise a power cut could leave no root at all.
    private void TakeBack(RootPublication root, CameraState[] cameras, DatasetOutcome outcome, UserNamespaces namespaces,
        Action<Action> guard)
    {
        var isDurable = false;
        guard(() =>
        {
            root.Put(cameras, outcome, namespaces, Durable);
            isDurable = true;
        });
        if (Durable && !isDurable)
            guard(() => root.Put(cameras, outcome, namespaces, durable: false));
    }

    /// <summary>
    /// Replaces the acquisition-wide metadata of a namespace; written with the next flush, and at the end. False when it is too
    /// late. Any thread.
    /// </summary>
    public bool TrySetMetadata(string name, JsonNode? value) => _given.TrySet(name, value);

    /// <summary>The same for one image, by its index in the plan.</summary>
    public bool TrySetImageMetadata(int image, string name, JsonNode? value) => _given.TrySet(image, name, value);

    // So that a picture can be looked at while it grows. The groups of a collection's images are not written again and again.
    private IReadOnlyList<IntensityWindow?>? WindowsSoFar(CameraPipeline pipeline) =>
        _plan.Structure == DatasetStructure.Image ? pipeline.Intensities?.Windows() : null;

    // Documents describe the whole dataset, and so does the limit on what they list.
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
        // Full resolution last: readers take the image's length from it.
        foreach (var level in pipeline.Plan.Levels.Reverse())
        {
            var length = lengths[level.Number];
            // What was there before may be longer: until these frames have come again, nothing is taken back.
            if (pipeline.ArrayOf(level, image) is not { } array || length <= array.PublishedLength)
                continue;
            Put(DatasetMetadata.ArrayDocument(array.Plan, length), durable);
            array.PublishedLength = length;
        }
    }

    // Full resolution last, and not at all when a coarser level's document could not be written: readers do not expect a level
    // that is shorter. Frames count as stored only as far as their array's length reaches.
    private CameraState PutLengths(DatasetMetadata metadata, int camera, CameraState state, Action<Action> guard)
    {
        var pipeline = _pipelines[camera];
        var shown = new long[pipeline.Plan.Images.Length];
        var failed = new bool[pipeline.Plan.Images.Length];
        foreach (var level in metadata.Plan.Cameras[camera].Levels.Reverse())
        {
            var documents = metadata.GrownArrays(camera, level, state, _store.Get);
            for (var i = 0; i < documents.Count; i++)
            {
                var image = i;
                shown[image] = pipeline.ArrayOf(level, image)?.PublishedLength ?? pipeline.LengthBefore(level, image);
                if (failed[image])
                    continue;
                failed[image] = true;
                guard(() =>
                {
                    Put(documents[image], DurableOneByOne);
                    shown[image] = state.StoredLengthOf(pipeline.Plan, image);
                    failed[image] = false;
                });
            }
        }

        if (failed.Contains(true))
            state = state with { Missing = MissingOfWhole(pipeline, metadata.Plan.Cameras[camera], state.Missing) };
        var stored = _images[camera].Frames(image => shown[image]);
        var appended = Math.Max(stored, state.Counts.FramesAppended);
        return state with { Counts = state.Counts with { FramesStored = stored, FramesAppended = appended } };
    }

    // Where an array could not be cut back, the frames that its shape still has room for are missing.
    private static FrameRuns MissingOfWhole(CameraPipeline pipeline, CameraPlan plan, FrameRuns missing)
    {
        if (plan.DeclaredFrames is not { } declared)
            return missing;
        var frames = plan.Router.TotalFrames!.Value;
        pipeline.Lost.Missing.Add(frames, declared - frames);
        return pipeline.Lost.Missing.Below(declared);
    }

    private CameraState FinalState(
        CameraPipeline pipeline, CameraPlan plan, PipelineState end, bool listed, Action<Action> guard)
    {
        RecordedFrames? frames = null;
        guard(() => frames = CompleteFrames(pipeline, plan, end, listed));
        return end.Described(pipeline.Intensities?.Windows(), frames);
    }

    private RecordedFrames? CompleteFrames(CameraPipeline pipeline, CameraPlan plan, PipelineState end, bool listed)
    {
        var table = pipeline.FrameTable;
        if (table.Records == 0)
            return null;
        table.Complete(end.Rows);
        var timePoints = new TimePoints(plan, table, _store, DurableOneByOne, end.Counts.FramesSeen, end.Lengths,
            pipeline.Resumed is not null).Write();
        var entries = listed ? table.Entries(end.Rows) : null;
        return new RecordedFrames(plan, entries, timePoints);
    }

    private void Put(DocumentList documents, bool durable)
    {
        foreach (var document in documents)
            Put(document, durable);
    }

    private void Put(MetadataDocument document, bool durable) => _store.Put(document.Key, document.Utf8.Span, durable);
}
