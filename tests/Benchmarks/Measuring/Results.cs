namespace OmeZarr.Benchmarks.Measuring;

/// <summary>All that a run found.</summary>
internal sealed class Results(Machine machine)
{
    public Machine Machine { get; } = machine;

    public List<Limit> Limits { get; } = [];

    public List<Layer> Layers { get; } = [];

    public List<ThroughputFigure> Throughputs { get; } = [];

    public List<LatencyCurve> LatencyCurves { get; } = [];

    public List<Finding> Findings { get; } = [];

    /// <summary>What was left out, and why.</summary>
    public List<string> Skipped { get; } = [];
}

/// <summary>What this machine can do at most, measured beside the streams.</summary>
internal sealed record Limit(string Name, string Unit, Spread Measured);

/// <summary>Speed of a stream of one layout after each layer, in MB/s of pixels.</summary>
internal sealed record Layer(string Regime, string Name, Spread Speed);

/// <summary>Speed of a saturated stream and the ceiling beside it, in MB/s of pixels.</summary>
internal sealed record ThroughputFigure(string Regime, string Place, Spread Speed, Spread Ceiling);

/// <summary>How long appends and plain copies of the same frames took in one paced run.</summary>
internal sealed record LatencyCurve(string Name, IReadOnlyList<LatencyPoint> Points);

/// <summary>A share of all calls (0 to 1) and the nanoseconds that it did not exceed.</summary>
internal sealed record LatencyPoint(double Share, double AppendNs, double CopyNs);
