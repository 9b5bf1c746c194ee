using System.Collections.Concurrent;

namespace OmeZarr.Simulation.Scheduling;

/// <summary>
/// A thread of the system that carries one logical thread after the other: starting one anew for each would take most of a
/// short run's time. It sleeps until it is resumed, and whoever resumes another goes to sleep: of a run, one is awake at a time.
/// </summary>
internal sealed class HostThread
{
    private const int StackBytes = 512 * 1024;

    private static readonly ConcurrentBag<HostThread> Idle = [];

    private readonly SemaphoreSlim _resumed = new(0);
    private Action? _job;

    private HostThread() => new System.Threading.Thread(Run, StackBytes) { IsBackground = true, Name = "simulation" }.Start();

    /// <summary>A thread that will do a job once it is resumed.</summary>
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

    /// <summary>Says that the job is done but for resuming somebody else: from now on others may have the thread. Itself only.</summary>
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
