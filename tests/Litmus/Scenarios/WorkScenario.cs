using OmeZarr.Memory;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>
/// Groups of chunks that are filled and made ready, one array each by a thread of its own, and workers that copy frames early
/// and take batches; they rest as the library's workers do. Now and then a flush waits for what was there, and work comes so rarely
/// that workers fall asleep in between.
/// </summary>
internal sealed class WorkScenario
{
    private const int MostGroupsAtOnce = 4;
    private const int LongestPauseMicroseconds = 1000;

    private readonly Trial _trial;
    private readonly ReadyWork _ready = new(planes: 2, levels: 2, mostBatchesOfShard: 4);
    private readonly WorkWatch _watch = new();
    private readonly WorkInFlight _inFlight;
    private readonly EventCount _room = new();
    private readonly WorkArray[] _arrays;
    private readonly Func<bool> _mayWork;
    private readonly bool _isSparse;
    private int _left;

    private WorkScenario(Trial trial)
    {
        _trial = trial;
        _inFlight = new WorkInFlight(_watch);
        _isSparse = trial.Chooser.OneIn(2);
        var groups = 1 + trial.Wanted / (_isSparse ? 64 : 8);
        // Full resolution and a level, which come from two lines of work.
        _arrays = [.. new[] { 5, 3 }.Select((batches, level) => new WorkArray(trial, level, batches, groups))];
        _left = _arrays.Sum(array => array.Groups);
        _mayWork = () => !_ready.IsEmpty || IsDone;
    }

    private bool IsDone => Volatile.Read(ref _left) == 0 || _trial.IsOver;

    public static void Play(Trial trial)
    {
        var scenario = new WorkScenario(trial);
        Action<Worker>[] add = scenario._isSparse
            ? [worker => scenario.AddGroups(scenario._arrays, worker)]
            : [.. scenario._arrays.Select(array => (Action<Worker>)(worker => scenario.AddGroups([array], worker)))];
        // Who flushes wakes workers, which would hide wake-ups that are lost.
        var flush = Enumerable.Repeat<Action<Worker>>(scenario.Flush, scenario._isSparse ? 0 : trial.Chooser.Choose(2));
        trial.Run(scenario.WakeAll, [.. add, .. flush, .. Enumerable.Repeat(scenario.Work, Math.Max(2, trial.Threads - scenario._arrays.Length))]);
        if (trial.IsOver)
            return;
        foreach (var array in scenario._arrays)
            array.CountBatches();
        trial.Expect(scenario._inFlight.NoJobs && scenario._ready.IsEmpty, "work stayed behind");
    }

    private void AddGroups(WorkArray[] arrays, Worker worker)
    {
        for (var group = 0; group < arrays[0].Groups; group++)
        {
            foreach (var array in arrays)
            {
                if (!WaitUntilFewer(array, MostGroupsAtOnce))
                    return;
                for (var frame = 0; frame < WorkArray.FramesPerGroup; frame++)
                    AddFrame(array, group * WorkArray.FramesPerGroup + frame, worker);
                array.Added();
                worker.MayPause();
            }

            if (_isSparse && !Pause(arrays, worker))
                return;
        }
    }

    private void AddFrame(WorkArray array, long frame, Worker worker)
    {
        var group = array.Writer.GroupOf([frame], out var position)!;
        var part = new FramePart(0, 0, frame);
        if (worker.OneIn(2))
        {
            group.Enter(position, part);
            Settle(group);
            return;
        }

        group.Enter(position, FramePart.Gathered);
        _ready.Add(WorkItem.Gather(group, part, position, _inFlight.BeginJob()));
        _watch.Announce();
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

    private bool WaitUntilFewer(WorkArray array, int groups)
    {
        while (!_trial.IsOver)
        {
            var ticket = _room.Prepare();
            if (array.Open < groups || _trial.IsOver)
            {
                _room.Cancel();
                return !_trial.IsOver;
            }

            _room.Wait(ticket, _trial.LongestSleepMs);
        }

        return false;
    }

    private void Settle(ChunkGroup group)
    {
        if (!group.Settle(1))
            return;
        group.Generation = _inFlight.BeginJob();
        _ready.Add(group);
        _watch.Announce();
    }

    private void Work(Worker worker)
    {
        while (!IsDone)
        {
            if (!_ready.TryTake(out var item))
            {
                _watch.Rest(_mayWork);
                continue;
            }

            if (!_ready.IsEmpty)
                _watch.Summon();
            worker.Count();
            worker.MayPause();
            if (item.IsGather)
                Gather(item);
            else
                Encode(item);
        }
    }

    private void Gather(in WorkItem item)
    {
        _arrays[item.Group.Array.Level].Gathered(item);
        Settle(item.Group);
        _inFlight.EndJob(item.Generation);
    }

    private void Encode(in WorkItem item)
    {
        var group = item.Group;
        var array = _arrays[group.Array.Level];
        var generation = group.Generation;
        var slab = group.Slab!;
        var tiles = array.Taken(item);
        slab.Count(tiles.Shard, tiles.Count);
        slab.Leave(tiles.Shard);
        if (!group.FinishBatch())
            return;
        array.Finish(group);
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
            var added = _arrays.Select(array => array.GroupsAdded).ToArray();
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
        _watch.WakeAll();
        _room.Notify();
        _inFlight.Drained.Notify();
    }
}
