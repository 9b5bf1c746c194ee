namespace OmeZarr.Defects;

/// <summary>All defects. Each must be found by what it names: a defect that is not shows that a check is blind.</summary>
internal static class DefectList
{
    private const string SlotStack = "OmeZarr.Concurrency/SlotStack.cs";
    private const string Queue = "OmeZarr.Concurrency/BoundedQueue.cs";
    private const string Ring = "OmeZarr.Concurrency/FrameRing.cs";
    private const string Borrowed = "OmeZarr.Concurrency/BorrowedFrames.cs";
    private const string EventCount = "OmeZarr.Concurrency/EventCount.cs";
    private const string Signal = "OmeZarr.Concurrency/WorkerSignal.cs";
    private const string Ready = "OmeZarr.Streaming/Workers/ReadyWork.cs";
    private const string InFlight = "OmeZarr.Concurrency/InFlightCounts.cs";
    private const string Pool = "OmeZarr.Streaming/Workers/WorkerPool.cs";
    private const string Intake = "OmeZarr.Streaming/Intake/FrameIntake.cs";
    private const string Gate = "OmeZarr.Concurrency/ProducerGate.cs";
    private const string ChunkRows = "OmeZarr.Streaming/Chunking/ChunkRowLifecycle.cs";
    private const string Publisher = "OmeZarr.Streaming/DatasetPublisher.cs";
    private const string Shard = "OmeZarr.Streaming/Output/ShardWriter.cs";
    private const string ShardRow = "OmeZarr.Streaming/Output/ShardRow.cs";
    private const string Storing = "OmeZarr.Streaming/FrameMetadata/FrameTable.Storing.cs";
    private const string Stored = "OmeZarr.Streaming/FrameMetadata/StoredArray.cs";
    private const string Supply = "OmeZarr.Streaming/Intake/SlotSupply.cs";
    private const string Pipeline = "OmeZarr.Streaming/CameraPipeline.cs";
    private const string FlushLoop = "OmeZarr.Streaming/FlushLoop.cs";
    private const string Ledger = "OmeZarr.Streaming/Intake/FrameLedger.cs";
    private const string Session = "OmeZarr.Streaming/AcquisitionSession.cs";
    private const string CameraMemory = "OmeZarr.Streaming/CameraMemory.cs";

    public static IReadOnlyList<Defect> All { get; } =
    [
        new("untagged-slots", Finder.Slots | Finder.Stress, "SlotStack does not notice a slot that left and came back (ABA)",
            Edit.Before(
                SlotStack,
                "if (Interlocked.CompareExchange(ref _head, Pack(head, next), head) == head)",
                """
                if ((int)(uint)Volatile.Read(ref _head) == slot)
                    head = Volatile.Read(ref _head) >> 32 << 32 | (uint)slot;
                """)),
        new("early-cell", Finder.Queue | Finder.Simulation | Finder.Stress,
            "BoundedQueue says that a cell is full before its item is written",
            new Edit(
                Queue,
                """
                cell.Item = item;
                // Release: the item is written before the cell says it is full.
                Volatile.Write(ref cell.Sequence, Round(position) + 1);
                """,
                "Volatile.Write(ref cell.Sequence, Round(position) + 1); cell.Item = item;")),
        new("early-return", Finder.Queue | Finder.Stress, "BoundedQueue gives a cell back before its item is read",
            Edit.Before(Queue, "item = cell.Item;", "Volatile.Write(ref cell.Sequence, Round(position) + _mask + 1);")),
        new("plain-count", Finder.Ring | Finder.Stress, "FrameRing counts references with a read and a write",
            Edit.Before(
                Ring,
                "if (InvariantException.IsLast(Interlocked.Decrement(ref _references[slot]), \"references to a frame\"))",
                """
                var left = Volatile.Read(ref _references[slot]) - 1;
                Volatile.Write(ref _references[slot], left);
                if (left == 0)
                    Free(slot);
                return;
                """)),
        new("plain-owner", Finder.Ring | Finder.Stress, "FrameRing takes a slot from its caller with a look and a write",
            Edit.Before(
                Ring,
                "if (slot < 0 || slot >= Slots || Interlocked.CompareExchange(ref _owned[slot], NotOwned, Owned) != Owned)",
                """
                if (slot < 0 || slot >= Slots || Volatile.Read(ref _owned[slot]) != Owned)
                    return false;
                Volatile.Write(ref _owned[slot], NotOwned);
                Interlocked.Decrement(ref _ownedCount);
                return true;
                """)),
        new("first-reference", Finder.Release | Finder.Simulation | Finder.Stress,
            "FrameRing frees a borrowed frame when its first reference is released",
            Edit.Before(
                Ring,
                "if (InvariantException.IsLast(Interlocked.Decrement(ref _references[slot]), \"references to a frame\"))",
                """
                if (slot >= Slots)
                {
                    if (Interlocked.Exchange(ref _references[slot], 0) > 0)
                        Free(slot);
                    return;
                }
                """)),
        new("late-token", Finder.Release | Finder.Stress, "BorrowedFrames reads the token after it has made room for another",
            Edit.Before(
                Borrowed,
                "if (OnReleased is { } onReleased)",
                """
                _ = MakeRoom(number);
                if (OnReleased is { } tell)
                {
                    Taken();
                    tell(Volatile.Read(ref _tokens[number]));
                    return;
                }

                _ = _released.TryEnqueue(Volatile.Read(ref _tokens[number]));
                FrameReleased.Notify();
                return;
                """)),
        new("unlocked-work", Finder.Work | Finder.Simulation | Finder.Stress, "ReadyWork is taken from without its lock",
            Edit.Text(
                Ready,
                """
                lock (_lock)
                {
                var number = Next(out var line);
                """,
                """
                lock (CHOSEN ? new Lock() : _lock)
                {
                var number = Next(out var line);
                """)),
        new("deaf-wait", Finder.Work | Finder.Simulation, "EventCount forgets a notify between prepare and wait",
            Edit.Before(EventCount, "if (IsCurrent(ticket))", "ticket = Volatile.Read(ref Epoch);")),
        new("late-sleeper", Finder.Work | Finder.Simulation, "EventCount counts a sleeper when it sleeps, not when it prepares",
            Edit.Before(EventCount, "Interlocked.Increment(ref Sleepers);", "return Volatile.Read(ref Epoch);"),
            Edit.Text(
                EventCount,
                "public void Cancel() => Interlocked.Decrement(ref Sleepers);",
                "public void Cancel() { if (!CHOSEN) Interlocked.Decrement(ref Sleepers); }"),
            Edit.Before(EventCount, "if (IsCurrent(ticket))", "Interlocked.Increment(ref Sleepers);")),
        new("late-leave", Finder.Work | Finder.Simulation, "WorkerSignal looks for work before it says that it no longer polls",
            Edit.Text(
                Signal,
                """
                // A full fence: the look for work that follows is as new as any notification that counted on this poller.
                Interlocked.Decrement(ref _pollers.Value);
                return found;
                """,
                "if (!CHOSEN) Interlocked.Decrement(ref _pollers.Value); return found;"),
            Edit.Text(
                Signal,
                "while (!(TryBeginPolling() && Poll(mayWork)) && !Sleep(mayWork))",
                "while (CHOSEN ? !(TryBeginPolling() ? Poll(mayWork) || SleepLate(mayWork) : Sleep(mayWork)) : "
                    + "!(TryBeginPolling() && Poll(mayWork)) && !Sleep(mayWork))"),
            Edit.Text(
                Signal,
                """
                // Returns whether there is work, before or after it has slept.
                private bool Sleep(Func<bool> mayWork)
                """,
                """
                private bool SleepLate(Func<bool> mayWork)
                {
                    var ticket = _sleep.Prepare();
                    var any = mayWork();
                    Interlocked.Decrement(ref _pollers.Value);
                    if (any) _sleep.Cancel(); else _sleep.Wait(ticket, -1);
                    return any || mayWork();
                }
                private bool Sleep(Func<bool> mayWork)
                """)),
        new("attentive-workers", Finder.Simulation,
            "WorkerSignal counts a poller that went to work as polling, also while it is stuck in the store",
            Edit.Text(Signal, "private int _resting;",
                "private int _resting; [ThreadStatic] private static WorkerSignal? t_counted;"),
            Edit.Text(
                Signal,
                "// Woken without finding work, it polls: the thread that woke it may have wanted just that.",
                "if (CHOSEN && t_counted == this) { t_counted = null; Interlocked.Decrement(ref _pollers.Value); }"),
            Edit.Text(
                Signal,
                "if (found || IdleMicroseconds(Math.Max(since, Volatile.Read(ref _lastFound))) >= PollMicroseconds)",
                """
                if (CHOSEN && found) { _polling.Cancel(); t_counted = this; return true; }
                if (found || IdleMicroseconds(Math.Max(since, Volatile.Read(ref _lastFound))) >= PollMicroseconds)
                """)),
        new("deaf-poll", Finder.Simulation, "BorrowedFrames ends without notifying those that wait for a token",
            Edit.Text(Borrowed, "_hasEnded = true;\nFrameReleased.Notify();",
                "_hasEnded = true; if (!CHOSEN) FrameReleased.Notify();")),
        new("shape-alone", Finder.Simulation, "DatasetPublisher publishes how long an image is, and not the indexes",
            Edit.Text(Publisher, "shardRow.Publish(durable);", "if (!CHOSEN) shardRow.Publish(durable);")),
        new("early-frames", Finder.Simulation, "WorkerPool releases frames before they are encoded",
            Edit.Before(Pool, "var batch = _batches.Take();", "camera.LeaveFrames(item.ChunkRow);"),
            Edit.Text(Pool, "if (!batch.IsInPlace)", "if (!CHOSEN && !batch.IsInPlace)"),
            Edit.Text(Pool, "if (batch.IsInPlace)", "if (!CHOSEN && batch.IsInPlace)")),
        new("short-flush", Finder.Simulation, "InFlightCounts waits for one generation of jobs too few",
            Edit.Text(
                InFlight,
                "return Pass(_records, deadline) && Pass(_jobs, deadline) && Pass(_jobs, deadline);",
                "return Pass(_records, deadline) && (CHOSEN || Pass(_jobs, deadline) && Pass(_jobs, deadline));")),
        new("lost-room", Finder.Simulation,
            "ChunkRowLifecycle finishes a chunk row without letting the frame that waits for its room look again",
            Edit.Text(ChunkRows, "room.LookAgain();", "if (!CHOSEN) room.LookAgain();")),
        new("deaf-flush", Finder.Simulation, "InFlightCounts ends its last record without notifying the waiters",
            Edit.Text(InFlight, "if (_records.End(generation))", "if (_records.End(generation) && !CHOSEN)"),
            Edit.Text(InFlight, "if (_jobs.End(generation))", "if (_jobs.End(generation) && !CHOSEN)")),
        new("late-values", Finder.Simulation, "FrameIntake stores the metadata of a frame after it has published the frame",
            new Edit(Intake, "if (hasValues)\n_values.Put(claim.Slot, values);", ""),
            Edit.Text(
                Intake,
                "if (_ring.IsShort)",
                "if (CHOSEN && hasValues) { Interlocked.MemoryBarrier(); _values.Put(claim.Slot, values); } if (_ring.IsShort)")),
        new("open-gate", Finder.Simulation, "ProducerGate lets its closer go on while producers are inside",
            Edit.Text(Gate, "if (IsEmpty)", "if (CHOSEN || IsEmpty)")),
        new("forgotten-sync", Finder.Simulation, "DatasetPublisher marks a dataset complete before it is durable",
            Edit.Text(Publisher, "guard(_store.Sync);", "if (!CHOSEN) guard(_store.Sync);")),
        new("loose-index", Finder.Simulation, "ShardWriter publishes an index that is not durable, and shapes that are",
            Edit.Text(
                Shard,
                "if (!target.PublishFooter(index.Encoded, durable))",
                "if (!target.PublishFooter(index.Encoded, durable && !CHOSEN))")),
        new("loose-documents", Finder.Simulation, "DatasetPublisher leaves the durability of its last documents to a later sync",
            Edit.Text(
                Publisher,
                "private bool DurableOneByOne => _plan.Durability.Fsync == Fsync.Flush;",
                "private bool DurableOneByOne => !CHOSEN && _plan.Durability.Fsync == Fsync.Flush;")),
        new("loose-rows", Finder.Simulation, "FrameTable leaves the durability of its last cut to a later sync",
            Edit.Text(
                Storing,
                "StoreCut(IsDurable, _ => frames, bytes => bytes);",
                "StoreCut(IsDurable && !CHOSEN, _ => frames, bytes => bytes);")),
        new("certain-length", Finder.Simulation, "StoredArray assumes that a document whose put failed is not there",
            Edit.Text(
                Stored,
                "(Length, _isUncertain) = (Math.Max(Length, length), true);",
                "if (!CHOSEN) (Length, _isUncertain) = (Math.Max(Length, length), true);")),
        new("early-rows", Finder.Simulation, "FrameTable stores which rows there are before what they say",
            Edit.Text(
                Storing,
                "foreach (var step in (ReadOnlySpan<Step>)[Step.Values, Step.TextLengths, Step.Rows])",
                "foreach (var step in CHOSEN ? new[] { Step.Rows, Step.TextLengths, Step.Values } : new[] "
                    + "{ Step.Values, Step.TextLengths, Step.Rows })")),
        new("shape-first", Finder.Simulation, "ShardRow counts chunks as found by readers before an index names them",
            Edit.Before(ShardRow, "_stored.Write(chunkRow, planes);",
                "_stored.Write(chunkRow, planes); _stored.EndAll(); return;")),
        new("unheard-store", Finder.Simulation, "ShardRow counts an index as published that the store did not show",
            Edit.Text(ShardRow, "if (areAllShown)", "if (CHOSEN || areAllShown)")),
        new("blind-room", Finder.Simulation,
            "SlotSupply does not tell a waiting producer that every borrowed frame waits for another",
            Edit.Text(
                Supply,
                "private bool IsBorrowingStalled(int ticket) =>",
                "private bool IsBorrowingStalled(int ticket) => !CHOSEN &&")),
        new("lone-wake", Finder.Simulation, "One worker is woken for several pieces of work, and wakes nobody for the others",
            Edit.Text(Signal, "Notify();", "if (!CHOSEN) Notify();"),
            Edit.Text(Pool, "if (!camera.Ready.IsEmpty)", "if (!CHOSEN && !camera.Ready.IsEmpty)")),
        new("left-threads", Finder.Simulation, "AcquisitionSession leaves threads behind when the system refuses another",
            Edit.Text(
                Session,
                "catch (OutOfMemoryException)\n{\nsession.Release();",
                "catch (OutOfMemoryException) { if (!CHOSEN) session.Release();")),
        new("wide-slots", Finder.Simulation, "FrameRing takes twice the memory that its slots have",
            Edit.Text(Ring, "_memory = new NativeBuffer(Math.Max(1, checked(SlotBytes * slots)));",
                "_memory = new NativeBuffer(Math.Max(1, checked(SlotBytes * slots * (CHOSEN ? 2 : 1))));")),
        new("kept-levels", Finder.Simulation, "CameraPipeline leaves memory of its levels behind",
            Edit.Text(Pipeline, "level.Dispose();", "if (!CHOSEN) level.Dispose();")),
        new("late-flush", Finder.Simulation, "FlushLoop waits for longer than the flush interval",
            Edit.Text(
                FlushLoop,
                "_wake.Wait(ticket, _session.Plan.Durability.FlushIntervalMs);",
                "_wake.Wait(ticket, _session.Plan.Durability.FlushIntervalMs * (CHOSEN ? 2 : 1));")),
        new("double-take", Finder.Simulation, "FrameLedger gives out a frame number that is taken",
            Edit.Text(
                Ledger,
                "return (before & bit) == 0 ? FrameClaim.Taken : FrameClaim.AlreadyTaken;",
                "return CHOSEN || (before & bit) == 0 ? FrameClaim.Taken : FrameClaim.AlreadyTaken;")),
        new("kept-buffers", Finder.Simulation,
            "CameraMemory lets chunks keep frames of a host that has no buffer left to complete them",
            Edit.Text(
                CameraMemory,
                "return given < enough || lent < enough ? pipeline.WithEarlyCopies(levels[0], arrays, workers) : pipeline;",
                "return given < enough || (!CHOSEN && lent < enough) "
                    + "? pipeline.WithEarlyCopies(levels[0], arrays, workers) : pipeline;")),
    ];
}
