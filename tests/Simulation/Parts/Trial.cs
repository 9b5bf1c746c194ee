using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Litmus;

/// <summary>
/// One play of a scenario of the litmus. It replaces the litmus' own class of that name: its threads are threads of a run. A
/// finding ends the run, and so does a hang.
/// </summary>
internal sealed class Trial(Scheduler scheduler, Chances chances)
{
    /// <summary>How many threads a scenario gives roles to.</summary>
    public int Threads { get; } = chances.Between(4, 7);

    /// <summary>Operations that are wanted, at least 1.</summary>
    public int Wanted { get; } = chances.Between(1, 60);

    /// <summary>So long that a thread that sleeps on is found to hang.</summary>
    public int LongestSleepMs => 2_000_000;

    /// <summary>Chooses the sizes; for the thread that begins the trial.</summary>
    public Worker Chooser { get; } = new((uint)chances.Next());

    /// <summary>Never true before everything is done: a finding ends the run at once.</summary>
    public bool IsOver => false;

    /// <summary>Reports something wrong, which ends the run; any thread.</summary>
    public void Found(string violation) => scheduler.Fail(Rules.Parts, violation);

    /// <summary>Ends the run unless a condition holds; any thread.</summary>
    public void Expect(bool condition, string violation)
    {
        if (!condition)
            Found(violation);
    }

    /// <summary>Runs each body on a thread of its own, together, to their ends.</summary>
    /// <param name="wakeAll">Not needed: nobody is woken once something is found.</param>
    /// <param name="bodies">Return once their work is done.</param>
    public void Run(Action wakeAll, params Action<Worker>[] bodies)
    {
        var threads = bodies.Select((body, number) => scheduler.Start($"thread {number}", () =>
        {
            var worker = new Worker((uint)chances.Next());
            body(worker);
        })).ToArray();
        foreach (var thread in threads)
        {
            while (thread.Phase != ThreadPhase.Ended)
                scheduler.WaitFor(Scheduler.Current!, thread, LogicalThread.Never);
        }
    }
}
