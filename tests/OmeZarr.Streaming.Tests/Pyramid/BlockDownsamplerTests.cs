using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Memory;
using OmeZarr.Streaming.Pyramid.Blocks;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests.Pyramid;

/// <summary>Every path of every method gives what its definition says, and touches nothing but its pixels.</summary>
public sealed unsafe class BlockDownsamplerTests
{
    /// <summary>Wide enough for some vectors and an odd end.</summary>
    private static readonly Gen<int> Widths = Gen.OneOf(Gen.Choose(1, 10), Gen.Choose(1, 300));

    [Test]
    public void ShouldReduceBlocksOfTwoByTwoAsDefined() =>
        Hold(DownsamplingCase.Any(Gen.Choose(1, 5), Gen.Constant(2), Gen.Choose(1, 9), Widths), 4000);

    [Test]
    public void ShouldReduceSmallBlocksAsDefined() =>
        Hold(DownsamplingCase.Any(Gen.Choose(1, 5), Gen.Choose(1, 5), Gen.Choose(1, 12), Widths), 3000);

    [Test]
    public void ShouldReduceLargeBlocksAsDefined() =>
        Hold(DownsamplingCase.Any(Gen.Choose(1, 64), Gen.Choose(1, 64), Gen.Choose(1, 70), Gen.Choose(1, 70)), 150);

    [Test]
    public void ShouldReduceRowsLongerThanAPiece() =>
        Hold(DownsamplingCase.Any(Gen.Choose(1, 2), Gen.Choose(1, 4), Gen.Choose(1, 3), Gen.Choose(900, 1300)), 200);

    [Test]
    public void ShouldReduceTheLargestBlockOfTheGreatestAndLeastPixels([Values] DataType type, [Values] PyramidMethod method) =>
        new DownsamplingCase(type, method, 64, 64, 64, 64, 64, 0, 0, Content.Extremes, 1).Check();

    [TestCase(new ushort[] { 1, 2, 2, 1 }, (ushort)2, TestName = "1.5 is rounded to 2")]
    [TestCase(new ushort[] { 2, 3, 3, 2 }, (ushort)2, TestName = "2.5 is rounded to 2")]
    [TestCase(new ushort[] { 2, 3, 3, 3 }, (ushort)3, TestName = "2.75 is rounded to 3")]
    [TestCase(new ushort[] { 65535, 65535, 65535, 65535 }, (ushort)65535, TestName = "white stays white")]
    [TestCase(new ushort[] { 65535, 65535, 65534, 65534 }, (ushort)65534, TestName = "65534.5 is rounded to 65534")]
    public void ShouldRoundMeansToTheNearestAndTiesToEven(ushort[] block, ushort mean) =>
        Assert.That(Downsample(DataType.UInt16, PyramidMethod.Mean, block), Is.EqualTo(mean));

    [TestCase(PyramidMethod.Decimate, (short)7)]
    [TestCase(PyramidMethod.Min, (short)-3)]
    [TestCase(PyramidMethod.Max, (short)9)]
    [TestCase(PyramidMethod.Median, (short)7, Description = "the lower of 7 and 9")]
    [TestCase(PyramidMethod.Mode, (short)9)]
    [TestCase(PyramidMethod.Mean, (short)6, Description = "5.5")]
    public void ShouldPickAPixelOfTheBlock(PyramidMethod method, short expected) =>
        Assert.That(Downsample(DataType.Int16, method, new short[] { 7, 9, -3, 9 }), Is.EqualTo(expected));

    [Test]
    public void ShouldMakeNoLevelBrighterThanTheOthers()
    {
        const int Width = 1 << 16;
        var random = new Random(1);
        var pixels = new ushort[2 * Width];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (ushort)random.Next(100, 200);
        var target = new ushort[Width / 2];
        using var downsampler = new BlockDownsampler(DataType.UInt16, PyramidMethod.Mean, 2, 2);
        fixed (ushort* from = pixels, to = target)
            downsampler.Downsample([new ChunkPlane((nint)from, Width * sizeof(ushort))], 2, Width, (byte*)to, Width);
        // A quarter of all means are ties: rounding those up would add 0.125.
        Assert.That(target.Average(pixel => pixel), Is.EqualTo(pixels.Average(pixel => pixel)).Within(0.01));
    }

    [Test]
    public void ShouldAllocateNothingWhileItReduces([Values] PyramidMethod method)
    {
        const int Side = 96;
        var pixels = new ulong[Side * Side];
        new Random(1).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan()));
        var target = new ulong[Side * Side];
        using var downsampler = new BlockDownsampler(DataType.UInt64, method, 32, 32);
        fixed (ulong* from = pixels, to = target)
        {
            var plane = new ChunkPlane((nint)from, Side * sizeof(ulong));
            downsampler.Downsample([plane, ChunkPlane.Missing], Side, Side, (byte*)to, Side);
            var before = GC.GetAllocatedBytesForCurrentThread();
            downsampler.Downsample([plane, ChunkPlane.Missing], Side, Side, (byte*)to, Side);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        }
    }

    [TestCase(PyramidMethod.Mean, 64, 64, 0)]
    [TestCase(PyramidMethod.Decimate, 64, 64, 0)]
    [TestCase(PyramidMethod.Median, 2, 2, 0)]
    [TestCase(PyramidMethod.Median, 64, 64, 64 * 64 * 64 * 8)]
    [TestCase(PyramidMethod.Mode, 4, 3, NativeBuffer.Alignment)]
    public void ShouldSayHowMuchMemoryItHolds(PyramidMethod method, int factorY, int factorX, long bytes) =>
        Assert.That(BlockDownsampler.ScratchBytes(DataType.UInt64, method, factorY, factorX), Is.EqualTo(bytes));

    [TestCase(0, 1)]
    [TestCase(1, 65)]
    public void ShouldRefuseFactorsThatNoLevelHas(int factorY, int factorX) =>
        Assert.That(
            () => new BlockDownsampler(DataType.UInt8, PyramidMethod.Mode, factorY, factorX).Dispose(),
            Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(0, 1, 1)]
    [TestCase(65, 1, 1)]
    [TestCase(1, 0, 1)]
    [TestCase(1, 1, 0)]
    public void ShouldRefuseRegionsWithoutPixelsAndTooManyPlanes(int planes, int rows, int columns)
    {
        using var downsampler = new BlockDownsampler(DataType.UInt8, PyramidMethod.Mean, 2, 2);
        Assert.That(
            () => downsampler.Downsample(new ChunkPlane[planes], rows, columns, null, 1),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static void Hold(Gen<DownsamplingCase> cases, int count) =>
        Prop.ForAll(cases.ToArbitrary(), downsampling => downsampling.Check())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    /// <summary>Reduces one block of 2 by 2, as the last of a line that vectors take.</summary>
    private static T Downsample<T>(DataType type, PyramidMethod method, T[] block)
        where T : unmanaged
    {
        const int Blocks = 64;
        var row0 = Enumerable.Range(0, Blocks).SelectMany(_ => block.Take(2));
        var row1 = Enumerable.Range(0, Blocks).SelectMany(_ => block.Skip(2));
        T[] pixels = [.. row0, .. row1];
        var target = new T[Blocks];
        using var downsampler = new BlockDownsampler(type, method, 2, 2);
        fixed (T* from = pixels, to = target)
            downsampler.Downsample([new ChunkPlane((nint)from, 2 * Blocks * sizeof(T))], 2, 2 * Blocks, (byte*)to,
                Blocks * sizeof(T));
        Assert.That(target, Is.All.EqualTo(target[0]));
        return target[^1];
    }
}
