using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Acquisition.Tests;

public class FrameRouterTests
{
    /// <summary>Up to five dimensions of 1 to 4 indices; some select the array; axes in random storage order.</summary>
    private static readonly Arbitrary<RoutedDimension[]> Acquisitions = (
        from length in Gen.Choose(0, 5)
        from counts in Gen.Choose(1, 4).ArrayOf(length)
        from arrays in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true))).ArrayOf(length)
        let axes = arrays.Count(isArray => !isArray)
        from order in Gen.Shuffle(Enumerable.Range(0, axes).ToArray())
        select Combine(counts, arrays, order)).ToArbitrary();

    [Test]
    public void ShouldFollowAnOdometerWhoseLastDigitIsTheFastest() => Prop.ForAll(Acquisitions, dimensions =>
    {
        var router = new FrameRouter(dimensions);
        var odometer = new long[dimensions.Length];
        for (long frame = 0; frame < router.TotalFrames; frame++)
        {
            var (array, index) = Naive(dimensions, odometer);
            var found = new long[router.FrameAxes];
            if (router.Locate(frame, found) != array || !found.SequenceEqual(index))
                return false;
            Advance(dimensions, odometer);
        }

        return odometer.All(digit => digit == 0);
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldGiveEveryPlaceToExactlyOneFrame() => Prop.ForAll(Acquisitions, dimensions =>
    {
        var router = new FrameRouter(dimensions);
        var total = router.TotalFrames!.Value;
        var places = new HashSet<string>();
        var index = new long[router.FrameAxes];
        for (long frame = 0; frame < total; frame++)
        {
            var array = router.Locate(frame, index);
            places.Add($"{array}:{string.Join(',', index)}");
            if (router.FrameAt(array, index) != frame)
                return false;
        }

        return places.Count == total && total == dimensions.Aggregate(1L, (product, dimension) => product * dimension.Count);
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldGrowTheUnboundedAxisToHoldWhatWasSeen() =>
        Prop.ForAll(Acquisitions, Gen.Choose(1, 200).ToArbitrary(), (dimensions, seen) =>
        {
            if (dimensions.Length == 0 || dimensions[0].StorageAxis < 0)
                return true;
            dimensions[0] = dimensions[0] with { Count = 0 };
            var router = new FrameRouter(dimensions);
            var index = new long[router.FrameAxes];
            long highest = 0;
            for (long frame = 0; frame < seen; frame++)
            {
                router.Locate(frame, index);
                highest = Math.Max(highest, index[router.UnboundedAxis]);
            }

            return router.TotalFrames is null && router.UnboundedExtent(seen) == highest + 1;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldPlaceOneFrameInAnArrayWithoutFrameAxes()
    {
        var router = new FrameRouter([]);
        Assert.That(router.TotalFrames, Is.EqualTo(1));
        Assert.That(router.Locate(0, []), Is.Zero);
        Assert.That(() => router.Locate(1, []), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void ShouldReachTheLastFrameThatANumberCanName()
    {
        var router = new FrameRouter([new(0, 1), new(7, 0)]);
        Span<long> index = stackalloc long[2];
        router.Locate(long.MaxValue, index);
        Assert.That(router.FrameAt(0, index), Is.EqualTo(long.MaxValue));
        Assert.That(router.UnboundedExtent(long.MaxValue), Is.EqualTo(((long.MaxValue - 1) / 7) + 1));
        Assert.That(router.UnboundedExtent(0), Is.Zero);
    }

    [Test]
    public void ShouldRefuseFramesAndPlacesThatAreNotThere()
    {
        var router = new FrameRouter([new(3, 0)]);
        Assert.That(() => router.Locate(-1, new long[1]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => router.Locate(3, new long[1]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => router.Locate(0, []), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => router.FrameAt(0, [3]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => router.FrameAt(1, [0]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => router.UnboundedExtent(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void ShouldRefuseDimensionsThatMakeNoArray()
    {
        Assert.That(() => new FrameRouter([new(2, 0), new(0, 1)]), Throws.ArgumentException, "unbounded but not first");
        Assert.That(() => new FrameRouter([new(0, -1)]), Throws.ArgumentException, "unbounded positions");
        Assert.That(() => new FrameRouter([new(2, 0), new(2, 0)]), Throws.ArgumentException, "an axis twice");
        Assert.That(() => new FrameRouter([new(2, 1)]), Throws.ArgumentException, "axis 0 missing");
        Assert.That(() => new FrameRouter([new(-2, 0)]), Throws.ArgumentException);
        Assert.That(() => new FrameRouter([new(1L << 40, 0), new(1L << 40, 1)]), Throws.ArgumentException, "too many frames");
    }

    [Test]
    public void ShouldAllocateNothingWhileLocating()
    {
        var router = new FrameRouter([new(0, 0), new(3, 2), new(4, 1)]);
        Span<long> index = stackalloc long[3];
        router.Locate(0, index);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (long frame = 0; frame < 1000; frame++)
            router.Locate(frame, index);
        // Less than a byte a round: the runtime allocates a little when it compiles anew.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
    }

    private static RoutedDimension[] Combine(int[] counts, bool[] selects, int[] order)
    {
        var axis = 0;
        return [.. counts.Select((count, i) =>
            new RoutedDimension(count, selects[i] ? RoutedDimension.SelectsArray : order[axis++]))];
    }

    private static (int Array, long[] Index) Naive(RoutedDimension[] dimensions, long[] odometer)
    {
        var index = new long[dimensions.Count(dimension => dimension.StorageAxis >= 0)];
        long array = 0;
        for (var i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i].StorageAxis >= 0)
                index[dimensions[i].StorageAxis] = odometer[i];
            else
                array = (array * dimensions[i].Count) + odometer[i];
        }

        return ((int)array, index);
    }

    private static void Advance(RoutedDimension[] dimensions, long[] odometer)
    {
        for (var i = dimensions.Length - 1; i >= 0; i--)
        {
            if (++odometer[i] < dimensions[i].Count)
                return;
            odometer[i] = 0;
        }
    }
}
