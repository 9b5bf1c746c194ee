using System.Runtime.Intrinsics;

namespace OmeZarr.Zarr.Blosc;

/// <summary>Measures of a piece of a stream that tell noise from bytes in which repeats can be found.</summary>
internal static unsafe class NoiseStatistics
{
    /// <summary>Bytes of a piece.</summary>
    internal const int PieceBytes = 128;

    /// <summary>Bytes are compared with those up to so far behind them.</summary>
    private const int MaxDistance = 16;

    private const int ComparedBytes = 96;

    /// <summary>Bytes that are looked for, and how often.</summary>
    private const int NeedleBytes = 8;
    private const int Needles = 8;

    /// <summary>
    /// How likely two bytes near each other are equal: 1 where all are, 1/256 in noise that uses all values alike.
    /// </summary>
    /// <param name="piece"><see cref="PieceBytes"/> bytes.</param>
    internal static double Coincidence(byte* piece)
    {
        // At most 16 x 3 in each byte.
        var equal = Vector256<byte>.Zero;
        for (var i = 0; i < ComparedBytes; i += Vector256<byte>.Count)
        {
            var bytes = Vector256.Load(piece + i);
            for (var distance = 1; distance <= MaxDistance; distance++)
                equal -= Vector256.Equals(bytes, Vector256.Load(piece + i + distance));
        }

        var (low, high) = Vector256.Widen(equal);
        return Vector256.Sum(low + high) / (double)(ComparedBytes * MaxDistance);
    }

    /// <summary>Whether some bytes of a run occur in it again: never by chance in noise that is worth storing.</summary>
    internal static bool HasRepeats(ReadOnlySpan<byte> run)
    {
        var step = run.Length / (Needles + 1);
        for (var start = 0; start + 2 * NeedleBytes <= run.Length && start < Needles * step; start += step)
        {
            if (run[(start + 1)..].IndexOf(run.Slice(start, NeedleBytes)) >= 0)
                return true;
        }

        return false;
    }
}
