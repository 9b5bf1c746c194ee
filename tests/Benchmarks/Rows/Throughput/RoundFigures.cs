using OmeZarr.Benchmarks.Limits;

namespace OmeZarr.Benchmarks.Rows.Throughput;

/// <summary>What one round measured of a regime: limits and layers side by side, in MB/s.</summary>
internal sealed class RoundFigures
{
    /// <summary>One thread copying the regime's frames into slots.</summary>
    public double Copy { get; set; }

    /// <summary>The C codec on one thread; null for raw pixels.</summary>
    public CodecSpeed? Codec { get; set; }

    public double Ring { get; set; }

    public double NullStore { get; set; }

    /// <summary>Speed of a plain file written at each place.</summary>
    public Dictionary<WorkPlace, double> Write { get; } = [];

    /// <summary>Speed of the published library at each place.</summary>
    public Dictionary<WorkPlace, double> Stream { get; } = [];

    /// <summary>
    /// The speed at which all cores copy and encode without ever waiting, and the output is then written as fast as a plain file:
    /// 1 / (1 / (cores x copy) + 1 / (cores x codec) + bytes out / bytes in / write).
    /// </summary>
    public double Ceiling(WorkPlace place)
    {
        var work = 1 / Copy + (Codec is null ? 0 : 1 / Codec.MegabytesPerSecond);
        return 1 / (work / Environment.ProcessorCount + 1 / (Codec?.Ratio ?? 1) / Write[place]);
    }

    /// <summary>What codec and plain file allow together, as <see cref="PeerMachine"/> has it for the other machine.</summary>
    public double Limit(WorkPlace place) => Codec is null
        ? Write[place]
        : PeerMachine.LimitOf(Environment.ProcessorCount, Codec.MegabytesPerSecond, Codec.Ratio, Write[place]);
}
