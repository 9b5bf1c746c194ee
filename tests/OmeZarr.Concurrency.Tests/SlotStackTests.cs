using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Concurrency.Tests;

public class SlotStackTests
{
    /// <summary>
    /// A number of slots, and what is done in turn: -1 takes a slot, another number gives back one of those held.
    /// </summary>
    private static readonly Arbitrary<(int Slots, int[] Steps)> Uses = (
        from slots in Gen.Choose(1, 9)
        from steps in Gen.Choose(-3, 9).Select(step => Math.Max(-1, step)).ArrayOf()
        select (slots, steps)).ToArbitrary();

    [Test]
    public void ShouldBehaveLikeAnOrdinaryStackOfFreeSlots() => Prop.ForAll(Uses, use =>
    {
        var stack = new SlotStack(use.Slots);
        var model = new Stack<int>(Enumerable.Range(0, use.Slots).Reverse());
        var held = new List<int>();
        foreach (var step in use.Steps)
        {
            if (step >= 0 && held.Count > 0)
            {
                var slot = held[step % held.Count];
                held.Remove(slot);
                stack.Push(slot);
                model.Push(slot);
            }
            else if (stack.TryPop(out var slot))
            {
                Assert.That(slot, Is.EqualTo(model.Pop()));
                held.Add(slot);
            }
            else
            {
                Assert.That(model, Is.Empty);
            }

            Assert.That(stack.Count, Is.EqualTo(model.Count));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Test]
    public void ShouldRefuseToHoldNoSlotAtAll() =>
        Assert.That(() => new SlotStack(0), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void ShouldNeverCountMoreOrFewerFreeSlotsThanThereCanBe()
    {
        const int workers = 4;
        var stack = new SlotStack(1);
        var working = workers;
        var bodies = Enumerable.Range(0, workers).Select(_ => (Action)(() =>
        {
            for (var round = 0; round < 1_000_000; round++)
            {
                if (stack.TryPop(out var slot))
                    stack.Push(slot);
            }

            Interlocked.Decrement(ref working);
        }));
        int least = int.MaxValue, most = int.MinValue;
        Threads.Run([.. bodies, () =>
        {
            while (Volatile.Read(ref working) > 0)
            {
                var count = stack.Count;
                least = Math.Min(least, count);
                most = Math.Max(most, count);
            }
        }]);
        Assert.That(least, Is.GreaterThanOrEqualTo(0));
        Assert.That(most, Is.LessThanOrEqualTo(1));
    }
}
