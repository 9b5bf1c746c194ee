using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Blosc;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Zarr.Tests.Codecs.Blosc;

/// <summary>Our Blosc and the real one read each other's chunks, and exact ones of ours are as small.</summary>
[TestFixture]
public sealed class CBloscOracleTests
{
    private const double AllowedRatio = 1.02;

    private static readonly int[] ElementSizes = [1, 2, 4, 8];

    private static IEnumerable<Compression.Blosc> Settings() => [.. CompressionSamples.Blosc, .. CompressionSamples.ExactBlosc];

    /// <summary>
    /// Not zlib: the others are the same libraries in c-blosc as Debian builds it. Managed zstd is of a version of its own.
    /// </summary>
    private static IEnumerable<Compression.Blosc> SettingsWithTheSameLibrary() =>
        CompressionSamples.ExactBlosc.Where(
            settings => settings.Compressor != BloscCompressor.Zlib && !IsOfAnotherVersion(settings));

    private static IEnumerable<Compression.Blosc> SettingsOfTheSameVersion() =>
        CompressionSamples.ExactBlosc.Where(settings => !IsOfAnotherVersion(settings));

    private static bool IsOfAnotherVersion(Compression.Blosc settings) =>
        CodecSelection.IsManaged && settings.Compressor == BloscCompressor.Zstd;

    [OneTimeSetUp]
    public void RequireCBlosc()
    {
        if (!CBlosc.IsInstalled)
            Assert.Fail("libblosc.so.1 (Debian: libblosc1) is not installed.");
    }

    [TestCaseSource(nameof(Settings))]
    public void ShouldWriteWhatCBloscReads(Compression.Blosc settings) =>
        ForChunks(
            settings,
            (typeSize, chunk) => CBlosc.Decompress(Encode(settings, typeSize, chunk), chunk.Length).SequenceEqual(chunk));

    [TestCaseSource(nameof(Settings))]
    public void ShouldReadWhatCBloscWrites(Compression.Blosc settings) =>
        ForChunks(
            settings,
            (typeSize, chunk) => Decode(CBlosc.Compress(settings, typeSize, chunk), chunk.Length).SequenceEqual(chunk));

    [TestCaseSource(nameof(SettingsWithTheSameLibrary))]
    public void ShouldWriteTheSameBytesAsCBlosc(Compression.Blosc settings) =>
        ForChunks(
            settings,
            (typeSize, chunk) => Encode(settings, typeSize, chunk).SequenceEqual(CBlosc.Compress(settings, typeSize, chunk)));

    [TestCaseSource(nameof(SettingsOfTheSameVersion))]
    public void ShouldCompressAsWellAsCBlosc(Compression.Blosc settings)
    {
        foreach (var typeSize in ElementSizes)
        {
            var chunk = ChunkSamples.CameraLike(300_000);
            var ours = Encode(settings, typeSize, chunk).Length;
            var theirs = CBlosc.Compress(settings, typeSize, chunk).Length;
            Assert.That(ours, Is.LessThanOrEqualTo(theirs * AllowedRatio), $"elements of {typeSize} bytes");
        }
    }

    [Test]
    public void ShouldReadElementSizesThatNoZarrTypeHas(
        [Values(3, 5, 7, 12, 16, 17, 255)] int typeSize, [Values] BloscShuffle shuffle)
    {
        var settings = new Compression.Blosc(BloscCompressor.Lz4, 5, shuffle, 0);
        foreach (var size in new[] { 100, 10_000, typeSize * 8 * 1000 + 5, 1_200_007 })
        {
            var chunk = ChunkSamples.CameraLike(size);
            Assert.That(Decode(CBlosc.Compress(settings, typeSize, chunk), size).SequenceEqual(chunk), Is.True, $"{size} bytes");
        }
    }

    private static void ForChunks(Compression.Blosc settings, Func<int, byte[], bool> holds) =>
        Prop.ForAll(Gen.Elements(ElementSizes).ToArbitrary(), ChunkSamples.Chunks, holds).Check(
            Config.QuickThrowOnFailure.WithMaxTest(settings.Level == 9 ? 20 : 60));

    private static byte[] Encode(Compression.Blosc settings, int typeSize, byte[] chunk)
    {
        using var encoder = new BloscEncoder(settings, typeSize, chunk.Length, CodecSelection.Libraries);
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
