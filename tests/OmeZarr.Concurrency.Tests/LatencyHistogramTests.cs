using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Concurrency.Tests;

public class LatencyHistogramTests
{
    private static readonly Arbitrary<long[]> Durations = (
        from durations in (
            from bits in Gen.Choose(0, 50)
            from high in Gen.Choose(0, int.MaxValue)
            from low in Gen.Choose(0, int.MaxValue)
            select ((long)high << 31 | (long)low) & ((1L << bits) - 1)).NonEmptyListOf()
        select durations.ToArray()).ToArbitrary();

    [Test]
    public void ShouldGivePercentilesThatAreAtMostAThirtySecondAboveTheExactOnes() => Prop.ForAll(Durations, durations =>
    {
        var histogram = Of(durations);
        var sorted = durations.Order().ToArray();
        foreach (var share in new[] { 0.0, 0.01, 0.5, 0.9, 0.99, 1.0 })
        {
            var exact = sorted[Math.Max(1, (int)Math.Ceiling(share * sorted.Length)) - 1];
            Assert.That(histogram.Percentile(share), Is.InRange(exact, exact + exact / 32));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Test]
    public void ShouldGiveCountMeanMaximumAndLastExactly() => Prop.ForAll(Durations, durations =>
    {
        var histogram = Of(durations);
        Assert.That(histogram.Count, Is.EqualTo(durations.Length));
        Assert.That(histogram.Max, Is.EqualTo(durations.Max()));
        Assert.That(histogram.Last, Is.EqualTo(durations[^1]));
        Assert.That(histogram.Mean, Is.EqualTo(durations.Sum() / durations.Length));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void ShouldAddUpToTheHistogramOfAllRecords() => Prop.ForAll(Durations, Durations, (first, second) =>
    {
        var sum = Of(first);
        sum.Add(Of(second));
        sum.Add(new LatencyHistogram());
        var expected = Of([.. first, .. second]);
        Assert.That((sum.Count, sum.Max, sum.Last, sum.Mean),
            Is.EqualTo((expected.Count, expected.Max, expected.Last, expected.Mean)));
        Assert.That(sum.Percentile(0.5), Is.EqualTo(expected.Percentile(0.5)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void ShouldSayZeroOfEverythingBeforeTheFirstRecord()
    {
        var histogram = new LatencyHistogram();
        Assert.That(
            new[] { histogram.Count, histogram.Last, histogram.Max, histogram.Mean, histogram.Percentile(0.5),
                histogram.Percentile(1) },
            Is.All.Zero);
    }

    [Test]
    public void ShouldTakeTheLongestDurationThereIsAndANegativeOneAsZero()
    {
        var histogram = Of([long.MaxValue]);
        Assert.That(histogram.Percentile(1), Is.EqualTo(long.MaxValue));
        histogram.Record(-5);
        Assert.That(histogram.Last, Is.Zero);
        Assert.That(histogram.Percentile(0), Is.Zero);
    }

    [Test]
    public void ShouldCountEveryRecordOfManyThreads()
    {
        const int threads = 4, rounds = 100_000;
        var histogram = new LatencyHistogram();
        Threads.Run(threads, number =>
        {
            for (var i = 1; i <= rounds; i++)
                histogram.Record(i + number);
        });
        Assert.That(histogram.Count, Is.EqualTo(threads * rounds));
        Assert.That(histogram.Max, Is.EqualTo(rounds + threads - 1));
        Assert.That(histogram.Mean, Is.EqualTo((rounds + 1 + threads - 1) / 2));
        Assert.That(histogram.Percentile(1), Is.EqualTo(histogram.Max));
    }

    private static LatencyHistogram Of(long[] durations)
    {
        var histogram = new LatencyHistogram();
        foreach (var duration in durations)
            histogram.Record(duration);
        return histogram;
    }
}
