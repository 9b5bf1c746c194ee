using OmeZarr.Concurrency;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>
/// Threads that fill chunk rows and make them ready, one array each, and workers that copy frames early and take batches; the
/// workers rest as the library's do. Now and then a flush waits for the work present, and work comes so rarely that workers fall
/// asleep in between.
/// </summary>
internal sealed class WorkScenario
{
    private const int MostChunkRowsAtOnce = 4;
    private const int LongestPauseMicroseconds = 1000;

    private readonly Trial _trial;
    private readonly ReadyWork _ready = new(planes: 2, levels: 2, mostBatchesOfShard: 4);
    private readonly WorkerSignal _signal = new();
    private readonly InFlightCounts _inFlight;
    private readonly EventCount _room = new();
    private readonly WorkArray[] _arrays;
    private readonly Func<bool> _mayWork;
    private readonly bool _isSparse;
    private int _left;

    private WorkScenario(Trial trial)
    {
        _trial = trial;
        _inFlight = new InFlightCounts(_signal);
        _isSparse = trial.Chooser.OneIn(2);
        var chunkRows = 1 + trial.Wanted / (_isSparse ? 64 : 8);
        // Full resolution and a level, which use two separate queues of work.
        _arrays = [.. new[] { 5, 3 }.Select((batches, level) => new WorkArray(trial, level, batches, chunkRows))];
        _left = _arrays.Sum(array => array.ChunkRows);
        _mayWork = () => !_ready.IsEmpty || IsDone;
    }

    private bool IsDone => Volatile.Read(ref _left) == 0 || _trial.IsOver;

    public static void Play(Trial trial)
    {
        var scenario = new WorkScenario(trial);
        Action<Worker>[] add = scenario._isSparse
            ? [worker => scenario.AddChunkRows(scenario._arrays, worker)]
            : [.. scenario._arrays.Select(array => (Action<Worker>)(worker => scenario.AddChunkRows([array], worker)))];
        // A flush wakes workers, which would hide lost wake-ups.
        var flush = Enumerable.Repeat<Action<Worker>>(scenario.Flush, scenario._isSparse ? 0 : trial.Chooser.Choose(2));
        trial.Run(scenario.WakeAll,
            [.. add, .. flush, .. Enumerable.Repeat(scenario.Work, Math.Max(2, trial.Threads - scenario._arrays.Length))]);
        if (trial.IsOver)
            return;
        foreach (var array in scenario._arrays)
            array.CountBatches();
        trial.Expect(scenario._inFlight.NoJobs && scenario._ready.IsEmpty, "work stayed behind");
    }

    private void AddChunkRows(WorkArray[] arrays, Worker worker)
    {
        for (var chunkRow = 0; chunkRow < arrays[0].ChunkRows; chunkRow++)
        {
            foreach (var array in arrays)
            {
                if (!WaitUntilFewer(array, MostChunkRowsAtOnce))
                    return;
                for (var frame = 0; frame < WorkArray.FramesPerChunkRow; frame++)
                    AddFrame(array, chunkRow * WorkArray.FramesPerChunkRow + frame, worker);
                array.Added();
                worker.MayPause();
            }

            if (_isSparse && !Pause(arrays, worker))
                return;
        }
    }

    private void AddFrame(WorkArray array, long frame, Worker worker)
    {
        var chunkRow = array.Assembler.FindOrOpen([frame], out var position)!;
        var part = new FramePart(0, 0, frame);
        if (worker.OneIn(2))
        {
            array.Assembler.Enter(chunkRow, position, part);
            CompleteFrame(chunkRow);
            return;
        }

        array.Assembler.Enter(chunkRow, position, FramePart.Copied);
        _ready.Add(new EarlyCopy(chunkRow, position, part), _inFlight.BeginJob());
        _signal.Notify();
    }

    // Once everything is done, some time passes without work; false when the trial is over.
    private bool Pause(WorkArray[] arrays, Worker worker)
    {
        if (!arrays.All(array => WaitUntilFewer(array, 1)))
            return false;
        var pause = new EventCount();
        pause.WaitMicroseconds(pause.Prepare(), worker.Choose(LongestPauseMicroseconds));
        return true;
    }

    private bool WaitUntilFewer(WorkArray array, int chunkRows)
    {
        while (!_trial.IsOver)
        {
            var ticket = _room.Prepare();
            if (array.Open < chunkRows || _trial.IsOver)
            {
                _room.Cancel();
                return !_trial.IsOver;
            }

            _room.Wait(ticket, _trial.LongestSleepMs);
        }

        return false;
    }

    private void CompleteFrame(ChunkRow chunkRow)
    {
        if (!chunkRow.CompleteFrames(1))
            return;
        chunkRow.Generation = _inFlight.BeginJob();
        _ready.Add(chunkRow);
        _signal.Notify();
    }

    private void Work(Worker worker)
    {
        while (!IsDone)
        {
            if (!_ready.TryTake(out var item))
            {
                _signal.Rest(_mayWork);
                continue;
            }

            if (!_ready.IsEmpty)
                _signal.Wake();
            worker.Count();
            worker.MayPause();
            if (item.IsEarlyCopy)
                CopyEarly(item);
            else
                Encode(item);
        }
    }

    private void CopyEarly(in WorkItem item)
    {
        _arrays[item.ChunkRow.Encoding.Level].Copied(item);
        CompleteFrame(item.ChunkRow);
        _inFlight.EndJob(item.Generation);
    }

    private void Encode(in WorkItem item)
    {
        var chunkRow = item.ChunkRow;
        var array = _arrays[chunkRow.Encoding.Level];
        var generation = chunkRow.Generation;
        var shardRow = chunkRow.ShardRow!;
        var tiles = array.Taken(item);
        shardRow.Count(tiles.Shard, tiles.Count);
        shardRow.Leave(tiles.Shard);
        if (!chunkRow.FinishBatch())
            return;
        array.Finish(chunkRow);
        // As the library does: the job ends last.
        _inFlight.EndJob(generation);
        _room.Notify();
        if (Interlocked.Decrement(ref _left) == 0)
            WakeAll();
    }

    private void Flush(Worker worker)
    {
        while (!IsDone)
        {
            var added = _arrays.Select(array => array.ChunkRowsAdded).ToArray();
            var flushed = _inFlight.WaitForAllSoFar(Deadline.After(_trial.LongestSleepMs));
            if (_trial.IsOver)
                return;
            _trial.Expect(flushed, "a flush did not end");
            for (var i = 0; i < _arrays.Length; i++)
                _arrays[i].ExpectFinished(added[i]);
            worker.MayPause();
        }
    }

    private void WakeAll()
    {
        _signal.WakeAll();
        _room.Notify();
        _inFlight.Drained.Notify();
    }
}
