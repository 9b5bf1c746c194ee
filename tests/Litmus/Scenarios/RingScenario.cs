using OmeZarr.Concurrency;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>
/// Producers that fill slots themselves, or give some to a caller and take them back in any order, to publish or to cancel. Now
/// and then one takes back a slot that another gave. All wait for slots as the library does.
/// </summary>
internal sealed unsafe class RingScenario : IDisposable
{
    private const int Free = 0;
    private const int Claimed = 1;
    private const int WithCaller = 2;
    private const int Published = 3;
    private const int Held = 4;

    private readonly Trial _trial;
    private readonly FrameRing _ring;
    private readonly FrameReferences _holders;
    private readonly int _producers;
    private readonly int[] _states;

    private RingScenario(Trial trial)
    {
        _trial = trial;
        _producers = trial.Threads / 2;
        _states = new int[1 + trial.Chooser.Choose(6)];
        _ring = new FrameRing(_states.Length, FrameReferences.Words * sizeof(long));
        _holders = new FrameReferences(trial, _ring, _producers)
        {
            Taken = slot => Pass(slot, Published, Held),
            Seen = slot => Pass(slot, Held, Free),
        };
    }

    public static void Play(Trial trial)
    {
        var scenario = new RingScenario(trial);
        var produce = Enumerable.Range(0, scenario._producers)
            .Select(number => (Action<Worker>)(worker => scenario.Produce(worker, number)));
        trial.Run(scenario._ring.SlotFreed.Notify,
            [.. produce, .. Enumerable.Repeat(scenario._holders.Work, trial.Threads - scenario._producers)]);
        // A thread that hangs may still use the ring's memory.
        if (trial.IsOver)
            return;
        scenario.CountSlots();
        scenario.Dispose();
    }

    public void Dispose() => _ring.Dispose();

    private void Produce(Worker worker, int producer)
    {
        var given = new Stack<int>();
        for (var frame = 0; frame < _holders.FramesEach && !_trial.IsOver;)
        {
            if (TryTakeBack(given, worker, out var slot) || TryClaim(given, out slot))
            {
                if (worker.OneIn(4))
                    Give(slot, given);
                else if (worker.OneIn(8))
                    Cancel(slot);
                else
                    Publish(slot, FrameReferences.Index(producer, frame++), worker);
            }
        }

        while (given.TryPop(out var slot))
        {
            if (_ring.TryTakeFromCaller(slot))
                TakenBack(slot);
        }

        void TakenBack(int slot)
        {
            Pass(slot, WithCaller, Claimed);
            Cancel(slot);
        }
    }

    // One's own, out of order, or anybody's.
    private bool TryTakeBack(Stack<int> given, Worker worker, out int slot)
    {
        slot = -1;
        if (worker.OneIn(3))
            slot = worker.Choose(_states.Length);
        else if (given.Count > 1 && worker.OneIn(2))
            slot = given.Pop();
        if (!_ring.TryTakeFromCaller(slot))
            return false;
        Pass(slot, WithCaller, Claimed);
        return true;
    }

    // False when the thread's own slots must come back first: a thread that keeps some does not wait for others.
    private bool TryClaim(Stack<int> given, out int slot)
    {
        while (!_ring.TryClaim(out slot))
        {
            if (_trial.IsOver)
                return false;
            if (given.TryPop(out slot))
            {
                if (!_ring.TryTakeFromCaller(slot))
                    continue;
                Pass(slot, WithCaller, Claimed);
                return true;
            }

            var ticket = _ring.SlotFreed.Prepare();
            if (_ring.Occupied < _ring.Slots || _trial.IsOver)
                _ring.SlotFreed.Cancel();
            else
                _ring.SlotFreed.Wait(ticket, _trial.LongestSleepMs);
        }

        Pass(slot, Free, Claimed);
        return true;
    }

    private void Give(int slot, Stack<int> given)
    {
        Pass(slot, Claimed, WithCaller);
        given.Push(slot);
        _ring.GiveToCaller(slot);
    }

    private void Cancel(int slot)
    {
        Pass(slot, Claimed, Free);
        _ring.Free(slot);
    }

    private void Publish(int slot, long index, Worker worker)
    {
        var pixels = (nint)_ring.Address(slot);
        FrameReferences.Fill(pixels, index, worker);
        Pass(slot, Claimed, Published);
        _holders.Publish(slot, index, pixels);
    }

    // Each slot has one owner, who alone may change its state.
    private void Pass(int slot, int from, int to)
    {
        var seen = Interlocked.CompareExchange(ref _states[slot], to, from);
        if (seen != from)
            _trial.Found($"slot {slot} was {Name(seen)} where it had to be {Name(from)}");
    }

    private void CountSlots()
    {
        var left = 0;
        _trial.Expect(_ring.Occupied == 0, $"{_ring.Occupied} slots stayed occupied");
        _trial.Expect(_ring.OwnedByCaller == 0, $"{_ring.OwnedByCaller} slots stayed with the caller");
        _trial.Expect(_ring.IsDrained, "a record stayed behind");
        for (; _ring.TryClaim(out var slot); left++)
            Pass(slot, Free, Claimed);
        _trial.Expect(left == _ring.Slots, $"{left} of {_ring.Slots} slots are left");
        _trial.Expect(_ring.HighWater <= _ring.Slots, $"{_ring.HighWater} of {_ring.Slots} slots were in use at once");
    }

    private static string Name(int state) => state switch
    {
        Free => "free",
        Claimed => "claimed",
        WithCaller => "with the caller",
        Published => "published",
        _ => "held",
    };
}
