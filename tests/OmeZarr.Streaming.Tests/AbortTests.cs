using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public class AbortTests
{
    private static readonly Arbitrary<(Acquisition Acquisition, int At, bool FromOutside)> Aborted = (
        from acquisition in Acquisition.Any.Generator
        from at in Gen.Choose(0, 60)
        from fromOutside in Gen.Elements(true, false)
        select (acquisition, at, fromOutside)).ToArbitrary();

    [Test]
    public void ShouldEndAtAnyMomentAndLeaveADatasetOfRightPixels() => Prop.ForAll(Aborted, aborted =>
    {
        var (acquisition, at, fromOutside) = aborted;
        using var recording = new Recording(acquisition.Plan);
        var abort = fromOutside ? Task.Run(() => AbortAt(recording, at)) : Task.CompletedTask;
        var taken = 0;
        for (; taken < acquisition.Comes.Length && (fromOutside || taken < at); taken++)
        {
            var outcome = acquisition.Comes[taken] ? recording.Append(taken) : recording.Session.Skip(1);
            if (outcome.Status == AppendStatus.Finalized)
                break;
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }

        recording.Session.BeginAbort();
        Assert.That(abort.Wait(Recording.GuardMs), Is.True);
        recording.AssertEnds();
        Assert.That(recording.Session.Fault, Is.Null);
        Assert.That(recording.Session.WasAborted, Is.True);
        Assert.That((bool)recording.Outcome["complete"]!, Is.False);
        Assert.That(recording.Session.Stats().RingOccupancy, Is.Zero);
        recording.AssertOnlyRightPixels(acquisition.Comes);
        recording.AssertLastChunkIsThere();
        recording.AssertTellsWhatIsThere(acquisition.Comes, taken);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void ShouldKeepWhatWasFlushedBefore()
    {
        using var recording = new Recording("t=?/2*4 y=4 x=4");
        recording.AppendFirst(7);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        recording.Session.BeginAbort();
        recording.AssertEnds();
        Assert.That(Enumerable.Range(0, 6).All(frame => recording.Holds(frame)), Is.True);
        Assert.That(recording.Holds(6), Is.False, "its chunk was not whole");
    }

    private static void AbortAt(Recording recording, int frame)
    {
        while (recording.Session.Stats().FramesAppended < frame && !recording.Session.IsEnding)
            Thread.Yield();
        recording.Session.BeginAbort();
    }
}
