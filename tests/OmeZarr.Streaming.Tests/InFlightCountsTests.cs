using OmeZarr.Concurrency;

namespace OmeZarr.Streaming.Tests;

public class InFlightCountsTests
{
    private static readonly Deadline Now = Deadline.After(0);

    private static Deadline Guard => Deadline.After(Recording.GuardMs);

    [Test]
    public void ShouldWaitForNothingWhenNothingIsThere() =>
        Assert.That(new InFlightCounts(new WorkerSignal()).WaitForAllSoFar(Now), Is.True);

    [Test]
    public void ShouldNotForgetWorkBecauseAnEarlierWaitGaveUp()
    {
        var work = new InFlightCounts(new WorkerSignal());
        var record = work.BeginRecord();
        for (var i = 0; i < 5; i++)
            Assert.That(work.WaitForAllSoFar(Now), Is.False);
        work.EndRecord(record);
        Assert.That(work.WaitForAllSoFar(Now), Is.True);
    }

    [Test]
    public void ShouldNotWaitForWorkThatCameLater()
    {
        var work = new InFlightCounts(new WorkerSignal());
        var old = work.BeginRecord();
        var wait = Task.Run(() => work.WaitForAllSoFar(Guard));
        // Work is always there: each record begins before the one before it ends.
        var record = work.BeginRecord();
        for (var i = 0; !wait.IsCompleted; i++)
        {
            var next = work.BeginRecord();
            work.EndRecord(record);
            record = next;
            if (i == 10_000)
                work.EndRecord(old);
        }

        Assert.That(wait.Result, Is.True);
        Assert.That(work.NoRecords, Is.False);
        work.EndRecord(record);
        Assert.That(work.NoRecords, Is.True);
    }

    [Test]
    public void ShouldLetEveryWaiterThroughOnceEverythingHasEnded()
    {
        var work = new InFlightCounts(new WorkerSignal());
        var record = work.BeginRecord();
        var job = work.BeginJob();
        var waits = Enumerable.Range(0, 4).Select(_ => Task.Run(() => work.WaitForAllSoFar(Guard))).ToArray();
        Assert.That(Task.WaitAny(waits, 0), Is.EqualTo(-1));
        work.EndRecord(record);
        work.EndJob(job);
        Assert.That(Task.WaitAll(waits, Recording.GuardMs), Is.True);
        Assert.That(waits.Select(wait => wait.Result), Is.All.True);
    }

    [Test]
    public void ShouldWaitForTheJobsThatRecordsLedTo()
    {
        var work = new InFlightCounts(new WorkerSignal());
        var record = work.BeginRecord();
        var wait = Task.Run(() => work.WaitForAllSoFar(Guard));
        var copy = work.BeginJob();
        work.EndRecord(record);
        Assert.That(wait.IsCompleted, Is.False);
        var group = work.BeginJob();
        work.EndJob(copy);
        Assert.That(wait.IsCompleted, Is.False);
        work.EndJob(group);
        Assert.That(wait.Wait(Recording.GuardMs) && wait.Result, Is.True);
    }

    [Test]
    public void ShouldNeverLookIdleWhileOneJobFollowsAnother()
    {
        var work = new InFlightCounts(new WorkerSignal());
        var job = work.BeginJob();
        var watching = true;
        var looks = 0;
        var observer = Task.Run(() =>
        {
            var idle = 0;
            while (Volatile.Read(ref watching))
            {
                idle += work.NoJobs ? 1 : 0;
                looks++;
            }

            return idle;
        });
        for (var i = 0; i < 1_000_000; i++)
        {
            // Gives up at once, but has started a generation: each job is counted in another one than the job before it.
            work.WaitForAllSoFar(Now);
            var next = work.BeginJob();
            work.EndJob(job);
            job = next;
        }

        Volatile.Write(ref watching, false);
        Assert.That(observer.Result, Is.Zero);
        Assert.That(looks, Is.Positive);
    }
}
