using System.Diagnostics;

namespace OmeZarr.Litmus;

/// <summary>
/// One play of a scenario: its threads, and what they find. Ends early once anything is found, since a broken object may hang. A
/// hang is a finding, too.
/// </summary>
/// <param name="options">How many threads, and how long to wait for them.</param>
/// <param name="operations">The number of operations wanted.</param>
/// <param name="seed">Makes its choices differ from those of other trials.</param>
internal sealed class Trial(Options options, long operations, uint seed)
{
    private const int LookMs = 100;
    private const int EndMs = 1000;

    private volatile Worker[] _workers = [];
    private volatile bool _isOver;
    private string? _first;
    private int _violations;

    /// <summary>How many threads a scenario gives roles to.</summary>
    public int Threads => options.Threads;

    /// <summary>Operations that are wanted, at least 1.</summary>
    public int Wanted => (int)operations;

    /// <summary>Longer than it takes to detect a hang: a sleep whose wake-up was lost ends then.</summary>
    public int LongestSleepMs => checked(2000 * options.PatienceSeconds);

    /// <summary>Chooses the sizes; for the thread that begins the trial.</summary>
    public Worker Chooser { get; } = new(seed * 7919);

    /// <summary>Whether the threads are to end.</summary>
    public bool IsOver => _isOver;

    public int Violations => Volatile.Read(ref _violations);

    /// <summary>The first thing found wrong, or null.</summary>
    public string? First => Volatile.Read(ref _first);

    /// <summary>Operations done.</summary>
    public long Operations => _workers.Sum(worker => worker.Operations);

    /// <summary>Reports something wrong; any thread.</summary>
    public void Found(string violation)
    {
        Interlocked.CompareExchange(ref _first, violation, null);
        Interlocked.Increment(ref _violations);
        _isOver = true;
    }

    /// <summary>Reports something wrong unless a condition holds; any thread.</summary>
    public void Expect(bool condition, string violation)
    {
        if (!condition)
            Found(violation);
    }

    /// <summary>Runs each body on its own thread, all together, until they end or hang.</summary>
    /// <param name="wakeAll">Ends sleeps that have no time-out, once the trial is over.</param>
    /// <param name="bodies">Must return once <see cref="IsOver"/>.</param>
    public void Run(Action wakeAll, params Action<Worker>[] bodies)
    {
        using var start = new Barrier(bodies.Length);
        _workers = [.. Enumerable.Range(1, bodies.Length).Select(number => new Worker(seed * 7919 + (uint)number))];
        var threads = bodies.Zip(_workers, (body, worker) => new Thread(() => Run(start, body, worker)) { IsBackground = true })
            .ToArray();
        foreach (var thread in threads)
            thread.Start();
        WatchOver(threads);
        if (!_isOver)
            return;
        wakeAll();
        var end = Stopwatch.StartNew();
        foreach (var thread in threads)
            thread.Join(TimeSpan.FromMilliseconds(Math.Max(0, EndMs - end.ElapsedMilliseconds)));
    }

    private void Run(Barrier start, Action<Worker> body, Worker worker)
    {
        try
        {
            start.SignalAndWait();
            body(worker);
        }
        catch (Exception exception)
        {
            Found($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    // Returns when all threads have ended, or once the trial is over.
    private void WatchOver(Thread[] threads)
    {
        var moved = Stopwatch.StartNew();
        var seen = Operations;
        foreach (var thread in threads)
        {
            while (!_isOver && !thread.Join(LookMs))
            {
                if (Operations != seen)
                {
                    seen = Operations;
                    moved.Restart();
                }
                else if (moved.Elapsed.TotalSeconds >= options.PatienceSeconds)
                {
                    Found($"{threads.Count(other => other.IsAlive)} threads hang: a wake-up, or what they wait for, was lost");
                }
            }
        }
    }
}
