using System.Collections.Immutable;

namespace OmeZarr.Documents;

/// <summary>Frames with consecutive numbers.</summary>
/// <param name="First">The first one's number.</param>
/// <param name="Count">How many, at least 1.</param>
public readonly record struct FrameRun(long First, long Count)
{
    /// <summary>The number behind the last one.</summary>
    public long End => checked(First + Count);
}

/// <summary>Frames as runs in the order of their numbers, which neither overlap nor touch.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="IsCut">Whether there were more than could be kept, and some are left out.</param>
public sealed record FrameRuns(ImmutableArray<FrameRun> Runs, bool IsCut)
{
    /// <summary>The most runs that are kept of a dataset, shared by its cameras. In docs/layouts.md.</summary>
    public const int Most = 10_000;

    /// <summary>No frames.</summary>
    public static FrameRuns None { get; } = new([], false);
}
