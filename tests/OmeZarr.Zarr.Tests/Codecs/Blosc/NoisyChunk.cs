using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Zarr.Tests.Codecs.Blosc;

/// <summary>
/// A chunk in which each byte of the elements is noise, nearly noise, structure or constant, and may change from one to another
/// in mid-stream.
/// </summary>
internal sealed record NoisyChunk(Compression.Blosc Settings, DataType Type, byte[] Bytes)
{
    /// <summary>All compressors, shuffles and types; sizes about those of samples, streams and blocks.</summary>
    internal static Arbitrary<NoisyChunk> Any { get; } =
        (from compressor in Gen.Elements(Enum.GetValues<BloscCompressor>())
         from shuffle in Gen.Elements(Enum.GetValues<BloscShuffle>())
         from level in Gen.Choose(1, compressor is BloscCompressor.Lz4 or BloscCompressor.Zstd ? 6 : 3)
         from blockSize in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Elements(1, 1000, 5000, 200_000)))
         from type in Gen.Elements(Enum.GetValues<DataType>())
         from elements in Gen.OneOf(
             Gen.Choose(1, 600), Gen.Choose(500, 20_000), Gen.Choose(100_000, 150_000),
             Gen.Elements(512, 4096, 65_536, 131_072, 262_144))
         from seed in Gen.Choose(0, int.MaxValue)
         let settings = new Compression.Blosc(compressor, level, shuffle, blockSize)
         select new NoisyChunk(settings, type, Draw(elements, type.Size(), seed))).ToArbitrary();

    public override string ToString() => $"{Settings}, {Type}, {Bytes.Length} bytes";

    private static byte[] Draw(int elements, int typeSize, int seed)
    {
        var random = new Random(seed);
        var chunk = new byte[elements * typeSize];
        for (var plane = 0; plane < typeSize; plane++)
        {
            var changes = random.Next(3) == 0 ? random.Next(elements) : elements;
            Action<int> draw = _ => { };
            for (var i = 0; i < elements; i++)
            {
                if (i == 0 || i == changes)
                    draw = Source(random, chunk, plane, typeSize);
                draw(i);
            }
        }

        return chunk;
    }

    private static Action<int> Source(Random random, byte[] chunk, int plane, int typeSize)
    {
        var (first, values, run) = (random.Next(256), random.Next(2, 257), random.Next(1, 50));
        void Set(int i, int value) => chunk[i * typeSize + plane] = (byte)value;
        return random.Next(6) switch
        {
            0 => i => Set(i, random.Next(256)),
            1 => i => Set(i, first + random.Next(values)),
            2 => i => Set(i, first),
            3 => i => Set(i, i / run),
            4 => i => Set(i, first + random.Next(6) + random.Next(6) + random.Next(6)),
            _ => i => Set(i, i >= 300 ? chunk[(i - 300) * typeSize + plane] : random.Next(256)),
        };
    }
}
