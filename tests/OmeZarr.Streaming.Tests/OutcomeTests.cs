using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Documents;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

/// <summary>What the root says of the frames and of the end.</summary>
public class OutcomeTests
{
    [Test]
    public void ShouldCountWhatIsThereWithEachFlush()
    {
        using var recording = new Recording("t=?/2*8 y=4 x=4");
        for (var frame = 0; frame < 7; frame++)
        {
            recording.Append(frame);
            Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
            // As after a kill: only what is on the store.
            Assert.That(Count(recording, "frames_appended"), Is.EqualTo(frame + 1));
            Assert.That(Count(recording, "frames_stored"), Is.EqualTo((frame + 1) / 2 * 2).And.EqualTo(recording.Shape[0]));
            Assert.That(recording.Outcome.AsObject().ContainsKey("ended"), Is.False);
        }
    }

    [Test]
    public void ShouldLeaveTheRootAloneWhileNothingHappens()
    {
        using var recording = new Recording("t=?/1 y=4 x=4");
        recording.AppendFirst(2);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        recording.Store.FailOn(StoreOperation.Put);
        for (var i = 0; i < 3; i++)
            Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        Assert.That(recording.Session.Fault, Is.Null, "nothing was put");
    }

    [Test]
    public void ShouldTellWhichFramesNeverCame()
    {
        using var recording = new Recording("t=?/1 y=4 x=4");
        recording.AppendAll([0, 5, 9], named: true);
        recording.Finish();
        Assert.That(Missing(recording), Is.EqualTo("[[1,4],[6,3]]"));
        Assert.That((bool)recording.Outcome["complete"]!, Is.False);
        Assert.That((string?)recording.Outcome["ended"], Is.EqualTo("finalized"));
    }

    [TestCase(false, false)]
    [TestCase(true, true)]
    public void ShouldBeCompleteBeforeTheDeclaredEndOnlyWhenTheRestIsSkipped(bool skipped, bool complete)
    {
        using var recording = new Recording("t=100/1 y=4 x=4", more: "\"early_end\": \"keep\"");
        recording.AppendFirst(33);
        if (skipped)
            Assert.That(recording.Session.Skip(67).Status, Is.EqualTo(AppendStatus.Ok));
        recording.Finish();
        Assert.That(recording.Shape[0], Is.EqualTo(100));
        Assert.That(Missing(recording), Is.EqualTo("[[33,67]]"));
        Assert.That((bool)recording.Outcome["complete"]!, Is.EqualTo(complete));
    }

    [Test]
    public void ShouldSayWhyTheHostEndedIt()
    {
        using var recording = new Recording("t=?/1 y=4 x=4");
        recording.AppendFirst(2);
        recording.Session.EndReason = "ValueError: no more stage";
        recording.Finish();
        Assert.That($"{recording.Outcome["ended"]}, {recording.Outcome["reason"]}",
            Is.EqualTo("host_error, ValueError: no more stage"));
        Assert.That((bool)recording.Outcome["complete"]!, Is.False);
    }

    /// <summary>Whichever sync or durable put fails, from the first on.</summary>
    [TestCase("finalize")]
    [TestCase("flush")]
    public void ShouldNeverBeCompleteWhenASyncFails(string fsync)
    {
        for (var (n, failed) = (0, true); failed; n++)
        {
            using var recording = new Recording(
                Given.Plan("t=4/1*2 y=4 x=4", durability: $"\"flush_interval_ms\": 3600000, \"fsync\": \"{fsync}\""));
            recording.Store.FailOn(StoreOperation.Sync | StoreOperation.Put | StoreOperation.Complete, afterSuccesses: n,
                failures: 1);
            for (var frame = 0; frame < 4; frame++)
                Assert.That(recording.Append(frame).Status, Is.EqualTo(AppendStatus.Ok).Or.EqualTo(AppendStatus.Failed));
            recording.Session.BeginFinalize();
            recording.AssertEnds();
            failed = recording.Store.Failures > 0;
            Assert.That((bool)recording.Outcome["complete"]!, Is.EqualTo(!failed), $"failure {n}");
        }
    }

    [Test]
    public void ShouldKeepMissingFramesAsRunsInOrder() => Prop.ForAll(Ranges, ranges =>
    {
        var missing = new MissingFrames(most: 1000);
        var expected = new SortedSet<long>();
        foreach (var (first, count) in ranges)
        {
            missing.Add(first, count);
            expected.UnionWith(Enumerable.Range(first, count).Select(frame => (long)frame));
        }

        var runs = missing.Below(150).Runs;
        Assert.That(runs.SelectMany(run => Enumerable.Range(0, (int)run.Count).Select(i => run.First + i)),
            Is.EqualTo(expected.Where(frame => frame < 150)));
        Assert.That(runs.Zip(runs.Skip(1)).All(pair => pair.First.End < pair.Second.First), Is.True, "apart");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Test]
    public void ShouldSayThatMoreFramesAreMissingThanItCanTell()
    {
        var missing = new MissingFrames(most: 3);
        foreach (var frame in new[] { 10, 20, 30, 40, 11 })
            missing.Add(frame);
        Assert.That(missing.Below(100).Runs, Is.EqualTo(new[] { new FrameRun(10, 2), new FrameRun(20, 1), new FrameRun(30, 1) }));
        Assert.That(missing.Below(100).IsCut, Is.True);
    }

    private static readonly Arbitrary<(int First, int Count)[]> Ranges = Gen.ArrayOf(
        from first in Gen.Choose(0, 200)
        from count in Gen.Choose(0, 9)
        select (first, count)).ToArbitrary();

    private static long Count(Recording recording, string key) => (long)recording.Outcome[key]!;

    private static string Missing(Recording recording) => recording.Outcome["missing_frames"]!.ToJsonString();
}
