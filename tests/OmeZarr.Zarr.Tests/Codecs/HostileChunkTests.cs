using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>
/// No codec leaves the memory it was given, whatever a chunk contains, and damage is always a <see cref="CodecException"/>.
/// </summary>
[TestFixture(CodecSource.Native)]
[TestFixture(CodecSource.Managed)]
public sealed class HostileChunkTests(CodecSource source)
{
    private static readonly int[] InterestingNumbers =
    [
        0, 1, 2, 15, 16, 17, 127, 128, 255, 65_535, 65_536, 0x00FF_FFFF, int.MaxValue - 16, int.MaxValue, int.MinValue, -1,
    ];

    private static IEnumerable<Compression> Compressions() => CompressionSamples.All;

    /// <summary>Without compression, any bytes are a valid chunk.</summary>
    private static IEnumerable<Compression> CompressionsWithAFormat() =>
        CompressionSamples.All.Where(compression => compression is not Compression.None);

    [TestCaseSource(nameof(Compressions))]
    public void ShouldStayInsideItsMemoryOnValidChunks(Compression compression)
    {
        var codec = source.Codec(compression, checksum: false, DataType.UInt16);
        foreach (var size in new[] { 1, 2, 63, 64, 129, 4096, 65_536, 70_001, 200_000 })
        {
            foreach (var content in new[] { ChunkSamples.CameraLike(size), ChunkSamples.Noise(size), new byte[size] })
            {
                using var chunk = new GuardedMemory(content);
                using var destination = new GuardedMemory(codec.MaxEncodedBytes(size));
                using var encoder = codec.CreateEncoder(size);
                var length = encoder.Encode(chunk.Span, destination.Span);

                using var encoded = new GuardedMemory(destination.Span[..length]);
                using var decoded = new GuardedMemory(size);
                using var decoder = codec.CreateDecoder(size);
                decoder.Decode(encoded.Span, decoded.Span);
                Assert.That(decoded.Span.SequenceEqual(content), Is.True, $"{size} bytes");
            }
        }
    }

    [TestCaseSource(nameof(Compressions))]
    public void ShouldRefuseDamagedChunksAndStayInsideItsMemory(Compression compression)
    {
        var codec = source.Codec(compression, checksum: false, DataType.UInt16);
        var size = compression is Compression.Blosc { Level: 9, Compressor: not BloscCompressor.Lz4 } ? 20_000 : 200_000;
        using var decoder = codec.CreateDecoder(size);
        using var decoded = new GuardedMemory(size);
        var valid = Encode(codec, ChunkSamples.CameraLike(size));
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed => IsDecodedOrRefused(decoder, Damage(valid, new Random(seed)), decoded)).Check(
                Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [TestCaseSource(nameof(CompressionsWithAFormat))]
    public void ShouldRefuseNoise(Compression compression)
    {
        var codec = source.Codec(compression, checksum: false, DataType.UInt16);
        using var decoder = codec.CreateDecoder(1000);
        foreach (var size in new[] { 0, 1, 15, 16, 17, 999, 1000, 1016 })
            Assert.That(() => decoder.Decode(ChunkSamples.Noise(size), new byte[1000]), Throws.TypeOf<CodecException>());
    }

    [TestCaseSource(nameof(Compressions))]
    public void ShouldDecodeAgainAfterADamagedChunk(Compression compression)
    {
        var codec = source.Codec(compression, checksum: false, DataType.UInt16);
        var chunk = ChunkSamples.CameraLike(50_000);
        var valid = Encode(codec, chunk);
        using var decoder = codec.CreateDecoder(chunk.Length);
        var decoded = new byte[chunk.Length];
        Assert.That(() => decoder.Decode(valid.AsSpan(0, valid.Length / 2), decoded), Throws.TypeOf<CodecException>());
        decoder.Decode(valid, decoded);
        Assert.That(decoded.AsSpan().SequenceEqual(chunk), Is.True);
    }

    private static bool IsDecodedOrRefused(IChunkDecoder decoder, byte[] damaged, GuardedMemory decoded)
    {
        using var encoded = new GuardedMemory(damaged);
        try
        {
            decoder.Decode(encoded.Span, decoded.Span);
        }
        catch (CodecException)
        {
            return true;
        }

        return true;
    }

    /// <summary>
    /// Changes some bytes or numbers, often near the start, and cuts or lengthens; half of the time the size in a Blosc
    /// header is right.
    /// </summary>
    private static byte[] Damage(byte[] valid, Random random)
    {
        const int BloscHeaderBytes = 16;
        const int BloscSizeOffset = 12;
        var damaged = random.Next(4) switch
        {
            0 => valid[..random.Next(valid.Length)],
            1 => [.. valid, .. ChunkSamples.Noise(random.Next(100), random.Next())],
            _ => (byte[])valid.Clone(),
        };
        for (var changes = random.Next(1, 6); changes > 0 && damaged.Length > sizeof(int); changes--)
        {
            var at = random.Next(random.Next(2) == 0 ? Math.Min(damaged.Length, 64) : damaged.Length) & ~3;
            if (random.Next(2) == 0 && at + sizeof(int) <= damaged.Length)
                BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(at), random.GetItems(InterestingNumbers, 1)[0]);
            else
                damaged[at] ^= (byte)(1 << random.Next(8));
        }

        if (random.Next(2) == 0 && damaged.Length >= BloscHeaderBytes)
            BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(BloscSizeOffset), damaged.Length);
        return damaged;
    }

    private static byte[] Encode(ChunkCodec codec, byte[] chunk)
    {
        using var encoder = codec.CreateEncoder(chunk.Length);
        var destination = new byte[codec.MaxEncodedBytes(chunk.Length)];
        return destination[..encoder.Encode(chunk, destination)];
    }
}
