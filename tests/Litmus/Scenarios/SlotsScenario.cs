using System.Diagnostics.CodeAnalysis;
using OmeZarr.Concurrency;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>
/// Threads that take one or two slots of a very small stack and give them back in either order: a slot soon leaves and
/// comes back while another thread is about to take it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification =
    "The threads of a trial that hangs may still use it: it goes with the last reference.")]
internal sealed class SlotsScenario
{
    private readonly Trial _trial;
    private readonly SlotStack _stack;
    private readonly int[] _owned;

    private SlotsScenario(Trial trial)
    {
        _trial = trial;
        _owned = new int[2 + trial.Chooser.Choose(4)];
        _stack = new SlotStack(_owned.Length);
    }

    public static void Play(Trial trial)
    {
        var scenario = new SlotsScenario(trial);
        trial.Run(() => { }, [.. Enumerable.Repeat(scenario.TakeAndGiveBack, trial.Threads)]);
        if (!trial.IsOver)
            scenario.CountSlots();
    }

    private void TakeAndGiveBack(Worker worker)
    {
        var rounds = 1 + _trial.Wanted / _trial.Threads;
        for (var round = 0; round < rounds && !_trial.IsOver; round++)
        {
            worker.Count();
            worker.MayPause();
            if (!TryTake(out var first))
                continue;
            var hasSecond = TryTake(out var second);
            var secondFirst = worker.OneIn(2);
            if (hasSecond && secondFirst)
                GiveBack(second);
            GiveBack(first);
            if (hasSecond && !secondFirst)
                GiveBack(second);
        }
    }

    private bool TryTake(out int slot)
    {
        if (!_stack.TryPop(out slot))
            return false;
        if (Interlocked.Exchange(ref _owned[slot], 1) != 0)
            _trial.Found($"slot {slot} was given to two threads");
        return true;
    }

    private void GiveBack(int slot)
    {
        Volatile.Write(ref _owned[slot], 0);
        _stack.Push(slot);
    }

    private void CountSlots()
    {
        var count = _stack.Count;
        var left = new HashSet<int>();
        while (_stack.TryPop(out var slot))
        {
            if (left.Add(slot))
                continue;
            _trial.Found($"slot {slot} is on the stack twice");
            return;
        }

        _trial.Expect(left.Count == _owned.Length, $"{left.Count} of {_owned.Length} slots are left");
        _trial.Expect(count == _owned.Length, $"{count} of {_owned.Length} slots are counted");
    }
}
