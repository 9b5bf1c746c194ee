using System.Numerics;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Streaming.Tests.Pyramid;

/// <summary>What each method is by its definition, pixel by pixel.</summary>
internal static class NaiveDownsampling
{
    /// <summary>One pixel from all pixels of a block, in C order.</summary>
    internal static T Of<T>(PyramidMethod method, IReadOnlyList<T> block)
        where T : unmanaged, INumber<T> => method switch
        {
            PyramidMethod.Mean => default(T) is float or double ? FloatMean(block) : IntegerMean(block),
            PyramidMethod.Decimate => block[0],
            PyramidMethod.Min => block.FirstOrNaN() ?? Ordered(block)[0],
            PyramidMethod.Max => block.FirstOrNaN() ?? Ordered(block)[^1],
            PyramidMethod.Median => block.FirstOrNaN() ?? Unsigned(Ordered(block)[(block.Count - 1) / 2]),
            PyramidMethod.Mode => Mode(block),
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };

    private static T IntegerMean<T>(IReadOnlyList<T> block)
        where T : unmanaged, INumber<T>
    {
        var sum = block.Aggregate(BigInteger.Zero, (sum, pixel) => sum + BigInteger.CreateChecked(pixel));
        var below = BigInteger.Divide(sum - (((sum % block.Count) + block.Count) % block.Count), block.Count);
        var twiceTheRest = 2 * (sum - below * block.Count);
        var up = twiceTheRest > block.Count || (twiceTheRest == block.Count && !below.IsEven);
        return T.CreateChecked(up ? below + 1 : below);
    }

    private static T FloatMean<T>(IReadOnlyList<T> block)
        where T : unmanaged, INumber<T>
    {
        var sum = double.CreateChecked(block[0]);
        foreach (var pixel in block.Skip(1))
            sum += double.CreateChecked(pixel);
        return T.CreateTruncating(sum / block.Count);
    }

    private static T Mode<T>(IReadOnlyList<T> block)
        where T : unmanaged, INumber<T>
    {
        var groups = block.GroupBy(Unsigned).ToArray();
        var most = groups.Max(group => group.Count());
        var modes = groups.Where(group => group.Count() == most).Select(group => group.Key).ToArray();
        return modes.All(T.IsNaN) ? modes[0] : modes.Where(mode => !T.IsNaN(mode)).Min();
    }

    private static T[] Ordered<T>(IReadOnlyList<T> block)
        where T : unmanaged, INumber<T> => [.. block.OrderBy(pixel => pixel).ThenBy(pixel => T.IsNegative(pixel) ? 0 : 1)];

    private static T? FirstOrNaN<T>(this IReadOnlyList<T> block)
        where T : unmanaged, INumber<T>
    {
        foreach (var pixel in block)
        {
            if (T.IsNaN(pixel))
                return pixel;
        }

        return null;
    }

    /// <summary>0 for -0.</summary>
    private static T Unsigned<T>(T pixel)
        where T : unmanaged, INumber<T> => pixel == T.Zero ? T.Zero : pixel;
}
