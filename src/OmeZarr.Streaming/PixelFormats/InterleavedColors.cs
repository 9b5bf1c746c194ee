using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OmeZarr.Streaming.PixelFormats;

/// <summary>Extracts one colour from pixels of three or four bytes.</summary>
internal static unsafe class InterleavedColors
{
    /// <summary>Pixels that one group of a vector yields.</summary>
    private const int PixelsPerGroup = 16;

    private const int FewestColors = 3;
    private const int MostColors = 4;

    /// <summary>For each number of colours, colour and part of a group: see <see cref="NumbersIn"/>.</summary>
    private static readonly Vector128<byte>[] Numbers =
    [
        .. from colors in Enumerable.Range(FewestColors, MostColors - FewestColors + 1)
           from color in Enumerable.Range(0, MostColors)
           from part in Enumerable.Range(0, MostColors)
           select NumbersIn(part, colors, color),
    ];

    /// <summary>Extracts a colour from a run of pixels, with the widest vectors that the processor has.</summary>
    /// <param name="source">The run's first pixel.</param>
    /// <param name="colors">Bytes of a pixel: 3 or 4.</param>
    /// <param name="color">Index of the colour.</param>
    /// <param name="count">Pixels of the run; nothing is read beyond the last.</param>
    /// <param name="target">Receives a byte for each.</param>
    internal static void Take(byte* source, int colors, int color, int count, byte* target)
    {
        var done = 0;
        if (Avx2.IsSupported)
            done = Take<TwoGroups, Vector256<byte>>(source, colors, color, count, target);
        if (Vector128.IsHardwareAccelerated)
            done += Take<OneGroup, Vector128<byte>>(source + (nint)done * colors, colors, color, count - done, target + done);
        TakeScalar(source + (nint)done * colors, colors, color, count - done, target + done);
    }

    /// <summary>Processes whole vectors and returns how many pixels that were.</summary>
    internal static int Take<TLanes, TVector>(byte* source, int colors, int color, int count, byte* target)
        where TLanes : struct, IPixelLanes<TVector>
        where TVector : struct
    {
        // A group's pixels lie in as many vectors as a pixel has bytes; each contributes the bytes of the wanted colour.
        var group = PixelsPerGroup * colors;
        var numbers = Numbers.AsSpan(((colors - FewestColors) * MostColors + color) * MostColors, MostColors);
        var pick0 = TLanes.Repeat(numbers[0]);
        var pick1 = TLanes.Repeat(numbers[1]);
        var pick2 = TLanes.Repeat(numbers[2]);
        var pick3 = TLanes.Repeat(numbers[3]);
        var vectors = count / (PixelsPerGroup * TLanes.Groups);
        for (var i = 0; i < vectors; i++, source += group * TLanes.Groups, target += PixelsPerGroup * TLanes.Groups)
        {
            var bytes = TLanes.Or(
                TLanes.Pick(TLanes.Load(source, group), pick0), TLanes.Pick(TLanes.Load(source + 16, group), pick1));
            bytes = TLanes.Or(bytes, TLanes.Pick(TLanes.Load(source + 32, group), pick2));
            if (colors == MostColors)
                bytes = TLanes.Or(bytes, TLanes.Pick(TLanes.Load(source + 48, group), pick3));
            TLanes.Store(bytes, target);
        }

        return vectors * PixelsPerGroup * TLanes.Groups;
    }

    /// <summary>Extracts a colour from a run pixel by pixel.</summary>
    internal static void TakeScalar(byte* source, int colors, int color, int count, byte* target)
    {
        for (nint i = 0; i < count; i++)
            target[i] = source[i * colors + color];
    }

    /// <summary>For each of 16 pixels the index of its byte within one vector, or 0x80 where it is in another one.</summary>
    private static Vector128<byte> NumbersIn(int part, int colors, int color)
    {
        const byte elsewhere = 0x80;
        var numbers = stackalloc byte[PixelsPerGroup];
        for (var pixel = 0; pixel < PixelsPerGroup; pixel++)
        {
            var at = pixel * colors + color - part * PixelsPerGroup;
            numbers[pixel] = at is >= 0 and < PixelsPerGroup ? (byte)at : elsewhere;
        }

        return Vector128.Load(numbers);
    }
}
