using System.Diagnostics;
using System.Runtime.ExceptionServices;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Documents;
using OmeZarr.Streaming.Faults;

namespace OmeZarr.Streaming;

/// <summary>
/// The one thread beside the workers, and the only one that publishes. It begins the dataset, makes what has been written visible
/// at each flush interval and on request, and completes the dataset at the end. A failure after the beginning sticks to the
/// stream.
/// </summary>
/// <remarks>A caller never waits for the store itself: every wait here has a deadline, whatever the store does.</remarks>
internal sealed class FlushLoop
{
    private const int StackBytes = 512 * 1024;

    /// <summary>How often a stream whose work counts are wrong checks whether its workers rest, in milliseconds.</summary>
    private const int BrokenLookMs = 250;

    private const int Running = 0;
    private const int Finalizing = 1;
    private const int Aborting = 2;

    private readonly AcquisitionSession _session;
    private readonly EventCount _wake = new();
    private readonly EventCount _done = new(); // The beginning, a flush, or the end.
    private readonly Beginning _beginning = new();
    private readonly Thread _thread;
    private int _phase = Running;
    private long _flushesAsked;
    private long _flushesDone;
    private volatile bool _wasAborted;
    private volatile bool _hasEnded;

    public FlushLoop(AcquisitionSession session)
    {
        _session = session;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "omz flush loop" };
    }

    /// <summary>Whether an abort came before everything was stored; final once the session has ended.</summary>
    public bool WasAborted => _wasAborted;

    /// <summary>Whether an end has begun.</summary>
    public bool IsEnding => !IsRunning;

    private bool Durable => _session.Plan.Durability.Fsync == Fsync.Flush;

    private bool IsRunning => Volatile.Read(ref _phase) == Running;

    /// <summary>Starts the thread, which begins the dataset.</summary>
    public void Start() => _thread.Start();

    /// <summary>
    /// Waits until the dataset has begun. When this throws, the store is as it was before, or will be once it answers: after the
    /// deadline nobody waits for it any more, and the flush loop ends the session by itself. If the deadline passes while the
    /// complete, durable dataset is taking its place, this returns normally; should that last step fail, the failure is the
    /// stream's fault.
    /// </summary>
    /// <exception cref="TimeoutException">The deadline passed first.</exception>
    public void WaitForBeginning(Deadline deadline)
    {
        if (!WaitUntil(() => _beginning.IsOver, deadline) && _beginning.TryAbandon())
            throw new TimeoutException();
        if (_beginning.IsOver && _beginning.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>
    /// Makes everything complete so far visible; any thread. False when the deadline passed first. A failure sticks to the
    /// stream.
    /// </summary>
    public bool Flush(Deadline deadline)
    {
        if (!_session.Pipelines.All(pipeline => pipeline.InFlight.WaitForAllSoFar(deadline)))
            return false;
        var number = Interlocked.Increment(ref _flushesAsked);
        _wake.Notify();
        return WaitUntil(() => _hasEnded || Volatile.Read(ref _flushesDone) >= number, deadline);
    }

    public void BeginEnd(bool abort)
    {
        // The order matters. A thread that sees the new phase must find the gate closed, or a frame could slip in behind the last
        // one. And a thread that finds the phase unchanged once all work is done knows that none of it was discarded.
        foreach (var pipeline in _session.Pipelines)
            pipeline.Gate.Close();
        if (abort)
        {
            Interlocked.Exchange(ref _phase, Aborting);
            _session.Faults.Discard();
        }
        else
        {
            Interlocked.CompareExchange(ref _phase, Finalizing, Running);
        }

        // Producers that wait for a slot check the gate.
        foreach (var pipeline in _session.Pipelines)
            pipeline.WakeProducers();
        _wake.Notify();
    }

    public bool WaitForEnd(int timeoutMs)
    {
        if (!WaitUntil(() => _hasEnded, Deadline.After(timeoutMs)))
            return false;
        // The thread has nothing left to do but return.
        _thread.Join();
        return true;
    }

    private bool WaitUntil(Func<bool> condition, Deadline deadline)
    {
        while (true)
        {
            var ticket = _done.Prepare();
            var holds = condition();
            if (holds || deadline.HasPassed)
            {
                _done.Cancel();
                return holds;
            }

            _done.Wait(ticket, deadline.RemainingMs);
        }
    }

    private void Run()
    {
        try
        {
            BackgroundThread.Isolate();
            if (TryBegin())
            {
                while (IsRunning)
                    PublishNext();
                End();
            }
        }
        catch (Exception exception)
        {
            // Nothing above should throw. If it does, the host must not die, and waiters must learn of it.
            _session.Faults.Break(exception);
        }

        _hasEnded = true;
        _done.Notify();
    }

    // Everything that can fail without the store has been allocated by now. A beginning that failed, or for which nobody waits
    // any more, leaves nothing behind.
    private bool TryBegin()
    {
        Exception? failure = null;
        try
        {
            var resumption = Resumption.TryBegin(_session);
            if (resumption is null)
                _session.Publisher.Begin();
            _session.FreeSpace.CheckAtBeginning(resumption?.Done ?? 0);
            resumption?.Replay();
            if (_beginning.TryConfirm())
                Commit(resumption);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        var hasBegun = failure is null && !_beginning.IsAbandoned;
        if (!hasBegun)
            GiveUpBeginning(failure);
        _beginning.End(failure);
        _done.Notify();
        return hasBegun;
    }

    private void Commit(Resumption? resumption)
    {
        if (resumption is null)
            _session.Publisher.Commit();
        else
            resumption.Commit();
    }

    // The caller may already have the stream, if its time was up while the dataset was taking its place.
    private void GiveUpBeginning(Exception? failure)
    {
        if (failure is not null && _beginning.IsConfirmed)
            _session.Faults.Set(StreamFault.From(failure));
        BeginEnd(abort: true);
        foreach (var pipeline in _session.Pipelines)
        {
            pipeline.Gate.WaitUntilEmpty();
            WaitForWorkers(pipeline);
        }

        _session.Publisher.AbandonShards(Guard);
        _wasAborted = true;
        Guard(_session.Release);
    }

    // Waits for the interval, or until a flush is requested.
    private void PublishNext()
    {
        var ticket = _wake.Prepare();
        if (IsRunning && Volatile.Read(ref _flushesAsked) == Volatile.Read(ref _flushesDone))
            _wake.Wait(ticket, _session.Plan.Durability.FlushIntervalMs);
        else
            _wake.Cancel();
        if (!IsRunning)
            return;
        // Read first: what was complete when they asked is part of what is published now.
        var asked = Volatile.Read(ref _flushesAsked);
        // A failure sticks before the waiting callers check for one.
        Guard(Publish);
        _session.FreeSpace.Look(Now, Written);
        Volatile.Write(ref _flushesDone, asked);
        _done.Notify();
    }

    private (long Bytes, long Frames) Written() => (
        _session.Pipelines.Sum(pipeline => pipeline.Arrays.Sum(array => array.Objects.BytesOut)),
        _session.Pipelines.Sum(pipeline => pipeline.FramesWritten));

    private static TimeSpan Now => TimeSpan.FromSeconds((double)Stopwatch.GetTimestamp() / Stopwatch.Frequency);

    private void Publish() => _session.Publisher.Publish(Durable);

    private void End()
    {
        foreach (var pipeline in _session.Pipelines)
        {
            pipeline.Gate.WaitUntilEmpty();
            WaitForWorkers(pipeline);
            pipeline.Distributor.CloseOpen(Guard);
        }

        foreach (var pipeline in _session.Pipelines)
            WaitForWorkers(pipeline);
        _session.Publisher.CompleteShards(Guard);
        _wasAborted = Volatile.Read(ref _phase) == Aborting;
        Guard(() => _session.Publisher.PublishFinal(_session.Faults.IsDiscarding, Outcome, Guard));
        ReportLostSlots();
        Guard(_session.Release);
    }

    private DatasetOutcome Outcome(bool isWhole) =>
        DatasetOutcome.Of(isWhole, _wasAborted, _session.EndReason, _session.Faults.First?.Message);

    // Workers wait for nothing but the store, so this ends when the store does. Where a defect has made the work counts wrong, it
    // ends when every worker rests.
    private void WaitForWorkers(CameraPipeline pipeline)
    {
        while (!pipeline.WaitForWorkers(Deadline.After(BrokenLookMs)))
        {
            if (_session.Faults.IsBroken && _session.WorkersRest)
                return;
        }
    }

    private void ReportLostSlots()
    {
        if (_session.Pipelines.Sum(pipeline => pipeline.OwnedByCaller) is > 0 and var lost)
        {
            _session.Faults.Set(new StreamFault(
                FaultKind.SlotsLost,
                $"{lost} slots were acquired and neither committed nor cancelled; their memory stays, since a camera may still "
                    + $"write to it"));
        }
    }

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            _session.Faults.Set(StreamFault.From(exception));
        }
    }

    /// <summary>
    /// How far the beginning has come. Either the flush loop confirms it or the waiting caller abandons it, never both: so the
    /// caller knows what will be on the store. One word changes hands by compare-and-exchange.
    /// </summary>
    private sealed class Beginning
    {
        private const int Pending = 0;
        private const int Confirmed = 1;
        private const int Abandoned = 2;

        private int _state = Pending;
        private volatile bool _isOver;

        public bool IsOver => _isOver;

        public bool IsAbandoned => Volatile.Read(ref _state) == Abandoned;

        public bool IsConfirmed => Volatile.Read(ref _state) == Confirmed;

        /// <summary>Why it failed; valid once it is over.</summary>
        public Exception? Failure { get; private set; }

        public bool TryConfirm() => Interlocked.CompareExchange(ref _state, Confirmed, Pending) == Pending;

        public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Pending) == Pending;

        public void End(Exception? failure)
        {
            Failure = failure;
            // Release: a thread that sees that it is over also sees why.
            _isOver = true;
        }
    }
}
