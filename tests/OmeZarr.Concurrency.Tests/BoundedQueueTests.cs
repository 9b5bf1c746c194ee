using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Litmus;

namespace OmeZarr.Concurrency.Tests;

public class BoundedQueueTests
{
    /// <summary>A capacity, and what is done in turn: true adds, false takes.</summary>
    private static readonly Arbitrary<(int Capacity, bool[] Adds)> Uses = (
        from capacity in Gen.Choose(1, 9)
        from adds in Gen.Elements(true, false).ArrayOf()
        select (capacity, adds)).ToArbitrary();

    [Test]
    public void ShouldBehaveLikeAnOrdinaryQueueOfLimitedLength() => Prop.ForAll(Uses, use =>
    {
        var queue = new BoundedQueue<int>(use.Capacity);
        var model = new Queue<int>();
        for (var i = 0; i < use.Adds.Length; i++)
        {
            if (use.Adds[i])
            {
                var hasRoom = model.Count < queue.Capacity;
                Assert.That(queue.TryEnqueue(i), Is.EqualTo(hasRoom));
                if (hasRoom)
                    model.Enqueue(i);
            }
            else if (queue.TryDequeue(out var item))
            {
                Assert.That(item, Is.EqualTo(model.Dequeue()));
            }
            else
            {
                Assert.That(model, Is.Empty);
            }

            Assert.That(queue.IsEmpty, Is.EqualTo(model.Count == 0));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [TestCase(1, 2)]
    [TestCase(2, 2)]
    [TestCase(3, 4)]
    [TestCase(1025, 2048)]
    public void ShouldHoldAtLeastAsManyItemsAsAskedFor(int asked, int capacity)
    {
        var queue = new BoundedQueue<long>(asked);
        Assert.That(queue.Capacity, Is.EqualTo(capacity));
        for (var i = 0; i < capacity; i++)
            Assert.That(queue.TryEnqueue(i), Is.True);
        Assert.That(queue.TryEnqueue(-1), Is.False);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase((1 << 30) + 1)]
    public void ShouldRefuseACapacityThatIsNone(int capacity) =>
        Assert.That(() => new BoundedQueue<int>(capacity), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void ShouldGiveAnItemToItsOnlyConsumerWheneverItLooksNotEmpty()
    {
        const int rounds = 100_000;
        var queue = new BoundedQueue<LargeItem>(rounds / 8);
        void Produce()
        {
            for (var i = 0; i < rounds; i++)
            {
                while (!queue.TryEnqueue(LargeItem.Of(0, i)))
                    Thread.Yield();
            }
        }

        var brokenPromises = 0;
        Threads.Run(Produce, Produce, () =>
        {
            for (var taken = 0; taken < 2 * rounds;)
            {
                if (queue.IsEmpty)
                    continue;
                if (queue.TryDequeue(out _))
                    taken++;
                else
                    brokenPromises++;
            }
        });
        Assert.That(brokenPromises, Is.Zero);
    }

    [Test]
    public void ShouldAllocateNothingAfterItsConstruction()
    {
        var queue = new BoundedQueue<LargeItem>(8);
        queue.TryEnqueue(default);
        queue.TryDequeue(out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            queue.TryEnqueue(LargeItem.Of(1, i));
            queue.TryDequeue(out _);
        }

        // Less than a byte a round: the runtime allocates a little when it compiles anew.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
    }
}
