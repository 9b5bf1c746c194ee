using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OmeZarr.Simulation.Scheduling;

/// <summary>
/// Runs the threads of one simulated run one at a time. It chooses the next thread at every step: at every atomic operation,
/// lock, wait and thread start of the product, and at every operation of the store. Time is the run's own: it passes a little
/// with each step, and jumps to the next deadline when nobody can run. So a run is a function of its seed.
/// </summary>
internal sealed class Scheduler
{
    /// <summary>Only a thread that waits for others in a loop runs for so long without giving way.</summary>
    private const int LongestTurn = 5000;

    private const int SpuriousWakeIn = 50;

    /// <summary>Longer than any wait in a run that makes progress.</summary>
    private const long LongestSilenceNs = 100_000_000_000;

    [ThreadStatic]
    private static LogicalThread? s_current;

    private readonly List<LogicalThread> _threads = [];
    private readonly Chances _chances;
    private readonly Schedule _schedule;
    private readonly ManualResetEventSlim _over = new();
    private readonly long _mostSteps;
    private readonly Trace? _trace;
    private readonly IReadOnlySet<string> _rules;
    private LogicalThread? _running;
    private long _nextDeadline = LogicalThread.Never;
    private int _untilChoice;
    private int _turn;
    private int _lowestPriority;

    /// <param name="chances">The source of all choices.</param>
    /// <param name="schedule">How threads are chosen.</param>
    /// <param name="mostSteps">A run that takes more steps counts as endless.</param>
    /// <param name="rules">The rules whose violations count.</param>
    /// <param name="trace">Receives every step, or null.</param>
    public Scheduler(Chances chances, Schedule schedule, long mostSteps, IReadOnlySet<string> rules, Trace? trace)
    {
        _chances = chances;
        _schedule = schedule;
        _mostSteps = mostSteps;
        _rules = rules;
        _trace = trace;
        _untilChoice = chances.StepsUntil(schedule.MeanRun);
    }

    /// <summary>The logical thread that the calling one carries; null outside of runs, and while a run is inspected.</summary>
    public static LogicalThread? Current => s_current;

    /// <summary>Nanoseconds since the run began.</summary>
    public long Now { get; private set; }

    public long Steps { get; private set; }

    /// <summary>Nanoseconds to be excused: threads were kept from running, and steps took their time.</summary>
    public long ExcusedNs { get; private set; }

    /// <summary>When the last sign of progress was seen.</summary>
    public long LastSeenAt { get; set; }

    public Violation? Violation { get; private set; }

    /// <summary>Whether a violation of any rule, chosen or not, ended the run.</summary>
    public bool WasCutShort { get; private set; }

    /// <summary>All threads, including those that have ended.</summary>
    public IReadOnlyList<LogicalThread> Threads => _threads;

    /// <summary>A hash that differs when runs differ.</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    public MemoryCount Memory { get; } = new();

    /// <summary>How many more threads the simulated system starts for the product.</summary>
    public int ThreadsLeft { get; set; } = int.MaxValue;

    /// <summary>Called when nobody can run and time is about to pass until the given moment; may report a violation.</summary>
    public Action<long>? Idle { get; set; }

    /// <summary>Runs a body as the first thread, until all threads have ended or something is found.</summary>
    public void Run(Action body)
    {
        var main = Start("main", body);
        _running = main;
        main.Host.Resume();
        _over.Wait();
    }

    /// <summary>Makes a thread, which will run sooner or later.</summary>
    public LogicalThread Start(string name, Action body)
    {
        var thread = new LogicalThread(this, _threads.Count, name, body)
        {
            Priority = _schedule.Priorities
            ? _chances.Below(1 << 20) + 1 : 0
        };
        _threads.Add(thread);
        _trace?.Write(this, $"starts {name}");
        Reconsider(thread);
        return thread;
    }

    /// <summary>A step of the product: another thread may run now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Point([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (s_current is { } me)
            me.Scheduler.Step(me, file, line);
    }

    /// <summary>A step after which another thread runs, if any can.</summary>
    public static void GiveWay()
    {
        if (s_current is not { } me)
            return;
        var scheduler = me.Scheduler;
        scheduler._turn = LongestTurn;
        scheduler.Step(me, "gives way", 0);
    }

    /// <summary>Inspects the run from outside: what the product does meanwhile is no step.</summary>
    public static T Unseen<T>(Func<T> look)
    {
        var me = s_current;
        s_current = null;
        try
        {
            return look();
        }
        finally
        {
            s_current = me;
        }
    }

    /// <summary>Lets time pass for the calling thread.</summary>
    /// <param name="ns">Nanoseconds.</param>
    /// <param name="what">What it does meanwhile, for people.</param>
    public static void Sleep(long ns, object what)
    {
        if (s_current is { } me && ns > 0)
            me.Scheduler.Block(me, what, 0, me.Scheduler.Now + ns);
    }

    /// <summary>Sleeps on a word until it is woken, or until the deadline; sometimes for no reason at all.</summary>
    public static unsafe void Wait(int* word, int expected, long timeoutNs)
    {
        if (s_current is not { } me)
            throw new InvalidOperationException("nobody could wake who waits outside of a run");
        var scheduler = me.Scheduler;
        scheduler.Step(me, "wait", 0);
        if (*word != expected || scheduler._chances.OneIn(SpuriousWakeIn))
            return;
        scheduler.Block(me, null, (nint)word, timeoutNs < 0 ? LogicalThread.Never : scheduler.Now + timeoutNs);
    }

    /// <summary>Wakes one or all of those that sleep on a word.</summary>
    public static unsafe void Wake(int* word, bool all)
    {
        if (s_current is not { } me)
            return;
        me.Scheduler.Step(me, "wake", 0);
        me.Scheduler.Wake(thread => thread.WaitsFor is null && thread.Address == (nint)word, all);
    }

    /// <summary>
    /// Waits until somebody calls <see cref="WakeAll"/> for the same thing; false when the deadline came first.
    /// </summary>
    public bool WaitFor(LogicalThread me, object what, long deadline)
    {
        Block(me, what, 0, deadline);
        return !me.TimedOut;
    }

    public void WakeAll(object what) => Wake(thread => thread.WaitsFor == what, all: true);

    /// <summary>Ends the run because of what was found; the caller goes no further.</summary>
    [DoesNotReturn]
    public void Fail(string rule, string message)
    {
        var violation = new Violation(rule, message);
        WasCutShort = true;
        if (_rules.Contains(rule))
            Violation ??= violation;
        _trace?.Write(this, $"VIOLATION of {rule}: {message}");
        _over.Set();
        // Whatever the threads of this run hold, they keep: they cannot be unwound without changing what they do.
        System.Threading.Thread.Sleep(Timeout.Infinite);
        throw new ViolationException(violation);
    }

    /// <summary>Records what a thread does, where runs are traced.</summary>
    public void Note(string what) => _trace?.Write(this, what);

    /// <summary>The body of each host thread.</summary>
    internal void RunToItsEnd(LogicalThread me, Action body)
    {
        s_current = me;
        try
        {
            body();
        }
        catch (Exception exception)
        {
            var violation = (exception as ViolationException)?.Violation
                ?? new Violation(Rules.Exceptions, $"{me.Name}: {exception}");
            Fail(violation.Rule, violation.Message);
        }

        s_current = null;
        me.Phase = ThreadPhase.Ended;
        _trace?.Write(this, "ends");
        Wake(thread => thread.WaitsFor == me, all: true);
        var next = Next();
        _running = next;
        me.Host.Release();
        if (next is null)
            _over.Set();
        else
            next.Host.Resume();
    }

    public string Describe() =>
        string.Join("\n", _threads.Where(thread => thread.Phase != ThreadPhase.Ended).Select(thread => $"  {thread}"));

    private void Step(LogicalThread me, string file, int line)
    {
        Steps++;
        Now += _schedule.StepNs;
        ExcusedNs += _schedule.StepNs;
        _trace?.Step(this, me, file, line);
        if (Now >= _nextDeadline)
            WakeDue();
        if (--_untilChoice > 0 && ++_turn < LongestTurn)
            return;
        if (Steps > _mostSteps)
            Fail(Rules.Progress, $"the run does not end within {_mostSteps} steps\n{Describe()}");
        Choose(me);
    }

    private void Choose(LogicalThread me)
    {
        _untilChoice = _chances.StepsUntil(_schedule.MeanRun);
        if (_schedule.Priorities && me.Phase == ThreadPhase.Runnable)
            me.Priority = _turn >= LongestTurn || _chances.OneIn(2) ? --_lowestPriority : me.Priority;
        _turn = 0;
        if (_schedule.OneDelayIn > 0 && _chances.OneIn(_schedule.OneDelayIn))
        {
            var ns = _chances.Spread(1000, _schedule.LongestDelayNs);
            ExcusedNs += ns;
            Block(me, Delay.Instance, 0, Now + ns);
            return;
        }

        SwitchFrom(me, Next()!);
    }

    private void Block(LogicalThread me, object? what, nint address, long deadline)
    {
        (me.Phase, me.WaitsFor, me.Address, me.Deadline, me.TimedOut) = (ThreadPhase.Blocked, what, address, deadline, false);
        _nextDeadline = Math.Min(_nextDeadline, deadline);
        _trace?.Write(this, $"waits for {what ?? "a notice"}");
        SwitchFrom(me, Next()!);
    }

    private void SwitchFrom(LogicalThread me, LogicalThread next)
    {
        if (next == me)
            return;
        Fingerprint = (Fingerprint ^ (ulong)next.Number ^ ((ulong)Steps << 8)) * 1099511628211;
        _running = next;
        next.Host.Resume();
        me.Host.Park();
    }

    // The next thread: null when all have ended.
    private LogicalThread? Next()
    {
        while (true)
        {
            LogicalThread? next = null;
            var seen = 0;
            foreach (var thread in _threads)
            {
                if (thread.Phase != ThreadPhase.Runnable)
                    continue;
                seen++;
                if (next is null || (_schedule.Priorities ? thread.Priority > next.Priority : _chances.OneIn(seen)))
                    next = thread;
            }

            if (next is not null)
                return next;
            if (_threads.TrueForAll(thread => thread.Phase == ThreadPhase.Ended))
                return null;
            PassTime();
        }
    }

    private void PassTime()
    {
        RecomputeDeadline();
        if (_nextDeadline == LogicalThread.Never)
            Fail(Rules.Progress, $"nobody can go on, ever\n{Describe()}");
        if (Idle is { } idle)
        {
            var me = s_current;
            s_current = null;
            idle(_nextDeadline);
            s_current = me;
        }

        if (_nextDeadline - LastSeenAt > LongestSilenceNs)
            Fail(Rules.Progress, $"nothing has happened for {LongestSilenceNs / 1_000_000_000} s\n{Describe()}");
        Now = Math.Max(Now, _nextDeadline);
        // Counts as a step: otherwise a thread that only sleeps and looks would never be noticed.
        if (++Steps > _mostSteps)
            Fail(Rules.Progress, $"the run does not end within {_mostSteps} steps\n{Describe()}");
        WakeDue();
    }

    private void WakeDue()
    {
        foreach (var thread in _threads)
        {
            if (thread.Phase == ThreadPhase.Blocked && thread.Deadline <= Now)
            {
                thread.TimedOut = true;
                MakeRunnable(thread);
            }
        }

        RecomputeDeadline();
    }

    private void RecomputeDeadline()
    {
        _nextDeadline = LogicalThread.Never;
        foreach (var thread in _threads)
        {
            if (thread.Phase == ThreadPhase.Blocked)
                _nextDeadline = Math.Min(_nextDeadline, thread.Deadline);
        }
    }

    private void Wake(Func<LogicalThread, bool> waits, bool all)
    {
        LogicalThread? one = null;
        var seen = 0;
        foreach (var thread in _threads)
        {
            if (thread.Phase != ThreadPhase.Blocked || !waits(thread))
                continue;
            if (all)
                MakeRunnable(thread);
            else if (_chances.OneIn(++seen))
                one = thread;
        }

        if (one is not null)
            MakeRunnable(one);
    }

    private void MakeRunnable(LogicalThread thread)
    {
        (thread.Phase, thread.WaitsFor, thread.Address, thread.Deadline) = (ThreadPhase.Runnable, null, 0, LogicalThread.Never);
        Reconsider(thread);
    }

    // With priorities, a thread of higher priority than the running one continues at once.
    private void Reconsider(LogicalThread thread)
    {
        if (_schedule.Priorities && _running is { } running && thread.Priority > running.Priority)
            _untilChoice = 1;
    }
}

/// <summary>What a thread waits for while the system keeps it from running.</summary>
internal sealed class Delay
{
    public static Delay Instance { get; } = new();

    public override string ToString() => "the processor";
}
