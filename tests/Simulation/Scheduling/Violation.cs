namespace OmeZarr.Simulation.Scheduling;

/// <summary>What a run did that must not happen.</summary>
/// <param name="Rule">The rule that was broken; see <see cref="Rules"/>.</param>
/// <param name="Message">What was seen.</param>
internal sealed record Violation(string Rule, string Message);

/// <summary>Ends a logical thread whose run has found a violation already.</summary>
internal sealed class ViolationException(Violation violation) : Exception(violation.Message)
{
    public Violation Violation { get; } = violation;
}
