using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Zarr.Tests;

[TestFixture]
public sealed class ChunkGridTests
{
    [Test]
    public void ShouldCountRaggedEdgesAsWholeChunks()
    {
        var grid = new ChunkGrid([10, 2048, 0], [4, 512, 7]);
        Assert.That(grid.Counts.ToArray(), Is.EqualTo(new long[] { 3, 4, 0 }));
        Assert.That(grid.Count, Is.Zero);
        Assert.That(new ChunkGrid([10, 2048], [4, 512]).Count, Is.EqualTo(12));
    }

    [Test]
    public void ShouldSayHowMuchOfAChunkIsInsideTheArray()
    {
        var grid = new ChunkGrid([10, 5], [4, 8]);
        Assert.That(grid.ValidLength(0, 0), Is.EqualTo(4));
        Assert.That(grid.ValidLength(0, 2), Is.EqualTo(2));
        Assert.That(grid.ValidLength(1, 0), Is.EqualTo(5));
        Assert.That(() => grid.ValidLength(0, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void ShouldWriteKeysAsTheDefaultEncodingDoes()
    {
        Assert.That(ChunkGrid.Key([1, 0, 0]), Is.EqualTo("c/1/0/0"));
        Assert.That(ChunkGrid.Key([3_000_000_000]), Is.EqualTo("c/3000000000"));
    }

    [Test]
    public void ShouldTurnEachLinearIndexBackIntoItsCell() =>
        Prop.ForAll(
            (from rank in Gen.Choose(1, 5)
             from shape in Gen.ArrayOf(Gen.Choose(1, 20).Select(n => (long)n), rank)
             from chunks in Gen.ArrayOf(Gen.Choose(1, 7).Select(n => (long)n), rank)
             select new ChunkGrid(shape, chunks)).ToArbitrary(),
            grid =>
            {
                var cell = new long[grid.Rank];
                for (long i = 0; i < grid.Count; i++)
                {
                    grid.IndexOf(i, cell);
                    if (grid.LinearIndex(cell) != i)
                        return false;
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldKeepRowMajorOrder()
    {
        var cell = new long[2];
        new ChunkGrid([4, 6], [2, 2]).IndexOf(4, cell);
        Assert.That(cell, Is.EqualTo(new long[] { 1, 1 }));
    }

    [Test]
    public void ShouldRefuseImpossibleGrids()
    {
        Assert.That(() => new ChunkGrid([1, 2], [1]), Throws.ArgumentException);
        Assert.That(() => new ChunkGrid([], []), Throws.ArgumentException);
        Assert.That(() => new ChunkGrid([-1], [1]), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new ChunkGrid([1], [0]), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new ChunkGrid([1L << 40, 1L << 40], [1, 1]), Throws.TypeOf<OverflowException>());
        Assert.That(() => new ChunkGrid([4], [2]).LinearIndex([2]), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new ChunkGrid([4], [2]).IndexOf(0, new long[2]), Throws.ArgumentException);
    }

    [Test]
    public void ShouldMultiplyShardShapesIn64Bits() =>
        Assert.That(ChunkGrid.ShardShape([100_000, 3], [100_000, 4]), Is.EqualTo(new[] { 10_000_000_000, 12 }));
}
