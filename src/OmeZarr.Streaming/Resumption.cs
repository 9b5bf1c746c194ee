using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Documents;
using OmeZarr.Memory;
using OmeZarr.Storage;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Resuming;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming;

/// <summary>
/// Takes a dataset up again that was ended or whose writer was killed. Frames of shards and chunks that are not whole are read
/// back and come once more, as if the camera gave them; after that the session is where it would be had it never stopped. Until
/// <see cref="Commit"/> nothing that readers see has changed. The flush loop's thread only. docs/resuming.md tells more.
/// </summary>
internal sealed class Resumption
{
    private readonly AcquisitionSession _session;
    private readonly IWritableStore _store;
    private bool _wasCut;

    private Resumption(AcquisitionSession session)
    {
        _session = session;
        _store = session.Store;
    }

    /// <summary>The share of the declared frames that the dataset has.</summary>
    public double Done => _session.Pipelines.Average(pipeline =>
        pipeline.Plan.Router.TotalFrames is { } frames ? (double)pipeline.Resumed!.Next / frames : 0);

    /// <summary>Begins with the dataset that is there; null when there is none, or it is not asked for.</summary>
    /// <exception cref="SettingsException">It cannot go on with these settings; the message says why.</exception>
    /// <exception cref="StoreException">Somebody is writing it, or it cannot be read.</exception>
    public static Resumption? TryBegin(AcquisitionSession session)
    {
        if (!session.Plan.Resume || !session.Store.TryResume())
            return null;
        var resumption = new Resumption(session);
        resumption.Begin();
        return resumption;
    }

    /// <summary>Has the frames come once more whose shards are not whole.</summary>
    /// <exception cref="StoreException">They cannot be read, or written.</exception>
    public void Replay()
    {
        foreach (var pipeline in _session.Pipelines)
        {
            using var stored = new StoredFrames(_store, pipeline.Plan);
            SampleAgain(pipeline, stored);
            var resumed = pipeline.Resumed!;
            for (var frame = resumed.First; frame < resumed.Next; frame++)
                Check(frame, resumed.IsReplayed(frame) && resumed.IsKept(frame)
                    ? Give(pipeline, stored, frame) : pipeline.LeaveOut(frame));
        }

        foreach (var pipeline in _session.Pipelines)
        {
            pipeline.WaitForWorkers(Deadline.After(-1));
            pipeline.Counters.Resume(pipeline.Resumed!.Progress.Counts);
        }

        if (_session.Fault is { } fault)
            throw new StoreException(StoreErrorKind.Io, fault.Message);
    }

    /// <summary>Lets the dataset go on: from here on its root tells that it is being written.</summary>
    public void Commit() => _session.Publisher.CommitResumed(_wasCut);

    private void Begin()
    {
        var plan = _session.Plan;
        CheckSettings(plan);
        if (_store.Get(ArrayMetadata.Key) is not { } root || StoredProgress.Read(plan, root) is not { } progress)
            throw Refusal("its root does not tell with which frame to go on: it was written by an earlier version");
        foreach (var (pipeline, known) in _session.Pipelines.Zip(progress))
        {
            if (known.NextFrame > (pipeline.Plan.Router.TotalFrames ?? long.MaxValue))
                throw Refusal($"it has {known.NextFrame} frames, more than its dimensions");
            if (pipeline.Slots == 0)
                throw Refusal("frames are read back into slots: set `pipeline.ring_frames` beside `pipeline.borrowed_buffers`");
            var lengths = Lengths(pipeline.Plan);
            var found = _session.Rescues ? Survey(pipeline.Plan, known) : known;
            pipeline.Resume(ReplaySet.Of(pipeline.Plan, found), lengths);
            pipeline.FrameTable.Resume(found.NextFrame);
        }

        _session.Publisher.Resume(StoredProgress.Begun(plan, _store.Get));
    }

    private StoredProgress Survey(CameraPlan plan, StoredProgress known)
    {
        using var stored = new StoredFrames(_store, plan);
        return new StoredSurvey(plan, stored, known).Look();
    }

    private void CheckSettings(AcquisitionPlan plan)
    {
        if (_store.Get(StoredSettings.DocumentOf(plan)) is not { } document
            || StoredProgress.Settings(document) is not { } stored)
        {
            throw Refusal(
                "it does not tell its settings: it is another kind of dataset, or was written by an earlier version");
        }

        if (StoredSettings.FirstDifference(plan, stored) is { } difference)
            throw Refusal($"it was begun with other settings: {difference}");
    }

    // The arrays must be as they were planned now; of a growing one, how long it is.
    private long[] Lengths(CameraPlan plan)
    {
        var lengths = new long[plan.Levels.Length * plan.Images.Length];
        foreach (var level in plan.Levels)
        {
            for (var image = 0; image < plan.Images.Length; image++)
            {
                var array = level.Arrays[image];
                if (_store.Get($"{array.Path}/{ArrayMetadata.Key}") is not { } document)
                    throw Refusal($"the array `{array.Path}` is not there");
                var (metadata, shape) = ArrayMetadata.Parse(document);
                CheckArray(array, metadata);
                if (array.UnboundedAxis >= 0)
                    lengths[level.Number * plan.Images.Length + image] = shape[array.UnboundedAxis];
                else
                    _wasCut |= !shape.AsSpan().SequenceEqual(array.Shape.AsSpan());
            }
        }

        return lengths;
    }

    // Sizes that `layout` chose depend on memory, too.
    private void CheckArray(ArrayPlan plan, ArrayMetadata metadata)
    {
        var (chunks, shards) = (Text(metadata.ChunkShape), metadata.IsSharded ? Text(metadata.ShardShapeInChunks) : "none");
        var (planned, plannedShards) = (Text(plan.ChunkShape), plan.IsSharded ? Text(plan.ShardShapeInChunks) : "none");
        if (chunks != planned || shards != plannedShards)
        {
            throw Refusal($"`{plan.Path}` has chunks of {chunks} elements and shards of {shards} chunks, and now would have "
                + $"{planned} and {plannedShards}: give these as `chunk_size` and `shard_size_chunks`");
        }

        // As a document would have them: not all that is said of a codec is stored.
        var (now, _) = ArrayMetadata.Parse(DatasetMetadata.ArrayDocument(plan, 0).Utf8);
        if (metadata.DataType != now.DataType || metadata.Compression != now.Compression || metadata.Checksum != now.Checksum)
            throw Refusal($"`{plan.Path}` has another data type or other codecs than these settings");
    }

    private static string Text(ImmutableArray<int> sizes) => string.Join(" x ", sizes);

    private SettingsException Refusal(string why) =>
        new([new SettingsProblem("resume", $"{_session.Plan.OutputPath} cannot go on: {why}", NotYet: false)]);

    private static void Check(long frame, AppendOutcome outcome)
    {
        if (!outcome.IsTaken)
            throw new StoreException(StoreErrorKind.Io, $"frame {frame} could not be taken up again: {outcome.Message}");
    }

    private static unsafe AppendOutcome Give(CameraPipeline pipeline, StoredFrames stored, long frame)
    {
        var outcome = pipeline.AcquireFor(frame, out var slot);
        if (outcome.Status != AppendStatus.Ok)
            return outcome;
        var pixels = (byte*)pipeline.SlotAddress(slot);
        var bytes = Read(pipeline.Plan, stored, frame, pixels);
        return pipeline.CommitSlot(slot, new FrameInput
        {
            Pixels = pixels,
            Bytes = (ulong)bytes,
            RowStride = (ulong)pipeline.Plan.FrameRowBytes,
            Index = frame,
        });
    }

    // SAFETY: a slot has room for a frame with packed rows.
    private static unsafe long Read(CameraPlan plan, StoredFrames stored, long frame, byte* target)
    {
        using var plane = new NativeBuffer(stored.PlaneBytes);
        var bytes = checked(plan.FrameRowBytes * plan.FrameHeight);
        NativeMemory.Clear(target, (nuint)bytes);
        for (var number = 0; number < plan.Router.PlanesPerFrame; number++)
        {
            stored.Read(frame, number, plane.Pointer);
            FramePacking.Pack(plan, number, plane.Pointer, target);
        }

        return bytes;
    }

    // Of the frames that stay as they are, those that were looked at when they came.
    private static unsafe void SampleAgain(CameraPipeline pipeline, StoredFrames stored)
    {
        if (pipeline.Intensities is not { } sampler)
            return;
        var plan = pipeline.Plan;
        using var frame = new NativeBuffer(checked(plan.FrameRowBytes * plan.FrameHeight));
        using var plane = new NativeBuffer(stored.PlaneBytes);
        for (long number = 0; number < pipeline.Resumed!.Next; number++)
        {
            var part = new FramePart(0, 0, number);
            if (pipeline.Resumed.IsReplayed(number) || !sampler.LooksAt(part) || !pipeline.Resumed.IsKept(number))
                continue;
            Read(plan, stored, number, frame.Pointer);
            stored.Read(number, 0, plane.Pointer);
            sampler.Sample(part, new FramePixels((nint)frame.Pointer, plan.FrameRowBytes));
            sampler.UpdateMinMax(part, stored.AsPlane(plane.Pointer), stored.WholeFrame);
        }
    }
}
