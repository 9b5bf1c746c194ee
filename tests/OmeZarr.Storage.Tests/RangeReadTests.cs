using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Storage.Tests;

internal sealed class RangeReadTests
{
    private static readonly long[] Edges =
        [0, 1, 2, 4095, int.MaxValue, uint.MaxValue, uint.MaxValue + 1L, long.MaxValue / 2, long.MaxValue - 1, long.MaxValue];

    [Test]
    public void ShouldLieWithinTheObjectWhateverTheSizes()
    {
        Prop.ForAll(Gen.Elements(Edges).Three().ToArbitrary(), drawn =>
        {
            var (offset, bytes, size) = drawn;
            var (first, count) = RangeRead.At(offset, new MemoryRange(0, (nint)bytes)).Within(size);
            Assert.That(first, Is.EqualTo(Math.Min(offset, size)));
            Assert.That(count, Is.EqualTo((nint)Math.Min(bytes, size - first)));
            (first, count) = RangeRead.AtEnd(new MemoryRange(0, (nint)bytes)).Within(size);
            Assert.That(count, Is.EqualTo((nint)Math.Min(bytes, size)));
            Assert.That(first + count, Is.EqualTo(size), "at the very end");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Test]
    public void ShouldRefuseWhatIsNegative()
    {
        Assert.That(() => RangeRead.At(-1, new MemoryRange(0, 1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => RangeRead.At(0, new MemoryRange(0, -1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => RangeRead.AtEnd(new MemoryRange(0, -1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => RangeRead.AtEnd(new MemoryRange(0, 1)).Within(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
