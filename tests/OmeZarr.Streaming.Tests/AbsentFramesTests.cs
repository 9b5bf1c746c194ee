using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public class AbsentFramesTests
{
    /// <summary>Where the window begins, and frames in it.</summary>
    private static readonly Arbitrary<(long Lowest, long[] Frames)> Noted = (
        from windows in Gen.Choose(0, 5_000)
        from offset in Gen.Choose(0, (int)FrameLedger.Window)
        from frames in Gen.OneOf(Gen.Choose(0, 200), Gen.Choose(0, (int)FrameLedger.Window - 1)).ArrayOf()
        let lowest = windows * FrameLedger.Window + offset
        select (lowest, frames.Select(frame => lowest + frame).ToArray())).ToArbitrary();

    [Test]
    public void ShouldTellTheFramesThatWereNotedInOrderAndOnce() => Prop.ForAll(Noted, noted =>
    {
        var absent = new AbsentFrames(new InFlightCounts(new WorkerSignal()));
        foreach (var frame in noted.Frames)
            absent.Add(frame);
        var told = new List<long>();
        for (var frame = absent.Next(noted.Lowest); frame >= 0; frame = absent.Next(frame + 1))
        {
            told.Add(frame);
            absent.Remove(frame);
        }

        Assert.That(told, Is.EqualTo(noted.Frames.Distinct().Order()));
        Assert.That(absent.Next(noted.Lowest), Is.EqualTo(-1));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Test]
    public void ShouldCountOneRecordHoweverManyFramesAreSubmitted()
    {
        var inFlight = new InFlightCounts(new WorkerSignal());
        var absent = new AbsentFrames(inFlight);
        Assert.That(absent.TryTakeSubmitted(out _), Is.False);
        for (var frame = 0; frame < 100; frame++)
        {
            absent.Add(frame);
            absent.Notify();
        }

        Assert.That((absent.AreSubmitted, inFlight.NoRecords), Is.EqualTo((true, false)));
        Assert.That(absent.TryTakeSubmitted(out var generation), Is.True);
        Assert.That(absent.AreSubmitted, Is.False);
        inFlight.EndRecord(generation);
        Assert.That(inFlight.NoRecords, Is.True);
    }

    [Test]
    public void ShouldLoseNoFrameThatIsNotedWhileOthersAreTold()
    {
        const int producers = 3, frames = 300_000;
        var inFlight = new InFlightCounts(new WorkerSignal());
        var absent = new AbsentFrames(inFlight);
        var told = new int[producers * frames];
        var producing = producers;
        var distributor = Task.Run(() =>
        {
            while (Volatile.Read(ref producing) > 0 || absent.AreSubmitted)
            {
                if (!absent.TryTakeSubmitted(out var generation))
                {
                    Thread.Yield();
                    continue;
                }

                for (var frame = absent.Next(0); frame >= 0; frame = absent.Next(frame + 1))
                {
                    absent.Remove(frame);
                    told[frame]++;
                }

                inFlight.EndRecord(generation);
            }
        });
        Parallel.For(0, producers, new ParallelOptions { MaxDegreeOfParallelism = producers }, producer =>
        {
            for (var i = 0; i < frames; i++)
            {
                absent.Add(i * producers + producer);
                absent.Notify();
            }

            Interlocked.Decrement(ref producing);
        });
        Assert.That(distributor.Wait(Recording.GuardMs), Is.True);
        Assert.That(told.All(count => count == 1), Is.True);
        Assert.That(inFlight.NoRecords, Is.True);
    }
}
