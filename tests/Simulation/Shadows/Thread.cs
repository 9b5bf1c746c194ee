using OmeZarr.Simulation.Scheduling;

namespace OmeZarr;

/// <summary>Replaces <see cref="System.Threading.Thread"/>: a thread of the run.</summary>
internal sealed class Thread(Action body, int stackBytes)
{
    private LogicalThread? _thread;

    public bool IsBackground { get; set; }

    public string Name { get; set; } = "thread";

    /// <summary>Bytes of its stack; none for a thread of the host, which the system always starts.</summary>
    public int StackBytes => stackBytes;

    public void Start()
    {
        var me = Scheduler.Current ?? throw new InvalidOperationException("threads are started by threads of a run");
        Scheduler.Point();
        if (StackBytes > 0 && me.Scheduler.ThreadsLeft-- <= 0)
            throw new OutOfMemoryException("the system starts no more threads");
        _thread = me.Scheduler.Start(Name, body);
        Scheduler.Point();
    }

    public void Join()
    {
        var me = Scheduler.Current ?? throw new InvalidOperationException("threads are joined by threads of a run");
        while (_thread is { Phase: not ThreadPhase.Ended } thread)
            me.Scheduler.WaitFor(me, thread, LogicalThread.Never);
    }

    /// <summary>Lets other threads run; called by a thread that waits for them in a loop.</summary>
    public static bool Yield()
    {
        Scheduler.GiveWay();
        return true;
    }

    public static void SpinWait(int iterations) => Scheduler.Point();
}

/// <summary>Replaces <see cref="System.Threading.SpinWait"/>: a thread that waits in a loop lets others run.</summary>
internal struct SpinWait
{
    public void SpinOnce() => Scheduler.GiveWay();
}
