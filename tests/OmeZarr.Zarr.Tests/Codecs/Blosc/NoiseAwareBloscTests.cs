using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Blosc;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Zarr.Tests.Codecs.Blosc;

/// <summary>Blosc that spares noise: every reader decodes it, it is as small, and the same pixels give the same bytes.</summary>
[TestFixture]
public sealed class NoiseAwareBloscTests
{
    private const int Width = 512;

    private static readonly Compression.Blosc Lz4 = new(BloscCompressor.Lz4, 5, BloscShuffle.Byte, 0);
    private static readonly Compression.Blosc Zstd = new(BloscCompressor.Zstd, 3, BloscShuffle.Byte, 0);

    private static readonly int[] Photons = [0, 3, 10, 30, 100, 300, 1000, 5000];

    private static IEnumerable<Compression.Blosc> Modes() =>
        from compressor in new[] { BloscCompressor.Lz4, BloscCompressor.Lz4Hc, BloscCompressor.Zstd }
        from shuffle in Enum.GetValues<BloscShuffle>()
        from level in compressor == BloscCompressor.Lz4 ? new[] { 1, 5, 9 } : [1, 3, 5]
        select new Compression.Blosc(compressor, level, shuffle, 0);

    [Test]
    public void ShouldBeDecodedByCBloscAndByUsWhateverTheNoise() => Prop.ForAll(NoisyChunk.Any, chunk =>
    {
        var encoded = Encode(chunk.Settings, chunk.Type, chunk.Bytes);
        return CBlosc.Decompress(encoded, chunk.Bytes.Length).SequenceEqual(chunk.Bytes)
            && Decode(encoded, chunk.Bytes.Length).SequenceEqual(chunk.Bytes);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(600));

    [Test]
    public void ShouldGiveTheSameBytesWhateverWasEncodedBefore() => Prop.ForAll(NoisyChunk.Any, chunk =>
    {
        var codec = new ChunkCodec(chunk.Settings, checksum: false, chunk.Type);
        using var encoder = codec.CreateEncoder(chunk.Bytes.Length);
        var room = new byte[codec.MaxEncodedBytes(chunk.Bytes.Length)];
        _ = encoder.Encode(ChunkSamples.Noise(chunk.Bytes.Length), room);
        _ = encoder.Encode(new byte[chunk.Bytes.Length], room);
        var length = encoder.Encode(chunk.Bytes, room);
        return room.AsSpan(0, length).SequenceEqual(Encode(chunk.Settings, chunk.Type, chunk.Bytes));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [TestCaseSource(nameof(Modes))]
    public void ShouldBeAboutAsSmallAsCBloscOnCamerasFromDarkToBright(Compression.Blosc mode)
    {
        const double Most = 1 / 0.96;
        foreach (var photons in Photons)
        {
            var chunk = Camera(photons);
            var (ours, theirs) = (Encode(mode, DataType.UInt16, chunk).Length, CBlosc.Compress(mode, 2, chunk).Length);
            Assert.That(ours, Is.LessThanOrEqualTo(theirs * Most), $"{photons} photons a pixel");
        }
    }

    [Test]
    public void ShouldWriteTheBytesOfCBloscWhereNothingIsNoise([ValueSource(nameof(Modes))] Compression.Blosc mode)
    {
        foreach (var chunk in new[] { new byte[Width * Width * 2], Labels(), Slope() })
        {
            Assert.That(Encode(mode, DataType.UInt16, chunk).SequenceEqual(
                Encode(mode with { Effort = BloscEffort.Exact }, DataType.UInt16, chunk)));
        }
    }

    [Test]
    public void ShouldStoreTheNoiseAndCompressTheRest()
    {
        var streams = new BloscStreams(Encode(Lz4, DataType.UInt16, Camera(100)));
        Assert.That(streams.IsPlaneStored(0) && streams.IsPlaneCompressed(1));
    }

    [Test]
    public void ShouldCodeNoiseByItsEntropyWithZstd()
    {
        var streams = new BloscStreams(Encode(Zstd, DataType.UInt16, Camera(30)));
        Assert.That(streams.IsPlaneCompressed(0) && streams.IsPlaneCompressed(1));
        Assert.That(streams.All, Has.Some.Matches<(int Plane, int, int)>(stream => stream.Plane == 1), "zstd's blocks are split");
    }

    [TestCaseSource(nameof(Modes))]
    public void ShouldStoreAChunkOfNoiseWhole(Compression.Blosc mode) =>
        Assert.That(new BloscStreams(Encode(mode, DataType.UInt16, ChunkSamples.Noise(Width * Width * 2))).IsStoredWhole);

    [TestCase(64, 9)]
    [TestCase(512, 512)]
    [TestCase(1000, 300)]
    [TestCase(2048, 333)]
    public void ShouldFindNoiseThatRepeatsFromRowToRow(int width, int rows)
    {
        var row = ChunkSamples.Noise(width * 2);
        var chunk = new byte[row.Length * rows];
        for (var i = 0; i < chunk.Length; i++)
            chunk[i] = row[i % row.Length];
        var exact = Encode(Lz4 with { Effort = BloscEffort.Exact }, DataType.UInt16, chunk);
        Assert.That(Encode(Lz4, DataType.UInt16, chunk), Has.Length.EqualTo(exact.Length));
    }

    [Test]
    public void ShouldSearchAChunkThatIsNoiseOnlyInPart([Values(0.25, 0.5, 0.75)] double noisePart)
    {
        var chunk = Camera(100);
        chunk.AsSpan((int)(chunk.Length * noisePart)).Clear();
        var exact = Encode(Lz4 with { Effort = BloscEffort.Exact }, DataType.UInt16, chunk);
        Assert.That(Encode(Lz4, DataType.UInt16, chunk), Has.Length.LessThanOrEqualTo(exact.Length * 1.03));
    }

    [Test]
    public void ShouldGiveTheSameBytesOnManyThreads()
    {
        var chunks = Photons.Select(Camera).ToArray();
        var expected = chunks.Select(chunk => Encode(Zstd, DataType.UInt16, chunk)).ToArray();
        var codec = new ChunkCodec(Zstd, checksum: false, DataType.UInt16);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 2 }, worker =>
        {
            using var encoder = codec.CreateEncoder(chunks[0].Length);
            var room = new byte[codec.MaxEncodedBytes(chunks[0].Length)];
            for (var i = 0; i < 2 * chunks.Length; i++)
            {
                var number = (i * (worker + 1) + worker) % chunks.Length;
                var length = encoder.Encode(chunks[number], room);
                Assert.That(room.AsSpan(0, length).SequenceEqual(expected[number]));
            }
        });
    }

    private static byte[] Camera(int photons)
    {
        var random = new Random(photons);
        return Shorts((x, y) =>
        {
            var mean = photons * (1 + 0.5 * Math.Sin(x / 31.0) * Math.Cos(y / 23.0));
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return (int)Math.Round(Math.Max(0, 100 + mean + normal * Math.Sqrt(mean + 4)));
        });
    }

    private static byte[] Labels() => Shorts((x, y) => x / 40 + y / 40 * 64);

    private static byte[] Slope() => Shorts((x, y) => 3 * x + 7 * y);

    private static byte[] Shorts(Func<int, int, int> value)
    {
        var pixels = new ushort[Width * Width];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (ushort)value(i % Width, i / Width);
        return MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray();
    }

    private static byte[] Encode(Compression.Blosc settings, DataType type, byte[] chunk)
    {
        using var encoder = new BloscEncoder(settings, type.Size(), chunk.Length, CodecSelection.Libraries);
        var destination = new byte[BloscHeader.MaxChunkBytes(chunk.Length)];
        return destination[..encoder.Encode(chunk, destination)];
    }

    private static byte[] Decode(byte[] encoded, int chunkBytes)
    {
        using var decoder = new BloscDecoder(chunkBytes, CodecSelection.Libraries);
        var chunk = new byte[chunkBytes];
        decoder.Decode(encoded, chunk);
        return chunk;
    }
}
