using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>How much like noise a stream must be for its compressor to be spared.</summary>
internal readonly record struct NoiseLimits
{
    /// <summary>The mean of <see cref="MeasureOf"/> over a stream's pieces, up to which it is noise.</summary>
    internal required double Limit { get; init; }

    private bool MayUseEntropy { get; init; }

    /// <summary>Positions that a search remembers; 0 where the measure is the coincidence itself.</summary>
    private int Positions { get; init; }

    /// <summary>Fewer coincidences than this: every byte is about as frequent as every other.</summary>
    private const double StoredCoincidence = 1 / 240.0;

    internal static NoiseLimits For(Compression.Blosc settings)
    {
        double E(string n, double d) => double.TryParse(Environment.GetEnvironmentVariable(n), out var v) ? v : d;
        return settings.Compressor == BloscCompressor.Zstd
            ? new() { MayUseEntropy = settings.Shuffle != BloscShuffle.Bit, Limit = E("ZL", settings.Shuffle == BloscShuffle.Bit ? StoredCoincidence : 0.2) }
            : settings.Shuffle == BloscShuffle.Bit ? new() { Limit = StoredCoincidence }
            : new() { Positions = 4096, Limit = E("LL", 0.05) };
    }

    /// <summary>For LZ4: how likely four bytes are found among those that the search remembers.</summary>
    internal double MeasureOf(double coincidence) => Positions == 0
        ? coincidence
        : Math.Min(1, Positions * coincidence * coincidence * coincidence * coincidence);

    internal StreamChoice ChoiceFor(double measure) =>
        MayUseEntropy && measure > StoredCoincidence ? StreamChoice.Entropy : StreamChoice.Store;
}
