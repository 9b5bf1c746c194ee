using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Simulation.Oracles;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Simulation.Storage;
using OmeZarr.Storage;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Simulation.Workload;

/// <summary>One acquisition from start to end, determined by its seed.</summary>
internal sealed class Run : IRun
{
    private const long MostSteps = 2_000_000;

    private readonly Chances _chances;
    private readonly IReadOnlySet<string> _rules;
    private readonly CompletionOracle _completion;
    private readonly WorkOracle _work;
    private readonly IntervalOracle _interval;
    private readonly Chances _luck;
    private readonly Mood _mood;
    private bool _mayLackFrames;

    public Run(ulong seed, IReadOnlySet<string> rules, Trace? trace)
    {
        Seed = seed;
        _rules = rules;
        _chances = new Chances(seed * 0x9E3779B97F4A7C15 + 1);
        _mood = _chances.Of(Mood.Any, Mood.Any, Mood.Calm, Mood.Flushing);
        Layout = Layout.Of(_chances.Fork(), _mood);
        var conduct = _mood switch
        {
            Mood.Calm => StoreConduct.Slow(_chances.Fork()),
            Mood.Flushing => StoreConduct.Steady(_chances.Fork()),
            _ => StoreConduct.Of(_chances.Fork()),
        };
        var schedule = _chances.Fork();
        Scheduler = new Scheduler(schedule.Fork(), Schedule.Of(schedule), MostSteps, rules, trace);
        Conduct = conduct;
        Store = new SimulatedStore(conduct, _chances.Fork()) { Changed = Look, MayLosePower = CutPower };
        Cameras = [.. Layout.Plan.Cameras.Select((camera, number) => new CameraRun(camera, number, Layout.Frames[number]))];
        _completion = new CompletionOracle([.. Cameras.Select(camera => camera.Book)]);
        _work = new WorkOracle(Scheduler, Store);
        _luck = _chances.Fork();
        // All workers, and the flush loop.
        if (_luck.OneIn(12))
            Scheduler.ThreadsLeft = _luck.Below(Layout.Memory.Workers + 1);
        _interval = new IntervalOracle(this, Scheduler, Store, LookForWhole);
        Scheduler.Idle = LookAround;
    }

    public ulong Seed { get; }

    public Layout Layout { get; }

    public StoreConduct Conduct { get; }

    public SimulatedStore Store { get; }

    public Scheduler Scheduler { get; }

    public IReadOnlyList<CameraRun> Cameras { get; }

    public AcquisitionSession Session { get; private set; } = null!;

    /// <summary>Whether somebody has begun to end the session.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Whether the session has ended: its handle is closed.</summary>
    public bool HasEnded { get; set; }

    public string Describe() => $"{_mood} {Layout.Settings.ToJsonString()}\n{Conduct}";

    public Violation? Play()
    {
        Scheduler.Run(Main);
        return Scheduler.Violation ?? (Session is null && !Scheduler.WasCutShort ? JudgeFailedStart() : null);
    }

    /// <summary>Ends the run unless a condition holds.</summary>
    public void Expect(bool condition, string rule, string message)
    {
        if (!condition && _rules.Contains(rule))
            Scheduler.Fail(rule, message);
    }

    /// <summary>Makes a call that must return within a time-out.</summary>
    public T Timed<T>(string call, long timeoutMs, Func<T> action)
    {
        var (began, excused) = (Scheduler.Now, Scheduler.ExcusedNs);
        Scheduler.Note($"{call} begins");
        Scheduler.LastSeenAt = Scheduler.Now;
        var result = action();
        var took = Scheduler.Now - began - (Scheduler.ExcusedNs - excused);
        Scheduler.Note($"{call} returns {result}");
        if (timeoutMs >= 0)
            Expect(took <= (timeoutMs + 5) * 1_000_000, Rules.TimeOuts, $"{call} took {took / 1000} us and has {timeoutMs} ms");
        return result;
    }

    private void Main()
    {
        try
        {
            var timeout = Layout.Plan.Pipeline.CreateTimeoutMs;
            Session = Timed("start", timeout, () => AcquisitionSession.Start(Layout.Plan, Layout.Memory, Store));
        }
        catch (StoreException)
        {
            Expect(Store.Failures > 0, Rules.Answers, "the start failed, and the store did not");
            return;
        }
        catch (InsufficientMemoryException)
        {
            Expect(Scheduler.ThreadsLeft < 0, Rules.Answers, "the start failed, and every thread was started");
            return;
        }
        catch (TimeoutException)
        {
            Expect(Layout.Plan.Pipeline.CreateTimeoutMs >= 0, Rules.Answers, "the start has no time-out");
            return;
        }

        _work.Session = Session;
        var actors = new Actors(this, _chances.Fork(), _mood);
        actors.Play();
        CheckEnd();
    }

    // A failed start leaves nothing behind, once all its threads have ended.
    private Violation? JudgeFailedStart()
    {
        if (_rules.Contains(Rules.Memory) && !Store.IsDisposed)
            return new Violation(Rules.Memory, "the store was not disposed of after a failed start");
        if (_rules.Contains(Rules.Memory) && Scheduler.Memory.Now > LastingBytes)
            return new Violation(Rules.Memory, $"{Scheduler.Memory.Now} bytes are left of a failed start");
        if (_rules.Contains(Rules.Beginning) && !Store.Visible.Keys.SequenceEqual(SimulatedStore.Before.Keys))
            return new Violation(Rules.Beginning, "a start failed, and the store is not as it was before");
        return null;
    }

    private void CheckEnd()
    {
        Scheduler.Unseen(() =>
        {
            var fault = Session.Fault;
            Expect(fault is null || Store.Failures > 0 || fault.Kind is FaultKind.SlotsLost
                || (fault.Kind == FaultKind.Stalled && !Cameras.All(camera => camera.IsOrdered)), Rules.Answers,
                $"the stream failed, and the store did not: {fault?.Message}");
            if (!Store.IsCommitted)
            {
                // The start returned when its time was up, and its dataset was not committed.
                Expect(fault is not null
                    || Session.WasAborted, Rules.Beginning, "the dataset does not stand, and the stream did not fail");
                Expect(Store.Visible.Keys.SequenceEqual(SimulatedStore.Before.Keys), Rules.Beginning,
                    "a beginning failed, and the store is not as it was before");
                return true;
            }

            // Slots that did not come back held no frame that was taken.
            var complete = fault is null or { Kind: FaultKind.SlotsLost } && !Session.WasAborted;
            Judge(Store.Visible, new Stage(complete, !complete, IsEnding: true));
            Obey([Rules.Completion], () =>
                _completion.CheckEnd(Store.Visible.GetValueOrDefault, complete && Cameras.All(camera => camera.Book.IsWhole)));
            foreach (var camera in Cameras)
                camera.CheckEnd(this, Session.Pipelines[camera.Number]);
            Expect(Store.IsDisposed, Rules.Memory, "the store was not disposed of");
            Expect(Scheduler.Memory.Peak <= PlannedBytes, Rules.Memory,
                $"there were {Scheduler.Memory.Peak} bytes of memory, and the plan says {PlannedBytes}");
            Expect(Scheduler.Memory.Now <= LastingBytes, Rules.Memory, $"{Scheduler.Memory.Now} bytes are left after the end");
            CheckDurable(fault);
            return true;
        });
    }

    // Called whenever what readers see has changed. Checks it as if after a kill, at some random instants and whenever a document
    // is written, which may claim too much.
    private void Look(string key)
    {
        if (Session is null || !(_luck.OneIn(10) || key.EndsWith(ArrayMetadata.Key, StringComparison.Ordinal)))
            return;
        Scheduler.Unseen(() =>
        {
            Scheduler.Note("a kill here");
            _mayLackFrames |= Session.Faults.IsDiscarding;
            Judge(Store.Visible, new Stage(false, _mayLackFrames, IsEnding));
            return true;
        });
    }

    // Called when nobody can run and time is about to pass.
    private void LookAround(long until)
    {
        if (_rules.Contains(Rules.Work))
            _work.Look(until);
        if (_rules.Contains(Rules.Interval))
            _interval.Look(until);
        BufferOracle.Look(this);
    }

    private void LookForWhole(bool areChunksShown)
    {
        foreach (var camera in Cameras)
            camera.Book.Flushed(camera.Book.Copy(), areChunksShown);
        Judge(Store.Visible, new Stage(false, MayLackFrames: false, IsEnding), Rules.Interval);
    }

    // Called when the power may be cut: checks, at some random instants, what a cut could leave.
    private void CutPower()
    {
        if (Session is null || !Store.IsCommitted || !_rules.Contains(Rules.PowerCut)
            || Layout.Plan.Durability.Fsync == Fsync.Never || !_luck.OneIn(6))
            return;
        Scheduler.Unseen(() =>
        {
            Scheduler.Note("a power cut here");
            _mayLackFrames |= Session.Faults.IsDiscarding;
            if (!Store.IsDurable)
                return true;
            var left = Store.Disk.AfterCut(_luck);
            // Durable only at the end: until then nothing is promised, except that a dataset marked as complete is complete.
            if (Layout.Plan.Durability.Fsync == Fsync.Flush || CompletionOracle.IsReadableAndMarked(left.GetValueOrDefault))
                Judge(left, new Stage(false, _mayLackFrames, IsEnding), Rules.PowerCut);
            return true;
        });
    }

    // What the plan reserves outside the managed heap; without the memory for frame metadata where there is none. Codecs use some
    // of it, which is not counted.
    private long PlannedBytes => Layout.Memory.Cameras.Sum(pipeline => pipeline.TotalBytes - pipeline.HeapBytes)
        + Layout.Memory.WorkerBytes - Layout.Memory.WorkerHeapBytes
        - Cameras.Where(camera => !camera.Book.IsAnyDescribed).Sum(camera => FrameTable.BytesFor(camera.Plan));

    // Tokens can be taken also after the end: their memory goes with the last reference.
    private long LastingBytes => Layout.Plan.Cameras.Sum(
        camera => BorrowedFrames.BytesFor(camera.Pipeline.BorrowedBuffers ?? MemoryPlan.MaxBorrowed));

    // What has begun, and what has ended without a failure, is durable.
    private void CheckDurable(StreamFault? fault)
    {
        if (Layout.Plan.Durability.Fsync == Fsync.Never)
            return;
        Expect(Store.BeganDurably, Rules.PowerCut, "a power cut may leave less than the dataset began with");
        Expect(fault is not null || !Store.Disk.Unconfirmed.Any(), Rules.PowerCut,
            $"not durable after the end: {string.Join(", ", Store.Disk.Unconfirmed)}");
    }

    private void Judge(IReadOnlyDictionary<string, byte[]> objects, Stage stage, string? rule = null)
    {
        Func<string, byte[]?> get = objects.GetValueOrDefault;
        Obey([Rules.Documents], () => DocumentOracle.Check(objects), rule);
        Obey([Rules.Completion], () =>
            stage = stage with { IsComplete = stage.IsComplete || CompletionOracle.IsMarked(get) }, rule);
        foreach (var camera in Cameras)
        {
            Obey([Rules.Pixels, Rules.Shape], () => camera.CheckFrames(get, stage), rule);
            Obey([Rules.FailedShape], () => camera.CheckFailedShapes(get, stage), rule);
            Obey([Rules.FrameMetadata], () => camera.CheckMetadata(get, stage), rule);
        }
    }

    // A violation found by a check breaks one of its rules, or the given rule. It must not look like a store failure to the
    // product, which is about to return from an operation.
    private void Obey(IReadOnlyList<string> rules, Action check, string? rule = null)
    {
        if (!(rule is null ? rules.Any(_rules.Contains) : _rules.Contains(rule)))
            return;
        try
        {
            check();
        }
        catch (ViolationException found)
        {
            if (_rules.Contains(rule ?? found.Violation.Rule))
                Scheduler.Fail(rule ?? found.Violation.Rule, found.Violation.Message);
        }
        catch (Exception unreadable) when (unreadable is ZarrFormatException or JsonException)
        {
            Scheduler.Fail(rule ?? rules[0], $"not readable: {unreadable.Message}");
        }
    }
}
