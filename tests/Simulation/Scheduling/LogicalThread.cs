using OmeZarr.Concurrency;

namespace OmeZarr.Simulation.Scheduling;

/// <summary>A thread of a simulated run. Runs when the <see cref="Scheduler"/> says so.</summary>
internal sealed class LogicalThread
{
    /// <summary>In place of a deadline: none.</summary>
    public const long Never = long.MaxValue;

    public LogicalThread(Scheduler scheduler, int number, string name, Action body)
    {
        Scheduler = scheduler;
        Number = number;
        Name = name;
        Host = HostThread.For(() => scheduler.RunToItsEnd(this, body));
    }

    public Scheduler Scheduler { get; }

    public int Number { get; }

    public string Name { get; }

    public HostThread Host { get; }

    public ThreadPhase Phase { get; set; } = ThreadPhase.Runnable;

    /// <summary>
    /// What it waits for while it is blocked: a lock, a thread, an operation of the store; null for a word of memory.
    /// </summary>
    public object? WaitsFor { get; set; }

    /// <summary>The word of memory that it sleeps on, while it is blocked.</summary>
    public nint Address { get; set; }

    /// <summary>When it continues anyway, while it is blocked.</summary>
    public long Deadline { get; set; } = Never;

    /// <summary>Whether the last wait ended by its deadline.</summary>
    public bool TimedOut { get; set; }

    /// <summary>The higher, the sooner it runs, with <see cref="Schedule.Priorities"/>.</summary>
    public int Priority { get; set; }

    public override string ToString() => Phase switch
    {
        ThreadPhase.Blocked =>
            $"{Name}: waits for {(WaitsFor is null ? "a notice" : WaitsFor)}"
                + $"{(Deadline == Never ? "" : $" until {Deadline / 1000} us")}",
        _ => $"{Name}: {Phase}",
    };
}

internal enum ThreadPhase
{
    Runnable,
    Blocked,
    Ended,
}
