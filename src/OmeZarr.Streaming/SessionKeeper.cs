using OmeZarr.Acquisition;
using OmeZarr.Memory;

namespace OmeZarr.Streaming;

/// <summary>
/// The one thread beside the workers: at each flush interval it makes what has been written visible to readers, and in the
/// end it completes the dataset. A failure of either sticks to the stream.
/// </summary>
internal sealed class SessionKeeper
{
    private const int StackBytes = 512 * 1024;
    private const int Running = 0;
    private const int Finalizing = 1;
    private const int Aborting = 2;

    private readonly AcquisitionSession _session;
    private readonly EventCount _wake = new();
    private readonly EventCount _ended = new();
    private readonly Lock _publishing = new();
    private readonly Thread _thread;
    private int _phase = Running;
    private bool _isClosed; // Guarded by _publishing: the final documents are written, nothing may follow them.
    private volatile bool _wasAborted;
    private volatile bool _hasEnded;

    public SessionKeeper(AcquisitionSession session)
    {
        _session = session;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "omz keeper" };
    }

    /// <summary>Whether an abort came before everything was stored; final once the session has ended.</summary>
    public bool WasAborted => _wasAborted;

    private bool Durable => _session.Plan.Durability.Fsync == Fsync.Flush;

    public void Start() => _thread.Start();

    /// <summary>Makes everything whole so far visible; any thread. False when the time-out passed first.</summary>
    public bool Flush(Deadline deadline)
    {
        if (!_session.Lanes.All(lane => lane.InFlight.WaitForAllSoFar(deadline)) || !_publishing.TryEnter(deadline.RemainingMs))
            return false;
        try
        {
            if (!_isClosed)
                _session.Publisher.Publish(Durable);
            return true;
        }
        catch (Exception exception)
        {
            _session.Faults.Set(StreamFault.From(exception));
            throw;
        }
        finally
        {
            _publishing.Exit();
        }
    }

    public void BeginEnd(bool abort)
    {
        // In this order: who sees the new phase finds the gate closed, or a frame could slip in behind the last one; and
        // who finds the phase unchanged once all work is done knows that nothing of it was discarded.
        foreach (var lane in _session.Lanes)
            lane.Gate.Close();
        if (abort)
        {
            Interlocked.Exchange(ref _phase, Aborting);
            _session.Faults.Discard();
        }
        else
        {
            Interlocked.CompareExchange(ref _phase, Finalizing, Running);
        }

        // Producers that wait for a slot look at the gate.
        foreach (var lane in _session.Lanes)
            lane.WakeProducers();
        _wake.Notify();
    }

    public bool WaitForEnd(int timeoutMs)
    {
        var deadline = Deadline.After(timeoutMs);
        while (true)
        {
            var ticket = _ended.Prepare();
            if (_hasEnded || deadline.HasPassed)
            {
                _ended.Cancel();
                if (!_hasEnded)
                    return false;
                // Only returning is left for it to do.
                _thread.Join();
                return true;
            }

            _ended.Wait(ticket, deadline.RemainingMs);
        }
    }

    /// <summary>Whether an end has begun.</summary>
    public bool IsEnding => !IsRunning;

    private bool IsRunning => Volatile.Read(ref _phase) == Running;

    private void Run()
    {
        while (IsRunning)
        {
            var ticket = _wake.Prepare();
            if (IsRunning)
                _wake.Wait(ticket, _session.Plan.Durability.FlushIntervalMs);
            else
                _wake.Cancel();
            if (IsRunning)
                Guard(PublishInterval);
        }

        End();
        _hasEnded = true;
        _ended.Notify();
    }

    private void PublishInterval()
    {
        lock (_publishing)
            _session.Publisher.Publish(Durable);
    }

    private void End()
    {
        foreach (var lane in _session.Lanes)
        {
            lane.Gate.WaitUntilEmpty();
            lane.WaitForWorkers();
            lane.Distributor.CloseOpenGroups(Guard);
        }

        foreach (var lane in _session.Lanes)
            lane.WaitForWorkers();
        lock (_publishing)
        {
            _session.Publisher.CompleteShards(Guard);
            _wasAborted = Volatile.Read(ref _phase) == Aborting;
            Guard(() => _session.Publisher.PublishFinal(_session.Faults.IsDiscarding, () => !_wasAborted && !_session.Faults.IsSet, Guard));
            if (_session.Plan.Durability.Fsync != Fsync.Never)
                Guard(_session.Publisher.Sync);
            ReportLostSlots();
            Guard(_session.Release);
            _isClosed = true;
        }
    }

    private void ReportLostSlots()
    {
        if (_session.Lanes.Sum(lane => lane.OwnedByCaller) is > 0 and var lost)
            _session.Faults.Set(new StreamFault(FaultKind.SlotsLost, $"{lost} slots were acquired and neither committed nor cancelled"));
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
}
