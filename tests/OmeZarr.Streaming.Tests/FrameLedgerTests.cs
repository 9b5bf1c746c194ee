using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public class FrameLedgerTests
{
    private const long Window = FrameLedger.Window;

    /// <summary>One use of a ledger.</summary>
    private abstract record Step;

    /// <summary>Takes a frame so far from the lowest unrouted one.</summary>
    private sealed record Take(long Distance) : Step;

    /// <summary>Routes one of those taken.</summary>
    private sealed record MarkRouted(int Which) : Step;

    /// <summary>Takes and routes what is missing until this many more frames are routed.</summary>
    private sealed record Advance(int Count) : Step;

    private static readonly Arbitrary<Step[]> Steps = Gen.OneOf<Step>(
        Gen.Choose(-5, 70).Select(distance => (Step)new Take(distance)),
        Gen.Choose(-3, 3).Select(distance => (Step)new Take(Window + distance)),
        Gen.Choose(0, (int)Window).Select(distance => (Step)new Take(distance)),
        Gen.Choose(0, 100).Select(which => (Step)new MarkRouted(which)),
        Gen.Choose(0, 400_000).Select(count => (Step)new Advance(count))).ArrayOf(60).ToArbitrary();

    [Test]
    public void ShouldGiveEachFrameOnceWithinItsWindowHoweverFarItHasMoved() => Prop.ForAll(Steps, steps =>
    {
        var ledger = new FrameLedger();
        var model = new Model();
        foreach (var step in steps)
        {
            switch (step)
            {
                case Take(var distance):
                    var index = Math.Max(0, model.Lowest + distance);
                    Assert.That(ledger.TryTake(index), Is.EqualTo(model.Take(index)));
                    break;
                case MarkRouted(var which) when model.Taken.Count > 0:
                    var taken = model.Taken.ElementAt(which % model.Taken.Count);
                    model.MarkRouted(taken);
                    ledger.MarkRouted(taken);
                    break;
                case Advance(var count):
                    Run(ledger, model, count);
                    break;
                default:
                    break;
            }

            Assert.That(ledger.Lowest, Is.EqualTo(model.Lowest));
            Assert.That(ledger.IsTooFarAhead(model.Lowest + Window), Is.True);
            Assert.That(ledger.IsTooFarAhead(model.Lowest + Window - 1), Is.False);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Test]
    public void ShouldGiveEachFrameToOneOfManyThreads()
    {
        const int frames = 300_000, threads = 4;
        var ledger = new FrameLedger();
        var taken = new int[frames];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            for (var frame = 0; frame < frames; frame++)
            {
                if (ledger.TryTake(frame) == FrameClaim.Taken)
                    Interlocked.Increment(ref taken[frame]);
            }
        });
        Assert.That(taken.All(count => count == 1), Is.True);
    }

    [Test]
    public void ShouldLetProducersFollowTheWindowWhileItMoves()
    {
        const long frames = 3 * Window;
        var ledger = new FrameLedger();
        var next = -1L;
        var routed = Task.Run(() =>
        {
            var spin = new SpinWait();
            for (long frame = 0; frame < frames; frame++)
            {
                while (Volatile.Read(ref next) <= frame)
                    spin.SpinOnce();
                ledger.MarkRouted(frame);
            }
        });
        var refused = 0L;
        for (long frame = 0; frame < frames; frame++)
        {
            while (ledger.TryTake(frame) is var claim && claim != FrameClaim.Taken)
            {
                if (claim != FrameClaim.TooFarAhead)
                    Assert.Fail($"frame {frame}: {claim}");
                refused++;
                Thread.Yield();
            }

            Volatile.Write(ref next, frame + 1);
        }

        Volatile.Write(ref next, frames + 1);
        Assert.That(routed.Wait(Recording.GuardMs), Is.True);
        Assert.That(ledger.Lowest, Is.EqualTo(frames), $"{refused} takes had to wait");
    }

    private static void Run(FrameLedger ledger, Model model, int count)
    {
        for (var end = model.Lowest + count; model.Lowest < end;)
        {
            var frame = model.Lowest;
            if (ledger.TryTake(frame) != model.Take(frame))
                Assert.Fail($"frame {frame}");
            model.MarkRouted(frame);
            ledger.MarkRouted(frame);
        }
    }

    /// <summary>The same with sets.</summary>
    private sealed class Model
    {
        private readonly HashSet<long> _routed = [];

        public SortedSet<long> Taken { get; } = [];

        public long Lowest { get; private set; }

        public FrameClaim Take(long index)
        {
            if (index < Lowest || _routed.Contains(index))
                return FrameClaim.AlreadyTaken;
            if (index - Lowest >= Window)
                return FrameClaim.TooFarAhead;
            return Taken.Add(index) ? FrameClaim.Taken : FrameClaim.AlreadyTaken;
        }

        public void MarkRouted(long index)
        {
            Taken.Remove(index);
            _routed.Add(index);
            while (_routed.Remove(Lowest))
                Lowest++;
        }
    }
}
