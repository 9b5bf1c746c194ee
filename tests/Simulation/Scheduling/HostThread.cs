using System.Collections.Concurrent;

namespace OmeZarr.Simulation.Scheduling;

/// <summary>
/// A thread of the system that carries one logical thread after another: starting a new one for each would take most of a short
/// run's time. It sleeps until it is resumed, and a thread that resumes another goes to sleep: in each run, one is awake at a
/// time.
/// </summary>
internal sealed class HostThread
{
    private const int StackBytes = 512 * 1024;

    private static readonly ConcurrentBag<HostThread> Idle = [];

    private readonly SemaphoreSlim _resumed = new(0);
    private Action? _job;

    private HostThread() => new System.Threading.Thread(Run, StackBytes) { IsBackground = true, Name = "simulation" }.Start();

    /// <summary>A thread that will run a job once it is resumed.</summary>
    public static HostThread For(Action job)
    {
        if (!Idle.TryTake(out var host))
            host = new HostThread();
        host._job = job;
        return host;
    }

    public void Resume() => _resumed.Release();

    /// <summary>Sleeps until somebody resumes this thread; itself only.</summary>
    public void Park() => _resumed.Wait();

    /// <summary>
    /// Says that only resuming another thread is left to do: from now on the thread may be reused. Called by itself only.
    /// </summary>
    public void Release() => Idle.Add(this);

    private void Run()
    {
        while (true)
        {
            _resumed.Wait();
            _job!();
        }
    }
}
