using System.Runtime.CompilerServices;
using OmeZarr.Simulation.Scheduling;

// In the system's namespace: the compiler knows the lock of a lock statement by its full name, and a type of the sources goes
// before one of a library.
namespace System.Threading;

/// <summary>In place of the system's: who waits for it waits in the simulation, and in its time.</summary>
internal sealed class Lock
{
    private readonly Holder _holder = new();
    private int _entered;

    public bool IsHeldByCurrentThread => _holder.Thread == Scheduler.Current && _entered > 0;

    public void Enter([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => TryEnter(-1, file, line);

    public bool TryEnter([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => TryEnter(0, file, line);

    public bool TryEnter(int timeoutMs, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        // Outside of a run there is one thread.
        if (Scheduler.Current is not { } me)
        {
            _entered++;
            return true;
        }

        Scheduler.Point(file, line);
        var deadline = timeoutMs < 0 ? LogicalThread.Never : me.Scheduler.Now + timeoutMs * 1_000_000L;
        while (_entered > 0 && _holder.Thread != me)
        {
            if (me.Scheduler.Now >= deadline || !me.Scheduler.WaitFor(me, _holder, deadline))
                return false;
        }

        _holder.Thread = me;
        _entered++;
        return true;
    }

    public void Exit([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (--_entered > 0 || Scheduler.Current is not { } me)
            return;
        _holder.Thread = null;
        me.Scheduler.WakeAll(_holder);
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

    private sealed class Holder
    {
        public LogicalThread? Thread { get; set; }

        public override string ToString() => $"the lock that {Thread?.Name} has";
    }
}
