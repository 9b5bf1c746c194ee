using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Documents;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.PixelFormats;
using OmeZarr.Streaming.Pyramid;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming;

/// <summary>
/// One camera's path through the data plane: frames enter by <see cref="Append(in FrameInput)"/>; it has a ring, a distributor
/// and its arrays. Pipelines share the workers, the store and the first fault; no pipeline waits for another. Any thread may
/// call; the frames of a pipeline come from one thread at a time unless the plan has several producers.
/// </summary>
public sealed class CameraPipeline
{
    private readonly FrameIntake _intake;
    private readonly AssemblyPool? _assemblies;
    private readonly RoomWait _room;
    private readonly PyramidLevel[] _levels;
    private long[]? _lengthsBefore;
    private long _writtenBefore;

    internal CameraPipeline(int number, AcquisitionPlan dataset, CameraMemory memory, SharedParts shared)
    {
        Plan = dataset.Cameras[number];
        Memory = memory;
        Values = new FrameValuesInFlight(checked(memory.RingFrames + memory.BorrowedFrames));
        FrameTable = new FrameTable(dataset, Plan, shared.Store, Values.Texts);
        // What the camera's thread needs is allocated together, so that it lies together in memory.
        InFlight = new InFlightCounts(shared.Signal);
        Ring = new FrameRing(memory.RingFrames, memory.SlotBytes, memory.BorrowedFrames);
        var taken = new FrameLedger();
        Frontier = new StoredFrontier();
        Numbers = new FrameNumbers(taken, new AbsentFrames(InFlight),
            new LostFrames(Plan, taken, FrameRuns.Most / dataset.Cameras.Length, Frontier));
        _intake = new FrameIntake(Plan, Ring, Numbers, InFlight, shared.Fault, Values, shared.OnWarning);
        var ready = new ReadyWork(checked(memory.FramesInFlight * Plan.Router.PlanesPerFrame), Plan.Levels.Length,
            shared.MostBatchesToShard);
        _room = new RoomWait(InFlight, shared.Fault);
        var encodings = shared.Encoding.Cameras[number];
        _assemblies = memory.Assemblies == 0 ? null
            : new AssemblyPool(memory.Assemblies, encodings.Max(encoding => encoding.Geometry.ChunkRowBytes));
        var planes = Plan.Levels.Skip(1).Select((level, i) => new LevelPlanes(level, memory.Levels.Planes[i])).ToArray();
        FrameSource[] sources =
        [
            new FrameSource(Ring, FrameUnpacker.For(Plan), IntensitySampler.IsWanted(Plan) ? new IntensitySampler(Plan) : null),
            .. planes.Select(slots => new FrameSource(slots)),
        ];
        Intensities = sources[0].Intensities;
        var durable = dataset.Durability.Fsync == Fsync.Flush;
        LevelArrays = [.. Plan.Levels.Select(level => new LevelArrays(
            level, encodings[level.Number], sources[level.Number], level.Number == 0 ? _assemblies : null, shared.Store,
            durable, Plan, Frontier))];
        _levels = [.. Plan.Levels.Skip(1).Select((level, i) => new PyramidLevel(
            Plan.Levels[i], level, sources[i], planes[i], LevelArrays[level.Number],
            shared.Downsampling.DownsamplerOf(Plan, level), Plan.EndingAxis))];
        var chunkRows = new ChunkRowLifecycle(LevelArrays, InFlight, _room, ready.Add, ready.Add);
        var levels = _levels.Length == 0 ? null : new LevelRouter(_levels, chunkRows, ready.Add, InFlight, shared.Fault);
        var router = new PlaneRouter(Plan, LevelArrays[0], levels, chunkRows, _room);
        var recorder = new FrameRecorder(Values, FrameTable, shared.Fault);
        Distributor = new FrameDistributor(Ring, Numbers, recorder, router, InFlight, shared.Fault);
        Work = new CameraWork(Distributor, ready, chunkRows, _room, InFlight, shared.Fault);
    }

    public CameraPlan Plan { get; }

    public CameraMemory Memory { get; }

    /// <summary>
    /// The key by which its frames are appended; empty for the only camera of a document without <c>arrays</c>.
    /// </summary>
    public string Key => Plan.Key;

    /// <summary>Borrowed frames and the tokens to be returned. Usable also after the end.</summary>
    public BorrowedFrames Borrowed => Ring.Borrowed;

    /// <summary>Number of slots of the ring.</summary>
    public int Slots => Ring.Slots;

    /// <summary>Size of a frame with packed rows, in bytes.</summary>
    public long FrameBytes => _intake.FrameBytes;

    /// <summary>Capacity of a slot, in bytes.</summary>
    public long SlotBytes => Ring.SlotBytes;

    internal FrameRing Ring { get; }

    internal FrameDistributor Distributor { get; }

    /// <summary>Which frame numbers are taken, absent or lost.</summary>
    private FrameNumbers Numbers { get; }

    /// <summary>The metadata of its frames in flight.</summary>
    private FrameValuesInFlight Values { get; }

    internal InFlightCounts InFlight { get; }

    /// <summary>The work that workers do for it.</summary>
    internal CameraWork Work { get; }

    /// <summary>The intensities of its channels, or null when no display range is written.</summary>
    internal IntensitySampler? Intensities { get; }

    /// <summary>The arrays of its images, by level.</summary>
    internal LevelArrays[] LevelArrays { get; }

    /// <summary>The arrays for which frames have come, level by level.</summary>
    internal IEnumerable<ArrayOutput> Arrays => LevelArrays.SelectMany(level => level.Outputs);

    /// <summary>The array of an image's level, or null when no frame has come for it.</summary>
    internal ArrayOutput? ArrayOf(LevelPlan level, int image) => LevelArrays[level.Number].Find(image);

    /// <summary>
    /// The number of the next frame: with one producer, that of a frame without a number. With several, the one behind all that
    /// have been sorted; when an acquisition goes on, the first that is wanted. Any thread.
    /// </summary>
    public long NextFrame => _intake.NextFrame(Distributor.FramesSeen);

    /// <summary>What was there already when the acquisition went on; null for a new dataset.</summary>
    internal ResumedFrames? Resumed { get; private set; }

    /// <summary>Where readers find everything up to.</summary>
    internal StoredFrontier Frontier { get; }

    /// <summary>
    /// The length of the unbounded axis of a level of an image that the dataset had when the acquisition went on.
    /// </summary>
    internal long LengthBefore(LevelPlan level, int image) =>
        _lengthsBefore is { } lengths ? lengths[level.Number * Plan.Images.Length + image] : 0;

    /// <summary>Frames that the dataset lacks.</summary>
    internal LostFrames Lost => Numbers.Lost;

    /// <summary>The metadata of its frames.</summary>
    internal FrameTable FrameTable { get; }

    internal ProducerGate Gate => _intake.Gate;

    internal IntakeCounters Counters => _intake.Counters;

    /// <summary>Pixels accepted, in bytes.</summary>
    internal long BytesIn => _intake.BytesIn;

    internal int OwnedByCaller => Ring.OwnedByCaller;

    /// <summary>Frames of which every full-resolution chunk has been handed to the store.</summary>
    internal long FramesWritten => _writtenBefore + Work.PlanesWritten / Plan.Router.PlanesPerFrame;

    /// <summary>Goes on after frames that the dataset has; before any frame comes.</summary>
    /// <param name="resumed">What it has.</param>
    /// <param name="lengths">Lengths of the unbounded axis, level after level and in each image after image.</param>
    internal void Resume(ResumedFrames resumed, long[] lengths)
    {
        (Resumed, _lengthsBefore, _writtenBefore) = (resumed, lengths, resumed.KeptAsTheyAre);
        Numbers.Lost.Begin(resumed.Next, resumed.Progress.Missing);
        Distributor.Resume(resumed);
        foreach (var level in Plan.Levels)
            LevelArrays[level.Number].Resume(resumed, image => LengthBefore(level, image));
        _intake.Begin(resumed.First);
    }

    /// <summary>A slot for a frame that comes once more; see <see cref="FrameIntake.AcquireFor"/>.</summary>
    internal AppendOutcome AcquireFor(long frame, out int slot) => _intake.AcquireFor(frame, out slot);

    /// <summary>Leaves a frame out that does not come once more; see <see cref="FrameIntake.LeaveOut"/>.</summary>
    internal AppendOutcome LeaveOut(long frame) => _intake.LeaveOut(frame);

    /// <summary>Takes a frame; see <see cref="FrameIntake.Append"/>.</summary>
    public AppendOutcome Append(in FrameInput frame) => _intake.Append(frame);

    /// <summary>Takes the next frame from memory of the runtime's, with packed rows and no metadata; copied.</summary>
    public AppendOutcome Append(ReadOnlySpan<byte> pixels)
    {
        unsafe
        {
            // SAFETY: pinned until the call has returned.
            fixed (byte* first = pixels)
                return _intake.Append(
                    new FrameInput { Pixels = first, Bytes = (ulong)pixels.Length, Index = FrameInput.NextIndex });
        }
    }

    /// <summary>
    /// Whether lent buffers may stay for longer than a host can spare them: chunks need several frames, and nothing says how many
    /// buffers it has.
    /// </summary>
    public bool MayKeepBuffersLong => Plan.Pipeline.BorrowedBuffers is null && Memory is { SpanFrames: > 1, Assemblies: 0 };

    /// <summary>Takes a frame in the caller's memory; see <see cref="FrameIntake.AppendBorrowed"/>.</summary>
    public AppendOutcome AppendBorrowed(in FrameInput frame, ulong token) => _intake.AppendBorrowed(frame, token);

    /// <summary>A slot's first byte, fixed until the session ends.</summary>
    public nint SlotAddress(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, Ring.Slots);
        unsafe
        {
            return (nint)Ring.Address(slot);
        }
    }

    /// <summary>Gives the caller a free slot to fill; see <see cref="FrameIntake.AcquireSlot"/>.</summary>
    public AppendOutcome AcquireSlot(int timeoutMs, out int slot) => _intake.AcquireSlot(Deadline.After(timeoutMs), out slot);

    /// <summary>Takes the frame in a slot that the caller filled; see <see cref="FrameIntake.Commit"/>.</summary>
    public AppendOutcome CommitSlot(int slot, in FrameInput frame) => _intake.Commit(slot, frame);

    /// <summary>Takes back an unused slot.</summary>
    public AppendOutcome CancelSlot(int slot) => _intake.CancelSlot(slot);

    /// <summary>Makes resting workers look for work at once: the caller is about to wait for the result.</summary>
    public void WakeWorkers() => InFlight.Signal.Wake();

    /// <summary>
    /// Has the system map the next few pages that frames will use. Called by any thread that has nothing better to do. Returns
    /// false when all pages are mapped.
    /// </summary>
    internal bool Prefault()
    {
        if (Ring.Prefault() || (_assemblies?.Prefault() ?? false))
            return true;
        foreach (var level in _levels)
        {
            if (level.Planes.Prefault())
                return true;
        }

        return false;
    }

    /// <summary>Skips the next frames.</summary>
    public AppendOutcome Skip(long count) => _intake.Skip(count);

    /// <summary>
    /// Wakes every waiter to check again: a frame that waits for a buffer, a producer for a slot, a flush for its frames.
    /// </summary>
    internal void WakeEverybody()
    {
        _room.End();
        _intake.WakeWaiting();
    }

    /// <summary>Wakes producers that wait for a slot, to check the gate.</summary>
    internal void WakeProducers() => _intake.WakeWaiting();

    /// <summary>Waits until nothing is left to do. False when the deadline passed first.</summary>
    internal bool WaitForWorkers(Deadline deadline) => InFlight.WaitUntil(() => InFlight.NoRecords && InFlight.NoJobs, deadline);

    /// <summary>Frees all memory and releases every borrowed frame. No worker runs any more.</summary>
    internal void Release()
    {
        Ring.Borrowed.End();
        foreach (var level in _levels)
            level.Dispose();
        _assemblies?.Dispose();
        foreach (var arrays in LevelArrays)
            arrays.Dispose();
        Intensities?.Dispose();
        FrameTable.Dispose();
        Values.Dispose();
        Ring.Dispose();
        Numbers.Dispose();
    }
}
