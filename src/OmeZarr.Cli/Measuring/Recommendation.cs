using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Measuring;

/// <summary>What to use, and why, in words.</summary>
/// <param name="Choice">The result that is recommended.</param>
/// <param name="Suffices">Whether it keeps up with the camera, with room to spare; null when no rate was asked for.</param>
/// <param name="Reason">Why.</param>
internal sealed record Recommendation(BenchResult Choice, bool? Suffices, string Reason)
{
    /// <summary>What a disk does now it may not do in an hour, beside other programs, or when it is nearly full.</summary>
    public const double Headroom = 1.25;

    public static Recommendation Of(IReadOnlyList<BenchResult> results, double? rate)
    {
        var fastest = results.MaxBy(result => result.FramesPerSecond)!;
        if (rate is not { } wanted)
        {
            // Smaller files are worth half of the speed, not more.
            var smallest = results.Where(result => result.FramesPerSecond >= fastest.FramesPerSecond / 2)
                .MinBy(result => result.Fraction)!;
            return new Recommendation(smallest, null, smallest == fastest
                ? "the fastest, and nothing that is half as fast stores less"
                : $"stores the least of those that are at least half as fast as {fastest.Compression}");
        }

        var able = results.Where(result => result.FramesPerSecond >= wanted * Headroom).ToArray();
        if (able.Length > 0)
        {
            return new Recommendation(able.MinBy(result => result.Fraction)!, true,
                $"stores the least of those that keep up with {Quantity.Number(wanted, 1)} frames/s with a quarter to spare");
        }

        var share = fastest.FramesPerSecond / wanted;
        return new Recommendation(fastest, false, share >= 1
            ? $"keeps up with {Quantity.Number(wanted, 1)} frames/s, but with less than a quarter to spare"
            : $"the fastest, but {Quantity.Number(share * 100, 0)} % of {Quantity.Number(wanted, 1)} frames/s: "
                + $"a run longer than its memory lasts would wait for this machine or drop frames");
    }
}
