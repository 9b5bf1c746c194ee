using System.Text.Json.Serialization;

namespace OmeZarr.Benchmarks.Measuring;

/// <summary>One line of the report: a quantity, what it is held against, and whether the ratio keeps its budget.</summary>
internal sealed record Finding
{
    /// <summary>The row of docs/performance.md.</summary>
    public required int Row { get; init; }

    /// <summary>The situation: layout, codec, place.</summary>
    public required string Name { get; init; }

    /// <summary>What was measured.</summary>
    public required string Quantity { get; init; }

    public required string Unit { get; init; }

    public required Spread Measured { get; init; }

    /// <summary>What the measured quantity is divided by.</summary>
    public required string Against { get; init; }

    /// <summary>Measured / against, each repetition divided by what was measured beside it.</summary>
    public required Spread Ratio { get; init; }

    public required Budget Budget { get; init; }

    /// <summary>What else is worth knowing.</summary>
    public string? Note { get; init; }

    public bool Met => Budget.Admits(Ratio.Median);
}

/// <summary>The bound that a ratio must keep.</summary>
internal sealed record Budget(double Bound, [property: JsonIgnore] bool IsAtLeast)
{
    /// <summary>Which side is good.</summary>
    public string Sense => IsAtLeast ? "at_least" : "at_most";

    public static Budget AtLeast(double bound) => new(bound, true);

    public static Budget AtMost(double bound) => new(bound, false);

    public bool Admits(double ratio) => IsAtLeast ? ratio >= Bound : ratio <= Bound;

    public override string ToString() => $"{(IsAtLeast ? "≥" : "≤")} {Bound:0.###}";
}
