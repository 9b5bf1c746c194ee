using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>Bytes of chunks: empty of information, full of it, and like a camera's.</summary>
internal static class ChunkSamples
{
    private static readonly int[] AwkwardSizes =
    [
        1, 2, 3, 7, 8, 15, 16, 17, 127, 128, 129, 255, 1023, 1024, 4095,
        32_767, 32_768, 65_535, 65_536, 65_537, 131_075, 300_007,
    ];

    internal static Arbitrary<byte[]> Chunks { get; } =
        (from size in Gen.OneOf(Gen.Elements(AwkwardSizes), Gen.Choose(1, 5000), Gen.Choose(1, 200_000))
         from kind in Gen.Choose(0, 3)
         from seed in Gen.Choose(0, int.MaxValue)
         select kind switch
         {
             0 => new byte[size],
             1 => Noise(size, seed),
             2 => CameraLike(size, seed),
             _ => Mixed(size, seed),
         }).ToArbitrary();

    internal static byte[] Noise(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>16-bit pixels of a slowly changing signal with shot noise, over an offset of 100 with read noise.</summary>
    internal static byte[] CameraLike(int size, int seed = 1)
    {
        var random = new Random(seed);
        var pixels = new ushort[size / sizeof(ushort) + 1];
        for (var i = 0; i < pixels.Length; i++)
        {
            const double ReadNoise = 2;
            var photons = 200 * (1 + Math.Sin(i / 400.0));
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            pixels[i] = (ushort)Math.Max(0, 100 + photons + normal * Math.Sqrt(photons + ReadNoise * ReadNoise));
        }

        return MemoryMarshal.AsBytes(pixels.AsSpan())[..size].ToArray();
    }

    /// <summary>Noise that stops halfway, so that some blocks shrink and some do not.</summary>
    private static byte[] Mixed(int size, int seed)
    {
        var bytes = Noise(size, seed);
        bytes.AsSpan(size / 2).Clear();
        return bytes;
    }
}
