using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Libraries;
using OmeZarr.Zarr.Managed;
using OmeZarr.Zarr.Native;
using ZstdSharp.Unsafe;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>The managed codecs beside the C libraries that they are ports of.</summary>
[TestFixture]
public sealed unsafe partial class ManagedCodecTests
{
    /// <summary>Up to here the bytes of LZ4 were seen to be those of the version that the port follows.</summary>
    private const int LastLz4OfTheSameBytes = 10_999;

    private static readonly int[] ZstdLevels = Levels(CompressionLimits.MinZstdLevel, CompressionLimits.MaxZstdLevel);

    private static readonly int[] BloscLevels = Levels(1, CompressionLimits.MaxBloscLevel);

    private static IEnumerable<Compression> Compressions() => CompressionSamples.All.Where(
        compression => compression is Compression.Zstd or Compression.Blosc { Compressor: not BloscCompressor.Zlib });

    [TestCaseSource(nameof(Compressions))]
    public void ShouldReadAndBeReadByTheNativeCodecs(Compression compression) => Prop.ForAll(
        ChunkSamples.Chunks,
        Gen.Elements(Enum.GetValues<CodecSource>()).ToArbitrary(),
        Gen.Elements(Enum.GetValues<DataType>()).ToArbitrary(),
        (chunk, writer, type) =>
        {
            var reader = writer == CodecSource.Managed ? CodecSource.Native : CodecSource.Managed;
            var encoded = Encode(writer.Codec(compression, checksum: false, type), chunk);
            using var decoder = reader.Codec(compression, checksum: false, type).CreateDecoder(chunk.Length);
            var decoded = new byte[chunk.Length];
            decoder.Decode(encoded, decoded);
            return decoded.SequenceEqual(chunk);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [TestCaseSource(nameof(ZstdLevels))]
    public void ShouldWriteTheBytesOfTheSameVersionOfLibzstd(int level)
    {
        var version = Methods.ZSTD_versionNumber();
        var reference = LibZstd.OfVersion(version);
        Assert.That(reference, Is.Not.Null, $"libzstd {version} is neither the system's nor with the conformance tests' readers");
        Prop.ForAll(ChunkSamples.Chunks, Gen.Elements(false, true).ToArbitrary(), (chunk, checksum) =>
        {
            var codec = CodecSource.Managed.Codec(new Compression.Zstd(level, checksum), checksum: false, DataType.UInt8);
            return Encode(codec, chunk).SequenceEqual(reference!.Compress(level, checksum, chunk));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(level > 15 ? 8 : 30));
    }

    [TestCaseSource(nameof(BloscLevels))]
    public void ShouldWriteTheBytesOfLiblz4(int level)
    {
        if (Lz4Version() > LastLz4OfTheSameBytes)
            Assert.Ignore($"liblz4 {Lz4Version()} compresses otherwise than the version that was ported.");
        foreach (var compressor in new[] { BloscCompressor.Lz4, BloscCompressor.Lz4Hc })
        {
            var compression = new Compression.Blosc(compressor, level, BloscShuffle.Byte, 0);
            Prop.ForAll(ChunkSamples.Chunks, Gen.Elements(DataType.UInt8, DataType.UInt16).ToArbitrary(), (chunk, type) =>
                Encode(CodecSource.Managed.Codec(compression, checksum: false, type), chunk)
                    .SequenceEqual(Encode(CodecSource.Native.Codec(compression, checksum: false, type), chunk))).Check(
                        Config.QuickThrowOnFailure.WithMaxTest(30));
        }
    }

    [TestCaseSource(nameof(ZstdLevels))]
    public void ShouldHoldNoMoreMemoryThanItSaid(int level)
    {
        foreach (var size in new[] { 1, 1000, 100_000, 1_000_000 })
        {
            var chunk = ChunkSamples.CameraLike(size);
            var destination = new byte[size + size / 128 + 1024];
            var context = ManagedZstd.CreateCompressionContext();
            _ = ManagedZstd.SetParameter(context, (int)ZSTD_cParameter.ZSTD_c_compressionLevel, level);

            // SAFETY: both arrays are pinned, and zstd is given their sizes; the context is freed after its last use.
            fixed (byte* from = chunk)
            fixed (byte* to = destination)
            {
                var result = ManagedZstd.Compress(context, to, (nuint)destination.Length, from, (nuint)size);
                Assert.That(ZstdResult.IsError(result), Is.False);
            }

            var held = Methods.ZSTD_sizeof_CCtx((ZSTD_CCtx_s*)context);
            _ = ManagedZstd.FreeCompressionContext(context);
            Assert.That(held, Is.LessThanOrEqualTo(ManagedZstd.CompressionContextBytes(level, size)), $"{size} bytes");
        }
    }

    [Test]
    public void ShouldHoldNoMoreMemoryBesideNoiseThanAtTheFirstLevel()
    {
        foreach (var size in new[] { 1000, 64 << 10, 128 << 10, 1 << 20 })
        {
            using var entropy = ZstdCompressor<ManagedZstd>.OfEntropyAlone();
            using var repeats = ZstdCompressor<ManagedZstd>.OfLongRepeats();
            foreach (var compressor in new[] { entropy, repeats })
            {
                var result = compressor.Compress(ChunkSamples.CameraLike(size), new byte[size + size / 128 + 1024]);
                Assert.That(ZstdResult.IsError(result), Is.False);
                Assert.That(
                    Methods.ZSTD_sizeof_CCtx((ZSTD_CCtx_s*)compressor.Context),
                    Is.LessThanOrEqualTo(ManagedZstd.CompressionContextBytes(1, size)), $"{size} bytes");
            }
        }
    }

    [Test]
    public void ShouldNameTheErrorsOfTheNativeCodecs()
    {
        const int CorruptionDetected = 20, DestinationTooSmall = 70;
        foreach (var code in new[] { CorruptionDetected, DestinationTooSmall })
        {
            var result = unchecked((nuint)(-code));
            Assert.That(ManagedZstd.ErrorName(result), Is.Not.Empty.And.EqualTo(NativeZstd.ErrorName(result)));
        }
    }

    private static int[] Levels(int first, int last) => [.. Enumerable.Range(first, last - first + 1)];

    private static byte[] Encode(ChunkCodec codec, byte[] chunk)
    {
        using var encoder = codec.CreateEncoder(chunk.Length);
        var destination = new byte[codec.MaxEncodedBytes(chunk.Length)];
        return destination[..encoder.Encode(chunk, destination)];
    }

    [LibraryImport("liblz4.so.1", EntryPoint = "LZ4_versionNumber")]
    private static partial int Lz4Version();
}
