using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>How a run with a fault ended.</summary>
/// <param name="Outcome">Which of the allowed ones, or a word for what is not allowed.</param>
/// <param name="Problems">What must not be.</param>
/// <param name="What">The call that the fault met.</param>
/// <param name="Given">For a message: settings, and what the host said.</param>
internal sealed record FaultResult(string Outcome, IReadOnlyList<Problem> Problems, string What, string Given);
