using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>Chunks that lie in pieces become the same bytes as contiguous chunks.</summary>
[TestFixture]
public sealed unsafe class ChunkPixelsTests
{
    private static IEnumerable<Compression> Compressions() => CompressionSamples.All;

    [Test]
    public void ShouldCopyPlanesWithFillBeyondTheirEdges() => Prop.ForAll(ScatteredChunk.Any, layout =>
    {
        using var scattered = new ScatteredChunk(layout);
        var contiguous = new byte[scattered.Rows.ChunkBytes];
        contiguous.AsSpan().Fill(0xAA);
        scattered.Rows.CopyTo(contiguous);
        return contiguous.SequenceEqual(scattered.Copied());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [TestCaseSource(nameof(Compressions))]
    public void ShouldEncodeAScatteredChunkLikeAContiguousOne(Compression compression) => Prop.ForAll(
        ScatteredChunk.Any,
        Gen.Elements(false, true).ToArbitrary(),
        (layout, checksum) =>
        {
            using var scattered = new ScatteredChunk(layout);
            var contiguous = scattered.Copied();
            var codec = new ChunkCodec(compression, checksum, layout.Type);
            using var encoder = codec.CreateEncoder(contiguous.Length);
            var expected = new byte[codec.MaxEncodedBytes(contiguous.Length)];
            var encoded = new byte[expected.Length];
            var expectedLength = encoder.Encode(contiguous, expected);
            var length = encoder.Encode(scattered.Rows, encoded);
            return encoded.AsSpan(0, length).SequenceEqual(expected.AsSpan(0, expectedLength));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Test]
    public void ShouldFindAChunkThatLiesInOnePiece()
    {
        const int RowBytes = 6, Rows = 4, PlaneBytes = RowBytes * Rows;
        var memory = stackalloc byte[2 * PlaneBytes];
        ReadOnlySpan<ChunkPlane> planes = [new((nint)memory, RowBytes), new((nint)memory + PlaneBytes, RowBytes)];
        Assert.That((nint)Of(planes).WholeOrNull(), Is.EqualTo((nint)memory));
        Assert.That(Of([planes[0], ChunkPlane.Missing]).WholeOrNull() == null);
        Assert.That(Of([planes[1], planes[0]]).WholeOrNull() == null);
        Assert.That(Of([planes[0] with { RowStride = RowBytes + 2 }]).WholeOrNull() == null);
        Assert.That(Of(planes, validRows: Rows - 1).WholeOrNull() == null);
        Assert.That(Of(planes, validRowBytes: RowBytes - 2).WholeOrNull() == null);

        static ChunkPixels Of(ReadOnlySpan<ChunkPlane> planes, int validRows = Rows, int validRowBytes = RowBytes) => new()
        {
            Planes = planes,
            PlaneRows = Rows,
            RowBytes = RowBytes,
            ValidRows = validRows,
            ValidRowBytes = validRowBytes,
        };
    }

    [TestCaseSource(nameof(Compressions))]
    public void ShouldRefuseRowsOfAnotherSize(Compression compression)
    {
        var codec = new ChunkCodec(compression, checksum: true, DataType.UInt16);
        using var encoder = codec.CreateEncoder(1000);
        var destination = new byte[codec.MaxEncodedBytes(1000)];
        Assert.That(() => encoder.Encode(Missing(499), destination), Throws.ArgumentException);
        Assert.That(() => encoder.Encode(Missing(500), destination.AsSpan(..^1)), Throws.ArgumentException);

        static ChunkPixels Missing(int pixels) => new()
        {
            Planes = new ChunkPlane[1],
            PlaneRows = 1,
            RowBytes = pixels * 2,
            ValidRows = 1,
            ValidRowBytes = pixels * 2,
        };
    }

    [TestCase(BloscShuffle.Byte)]
    [TestCase(BloscShuffle.Bit)]
    public void ShouldAllocateNoManagedMemoryWhileEncodingRows(BloscShuffle shuffle)
    {
        var codec = new ChunkCodec(new Compression.Blosc(BloscCompressor.Lz4, 5, shuffle, 0), checksum: true, DataType.UInt16);
        using var scattered =
            new ScatteredChunk(new ScatteredChunk.Layout(DataType.UInt16, [false, true, false], 200, 300, 190, 290, 50, 1));
        var destination = new byte[codec.MaxEncodedBytes(scattered.Rows.ChunkBytes)];
        using var encoder = codec.CreateEncoder(scattered.Rows.ChunkBytes);
        _ = encoder.Encode(scattered.Rows, destination);

        // A collection in between counts the thread's unused allocation space as allocated, hence the least of several.
        var allocated = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = encoder.Encode(scattered.Rows, destination);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.That(allocated, Is.Zero);
    }
}
