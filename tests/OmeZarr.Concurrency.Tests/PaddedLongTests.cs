using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OmeZarr.Concurrency.Tests;

public class PaddedLongTests
{
    [Test]
    public void ShouldHaveAWholeCacheLineBeforeItsValueAndNothingElseOnTheValuesLine()
    {
        Assert.That((int)Marshal.OffsetOf<PaddedLong>(nameof(PaddedLong.Value)), Is.EqualTo(PaddedLong.CacheLine));
        Assert.That(Unsafe.SizeOf<PaddedLong>(), Is.EqualTo(2 * PaddedLong.CacheLine));
    }

    [Test]
    public void ShouldKeepNeighboursMoreThanACacheLineApart()
    {
        var fields = new TwoCounters();
        Assert.That(Distance(ref fields.First.Value, ref fields.Second.Value), Is.GreaterThanOrEqualTo(PaddedLong.CacheLine));
        Assert.That(Distance(ref fields.Before, ref fields.First.Value), Is.GreaterThanOrEqualTo(PaddedLong.CacheLine));
        Assert.That(Distance(ref fields.Second.Value, ref fields.After),
            Is.GreaterThanOrEqualTo(PaddedLong.CacheLine - sizeof(long)));
    }

    private static long Distance(ref long a, ref long b) => Math.Abs(Unsafe.ByteOffset(ref a, ref b));

    private sealed class TwoCounters
    {
        public long Before;
        public PaddedLong First;
        public PaddedLong Second;
        public long After;
    }
}
