using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Streaming.PixelFormats;

/// <summary>Extracts one colour from pixels of three or four numbers, of one or two bytes each.</summary>
internal static unsafe class InterleavedColors
{
    /// <summary>Bytes that one group of a vector yields.</summary>
    private const int GroupBytes = 16;

    private const int FewestParts = 3;
    private const int MostParts = 4;
    private const int MostPartBytes = 2;

    /// <summary>
    /// For each size of a number, count of them in a pixel, number and part of a group: see <see cref="NumbersIn"/>.
    /// </summary>
    private static readonly Vector128<byte>[] Numbers =
    [
        .. from bytes in Enumerable.Range(1, MostPartBytes)
           from parts in Enumerable.Range(FewestParts, MostParts - FewestParts + 1)
           from part in Enumerable.Range(0, MostParts)
           from vector in Enumerable.Range(0, MostParts)
           select NumbersIn(vector, parts, bytes, part),
    ];

    /// <summary>Extracts a colour from a run of pixels, with the widest vectors that the processor has.</summary>
    /// <param name="source">The run's first pixel.</param>
    /// <param name="pixel">What a pixel looks like.</param>
    /// <param name="part">Which of its numbers.</param>
    /// <param name="count">Pixels of the run; nothing is read beyond the last.</param>
    /// <param name="target">Receives a number for each.</param>
    internal static void Take(byte* source, ColorLayout pixel, int part, int count, byte* target)
    {
        var done = 0;
        if (Avx2.IsSupported)
            done = Take<TwoGroups, Vector256<byte>>(source, pixel, part, count, target);
        if (Vector128.IsHardwareAccelerated)
            done += Take<OneGroup, Vector128<byte>>(Behind(done), pixel, part, count - done, To(done));
        TakeScalar(Behind(done), pixel, part, count - done, To(done));

        byte* Behind(nint pixels) => source + pixels * pixel.PixelBytes;
        byte* To(nint pixels) => target + pixels * pixel.PartBytes;
    }

    /// <summary>Processes whole vectors and returns how many pixels that were.</summary>
    internal static int Take<TLanes, TVector>(byte* source, ColorLayout pixel, int part, int count, byte* target)
        where TLanes : struct, IPixelLanes<TVector>
        where TVector : struct
    {
        // A group's pixels lie in as many vectors as a pixel has numbers; each contributes those of the wanted colour.
        var group = GroupBytes * pixel.Parts;
        var numbers = NumbersOf(pixel, part);
        var pick0 = TLanes.Repeat(numbers[0]);
        var pick1 = TLanes.Repeat(numbers[1]);
        var pick2 = TLanes.Repeat(numbers[2]);
        var pick3 = TLanes.Repeat(numbers[3]);
        var perVector = GroupBytes / pixel.PartBytes * TLanes.Groups;
        var vectors = count / perVector;
        for (var i = 0; i < vectors; i++, source += group * TLanes.Groups, target += GroupBytes * TLanes.Groups)
        {
            var bytes = TLanes.Or(
                TLanes.Pick(TLanes.Load(source, group), pick0), TLanes.Pick(TLanes.Load(source + 16, group), pick1));
            bytes = TLanes.Or(bytes, TLanes.Pick(TLanes.Load(source + 32, group), pick2));
            if (pixel.Parts == MostParts)
                bytes = TLanes.Or(bytes, TLanes.Pick(TLanes.Load(source + 48, group), pick3));
            TLanes.Store(bytes, target);
        }

        return vectors * perVector;
    }

    /// <summary>Extracts a colour from a run pixel by pixel.</summary>
    internal static void TakeScalar(byte* source, ColorLayout pixel, int part, int count, byte* target)
    {
        source += part * pixel.PartBytes;
        for (nint i = 0; i < count; i++, source += pixel.PixelBytes)
        {
            for (var b = 0; b < pixel.PartBytes; b++)
                target[i * pixel.PartBytes + b] = source[b];
        }
    }

    private static ReadOnlySpan<Vector128<byte>> NumbersOf(ColorLayout pixel, int part)
    {
        var kind = (pixel.PartBytes - 1) * (MostParts - FewestParts + 1) + pixel.Parts - FewestParts;
        return Numbers.AsSpan((kind * MostParts + part) * MostParts, MostParts);
    }

    /// <summary>For each byte of a group its index within one vector, or 0x80 where it is in another one.</summary>
    private static Vector128<byte> NumbersIn(int vector, int parts, int partBytes, int part)
    {
        const byte elsewhere = 0x80;
        var numbers = stackalloc byte[GroupBytes];
        for (var i = 0; i < GroupBytes; i++)
        {
            var (pixel, b) = Math.DivRem(i, partBytes);
            var at = (pixel * parts + part) * partBytes + b - vector * GroupBytes;
            numbers[i] = at is >= 0 and < GroupBytes ? (byte)at : elsewhere;
        }

        return Vector128.Load(numbers);
    }
}
