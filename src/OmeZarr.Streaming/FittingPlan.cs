using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Streaming;

/// <summary>A plan and the memory that it takes, which the budget has.</summary>
/// <param name="Plan">What is written. Automatic layouts are the first that fit.</param>
/// <param name="Memory">Its memory.</param>
public sealed record FittingPlan(AcquisitionPlan Plan, MemoryPlan Memory)
{
    /// <summary>
    /// Plans an acquisition and its memory. Where a layout is automatic and its memory does not suffice, others that take less
    /// are tried.
    /// </summary>
    /// <param name="utf8Json">The settings document.</param>
    /// <param name="processors">Processors of the machine: the number of workers when settings do not say.</param>
    /// <exception cref="SettingsException">The document is refused.</exception>
    /// <exception cref="MemoryBudgetException">No such layout fits the budget; the message is that of the first.</exception>
    public static FittingPlan For(ReadOnlySpan<byte> utf8Json, int processors)
    {
        var plan = AcquisitionPlanner.Plan(utf8Json);
        try
        {
            return new FittingPlan(plan, MemoryPlan.For(plan, processors));
        }
        catch (MemoryBudgetException) when (plan.Settings.Cameras.Any(camera => camera.AutoLayout))
        {
            if (AutoLimits.Of(plan.Settings).Less().Select(limits => WithLimits(plan, limits, processors))
                .FirstOrDefault(fitting => fitting is not null) is { } less)
                return less;
            throw;
        }
    }

    private static FittingPlan? WithLimits(AcquisitionPlan plan, AutoLimits limits, int processors)
    {
        try
        {
            var less = AcquisitionPlanner.WithLimits(plan, limits);
            return new FittingPlan(less, MemoryPlan.For(less, processors));
        }
        catch (MemoryBudgetException)
        {
            return null;
        }
    }
}
