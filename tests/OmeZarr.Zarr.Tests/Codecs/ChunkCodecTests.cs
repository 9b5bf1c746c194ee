using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>The contract of every chain of codecs, on every element type and awkward sizes.</summary>
[TestFixture(CodecSource.Native)]
[TestFixture(CodecSource.Managed)]
public sealed class ChunkCodecTests(CodecSource source)
{
    private static IEnumerable<Compression> Compressions() => CompressionSamples.All;

    /// <summary>All but those over the runtime's deflate streams, which cannot be reused.</summary>
    private static IEnumerable<Compression> CompressionsWithReusedState() => CompressionSamples.All.Where(
        compression => compression is not (Compression.Gzip or Compression.Blosc { Compressor: BloscCompressor.Zlib }));

    [TestCaseSource(nameof(Compressions))]
    public void ShouldGiveBackEveryChunkItEncoded(Compression compression) =>
        Prop.ForAll(
            ChunkSamples.Chunks,
            Gen.Elements(Enum.GetValues<DataType>()).ToArbitrary(),
            Gen.Elements(false, true).ToArbitrary(),
            (chunk, type, checksum) =>
            {
                var codec = source.Codec(compression, checksum, type);
                var encoded = Encode(codec, chunk);
                return encoded.Length <= codec.MaxEncodedBytes(chunk.Length)
                    && Decode(codec, encoded, chunk.Length).SequenceEqual(chunk);
            }).QuickCheckThrowOnFailure();

    [TestCaseSource(nameof(Compressions))]
    public void ShouldEncodeTheSameChunkAlwaysAlike(Compression compression)
    {
        var codec = source.Codec(compression, checksum: true, DataType.UInt16);
        var chunk = ChunkSamples.CameraLike(100_000);
        using var encoder = codec.CreateEncoder(chunk.Length);
        var first = new byte[codec.MaxEncodedBytes(chunk.Length)];
        var second = new byte[first.Length];
        var length = encoder.Encode(chunk, first);
        _ = encoder.Encode(ChunkSamples.Noise(chunk.Length), second);
        Assert.That(encoder.Encode(chunk, second), Is.EqualTo(length));
        Assert.That(second.AsSpan(0, length).SequenceEqual(first.AsSpan(0, length)), Is.True);
    }

    [TestCaseSource(nameof(Compressions))]
    public void ShouldRefuseChunksOfAnotherSizeAndShortDestinations(Compression compression)
    {
        var codec = source.Codec(compression, checksum: false, DataType.UInt16);
        using var encoder = codec.CreateEncoder(1000);
        using var decoder = codec.CreateDecoder(1000);
        var destination = new byte[codec.MaxEncodedBytes(1000)];
        Assert.That(() => encoder.Encode(new byte[999], destination), Throws.ArgumentException);
        Assert.That(() => encoder.Encode(new byte[1000], destination.AsSpan(1)), Throws.ArgumentException);
        Assert.That(() => decoder.Decode(destination, new byte[1001]), Throws.ArgumentException);
    }

    [TestCaseSource(nameof(Compressions))]
    public void ShouldNoticeAFlippedBitWhenChecksumsAreOn(Compression compression)
    {
        var codec = source.Codec(compression, checksum: true, DataType.UInt16);
        var chunk = ChunkSamples.CameraLike(5000);
        var encoded = Encode(codec, chunk);
        for (var i = 0; i < encoded.Length; i += 17)
        {
            encoded[i] ^= 0x10;
            Assert.That(() => Decode(codec, encoded, chunk.Length), Throws.TypeOf<CodecException>());
            encoded[i] ^= 0x10;
        }
    }

    [TestCaseSource(nameof(Compressions))]
    public void ShouldRefuseChunksWhoseWorstCaseExceedsTheLimit(Compression compression)
    {
        var codec = source.Codec(compression, checksum: true, DataType.UInt8);
        Assert.That(
            () => codec.MaxEncodedBytes(int.MaxValue),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains("smaller chunk"));
        Assert.That(() => codec.CreateEncoder(0), Throws.InstanceOf<ArgumentException>());
    }

    [TestCaseSource(nameof(CompressionsWithReusedState))]
    public void ShouldAllocateNoManagedMemoryWhileEncoding(Compression compression)
    {
        var codec = source.Codec(compression, checksum: true, DataType.UInt16);
        var chunk = ChunkSamples.CameraLike(300_000);
        var destination = new byte[codec.MaxEncodedBytes(chunk.Length)];
        using var encoder = codec.CreateEncoder(chunk.Length);
        _ = encoder.Encode(chunk, destination);

        // A collection in between counts the thread's unused allocation space as allocated, hence the least of several.
        var allocated = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = encoder.Encode(chunk, destination);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.That(allocated, Is.Zero);
    }

    [Test]
    public void ShouldRefuseSettingsOutsideTheirRange(
        [Values(-1, 10)] int bloscLevel, [Values(-8, 23)] int zstdLevel, [Values(-1, 10)] int gzipLevel)
    {
        Refuses(new Compression.Blosc(BloscCompressor.Lz4, bloscLevel, BloscShuffle.Byte, 0));
        Refuses(new Compression.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Byte, -1));
        Refuses(new Compression.Zstd(zstdLevel, false));
        Refuses(new Compression.Gzip(gzipLevel));

        static void Refuses(Compression compression) => Assert.That(
            () => new ChunkCodec(compression, checksum: false, DataType.UInt16), Throws.InstanceOf<ArgumentException>());
    }

    private static byte[] Encode(ChunkCodec codec, byte[] chunk)
    {
        using var encoder = codec.CreateEncoder(chunk.Length);
        var destination = new byte[codec.MaxEncodedBytes(chunk.Length)];
        return destination[..encoder.Encode(chunk, destination)];
    }

    private static byte[] Decode(ChunkCodec codec, byte[] encoded, int chunkBytes)
    {
        using var decoder = codec.CreateDecoder(chunkBytes);
        var chunk = new byte[chunkBytes];
        decoder.Decode(encoded, chunk);
        return chunk;
    }
}
