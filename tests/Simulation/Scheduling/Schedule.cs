namespace OmeZarr.Simulation.Scheduling;

/// <summary>How a run chooses the next thread.</summary>
/// <param name="Priorities">
/// Whether threads have priorities, of which the highest always runs, and which change at a few random steps (PCT: S. Burckhardt
/// et al., "A randomized scheduler with probabilistic guarantees of finding bugs"). That finds defects which need few switches,
/// each at the right step. Otherwise any thread may come next (random walk), which finds defects that need many.
/// </param>
/// <param name="MeanRun">Steps from one choice to the next, on average.</param>
/// <param name="StepNs">Nanoseconds that a step takes.</param>
/// <param name="OneDelayIn">At one in this many choices the thread that was running is kept from running for a while; 0:
/// never.</param>
/// <param name="LongestDelayNs">The longest such delay.</param>
internal sealed record Schedule(bool Priorities, int MeanRun, long StepNs, int OneDelayIn, long LongestDelayNs)
{
    public static Schedule Of(Chances chances)
    {
        var priorities = chances.OneIn(3);
        return new Schedule(
            priorities,
            priorities ? chances.Of(100, 300, 1000) : chances.Of(2, 5, 15, 50),
            chances.Of(20, 100, 1000),
            chances.Of(0, 0, 20, 100),
            chances.Of(100_000, 5_000_000, 50_000_000));
    }
}
