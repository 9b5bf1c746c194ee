using System.Collections.Concurrent;
using OmeZarr.Concurrency;
using OmeZarr.Memory;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>
/// Owners that lend their frames to the ring, and want each token back once: through pollers that take some at a time and wait in
/// between, or by callback. Memory that is back is overwritten at once.
/// </summary>
internal sealed unsafe class ReleaseScenario : IDisposable
{
    private const int WithOwner = 0;
    private const int Lent = 1;
    private const int BufferBits = 16;
    private const long Poison = -1;
    private const int MostTokensAtOnce = 8;

    private readonly Trial _trial;
    private readonly FrameRing _ring;
    private readonly FrameReferences _holders;
    private readonly int _owners;
    private readonly NativeBuffer _memory;
    private readonly int[] _states;
    private readonly int[] _generations;
    private readonly ConcurrentQueue<int> _withOwner;
    private readonly bool _byCallback;
    private int _expected;

    private ReleaseScenario(Trial trial)
    {
        _trial = trial;
        _owners = trial.Threads / 3;
        var limit = 1 + trial.Chooser.Choose(4);
        // Some more than can be lent: owners continue while tokens wait to be polled.
        _states = new int[limit + 1 + trial.Chooser.Choose(8)];
        _generations = new int[_states.Length];
        _withOwner = new ConcurrentQueue<int>(Enumerable.Range(0, _states.Length));
        _memory = new NativeBuffer(_states.Length * FrameReferences.Words * sizeof(long));
        _ring = new FrameRing(slots: 1, slotBytes: 1, borrowed: limit);
        _holders = new FrameReferences(trial, _ring, _owners);
        _expected = _owners * _holders.FramesEach;
        _byCallback = trial.Chooser.OneIn(2);
        if (_byCallback)
            _ring.Borrowed.OnReleased = TakeBack;
    }

    private BorrowedFrames Borrowed => _ring.Borrowed;

    public static void Play(Trial trial)
    {
        var scenario = new ReleaseScenario(trial);
        var lend = Enumerable.Range(0, scenario._owners)
            .Select(number => (Action<Worker>)(worker => scenario.Lend(worker, number)));
        var pollers = scenario._byCallback ? 0 : Math.Max(1, trial.Threads / 4);
        var workers = Math.Max(2, trial.Threads - scenario._owners - pollers);
        trial.Run(
            scenario.WakeAll,
            [.. lend, .. Enumerable.Repeat(scenario.Poll, pollers), .. Enumerable.Repeat(scenario._holders.Work, workers)]);
        if (trial.IsOver)
            return;
        scenario.CountTokens();
        scenario.Dispose();
    }

    public void Dispose()
    {
        _ring.Dispose();
        _memory.Dispose();
    }

    private void Lend(Worker worker, int owner)
    {
        for (var frame = 0; frame < _holders.FramesEach && !_trial.IsOver;)
        {
            if (!_withOwner.TryDequeue(out var buffer))
            {
                Thread.Yield();
                continue;
            }

            var index = FrameReferences.Index(owner, frame);
            FrameReferences.Fill(Pixels(buffer), index, worker);
            Pass(buffer, WithOwner, Lent);
            var token = (ulong)++_generations[buffer] << BufferBits | (uint)buffer;
            if (!TryBorrow(token, out var number))
                return;
            if (worker.OneIn(8))
            {
                Pass(buffer, Lent, WithOwner);
                Borrowed.Withdraw(number);
                _withOwner.Enqueue(buffer);
                continue;
            }

            _holders.Publish(_ring.SlotOf(number), index, Pixels(buffer));
            frame++;
        }
    }

    // Waits for room; false when the trial is over.
    private bool TryBorrow(ulong token, out int number)
    {
        while (!Borrowed.TryBorrow(token, out number))
        {
            var ticket = Borrowed.RoomMade.Prepare();
            if (_trial.IsOver)
            {
                Borrowed.RoomMade.Cancel();
                return false;
            }

            if (Borrowed.TryBorrow(token, out number))
            {
                Borrowed.RoomMade.Cancel();
                return true;
            }

            Borrowed.RoomMade.Wait(ticket, _trial.LongestSleepMs);
        }

        return true;
    }

    // Some at a time, and a wait when there was none: a short one, or one that ends only when a frame is released.
    private void Poll(Worker worker)
    {
        while (Volatile.Read(ref _expected) > 0 && !_trial.IsOver)
        {
            if (TakeSome(1 + worker.Choose(MostTokensAtOnce)))
                continue;
            var ticket = Borrowed.FrameReleased.Prepare();
            if (Borrowed.IsDrained && Volatile.Read(ref _expected) > 0 && !_trial.IsOver)
                Borrowed.FrameReleased.Wait(ticket, worker.OneIn(2) ? 1 : _trial.LongestSleepMs);
            else
                Borrowed.FrameReleased.Cancel();
        }
    }

    private bool TakeSome(int most)
    {
        var taken = 0;
        for (; taken < most && Borrowed.TryTakeReleased(out var token); taken++)
            TakeBack(token);
        return taken > 0;
    }

    private void TakeBack(ulong token)
    {
        var buffer = (int)(token & ((1 << BufferBits) - 1));
        var generation = (int)(token >> BufferBits);
        _trial.Expect(_generations[buffer] == generation, $"token {token} came back late, or again: its frame was lent anew");
        if (!Pass(buffer, Lent, WithOwner))
            return;
        // SAFETY: the memory has room for this buffer.
        new Span<long>((void*)Pixels(buffer), FrameReferences.Words).Fill(Poison);
        _withOwner.Enqueue(buffer);
        if (Interlocked.Decrement(ref _expected) == 0)
            Borrowed.FrameReleased.Notify();
    }

    private bool Pass(int buffer, int from, int to)
    {
        if (Interlocked.CompareExchange(ref _states[buffer], to, from) == from)
            return true;
        _trial.Found(to == WithOwner ? $"the token of buffer {buffer} came back twice" : $"buffer {buffer} was lent twice");
        return false;
    }

    private void CountTokens()
    {
        _trial.Expect(_expected == 0, $"{_expected} tokens did not come back");
        _trial.Expect(_states.All(state => state == WithOwner), "a frame stayed lent");
        _trial.Expect((Borrowed.Outstanding, Borrowed.Held) == (0, 0),
            $"{Borrowed.Outstanding} frames outstanding, {Borrowed.Held} held at the end");
        _trial.Expect(Borrowed.IsDrained, "a token stayed behind");
        var room = 0;
        while (Borrowed.TryBorrow(0, out _))
            room++;
        _trial.Expect(room == Borrowed.Limit, $"room for {room} of {Borrowed.Limit} frames is left");
    }

    private void WakeAll()
    {
        Borrowed.RoomMade.Notify();
        Borrowed.FrameReleased.Notify();
    }

    private nint Pixels(int buffer) => (nint)(_memory.Pointer + (long)buffer * FrameReferences.Words * sizeof(long));
}
