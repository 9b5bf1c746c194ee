using System.Runtime.CompilerServices;
using OmeZarr.Simulation.Scheduling;

// In the system's namespace: the compiler knows the lock of a lock statement by its full name, and a type in the sources takes
// precedence over one in a library.
namespace System.Threading;

/// <summary>Replaces the system's: a thread that waits for it waits in the simulation, and in its time.</summary>
internal sealed class Lock
{
    private readonly Owner _owner = new();
    private int _entered;

    public bool IsHeldByCurrentThread => _owner.Thread == Scheduler.Current && _entered > 0;

    public void Enter([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => TryEnter(-1, file, line);

    public bool TryEnter([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => TryEnter(0, file, line);

    public bool TryEnter(int timeoutMs, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        // Outside of a run there is only one thread.
        if (Scheduler.Current is not { } me)
        {
            _entered++;
            return true;
        }

        Scheduler.Point(file, line);
        var deadline = timeoutMs < 0 ? LogicalThread.Never : me.Scheduler.Now + timeoutMs * 1_000_000L;
        while (_entered > 0 && _owner.Thread != me)
        {
            if (me.Scheduler.Now >= deadline || !me.Scheduler.WaitFor(me, _owner, deadline))
                return false;
        }

        _owner.Thread = me;
        _entered++;
        return true;
    }

    public void Exit([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (--_entered > 0 || Scheduler.Current is not { } me)
            return;
        _owner.Thread = null;
        me.Scheduler.WakeAll(_owner);
        Scheduler.Point(file, line);
    }

    public Scope EnterScope()
    {
        Enter();
        return new Scope(this);
    }

    public readonly ref struct Scope(Lock entered)
    {
        public void Dispose() => entered.Exit();
    }

    private sealed class Owner
    {
        public LogicalThread? Thread { get; set; }

        public override string ToString() => $"the lock that {Thread?.Name} has";
    }
}
