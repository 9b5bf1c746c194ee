using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Tests.FrameMetadata;

namespace OmeZarr.Streaming.Tests;

public class ResumeTests
{
    private static readonly Arbitrary<(Acquisition Acquisition, int Seed)> Images = (
        from acquisition in Acquisition.Any.Generator
        from seed in Gen.Choose(0, int.MaxValue)
        select (acquisition, seed)).ToArbitrary();

    private static readonly Arbitrary<(Acquisition Acquisition, int Seed)> Collections = (
        from acquisition in RandomCollections.Any.Generator
        from seed in Gen.Choose(0, int.MaxValue)
        select (acquisition, seed)).ToArbitrary();

    [Test]
    public void ShouldEndAsAnImageThatWasNeverInterrupted() =>
        Prop.ForAll(Images, given => AssertEqual(given.Acquisition, new Random(given.Seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Test]
    public void ShouldEndAsACollectionThatWasNeverInterrupted() =>
        Prop.ForAll(Collections, given => AssertEqual(given.Acquisition, new Random(given.Seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static void AssertEqual(Acquisition acquisition, Random random)
    {
        var frames = acquisition.Comes.Select(comes => comes ? DescribedFrame.Any(random) : default).ToArray();
        var whole = new MemoryStore();
        using (var session = Start(acquisition, whole))
        {
            Give(session, acquisition, frames, 0, acquisition.Comes.Length, random);
            End(session, abort: false);
        }

        acquisition.Settings["resume"] = true;
        StoredDataset.AssertEqual(Interrupted(acquisition, frames, random), whole);
    }

    // Up to twenty times: ended, given up or killed anywhere.
    private static MemoryStore Interrupted(Acquisition acquisition, DescribedFrame[] frames, Random random)
    {
        var store = new MemoryStore();
        long done = 0;
        for (var cut = random.Next(20); cut >= 0; cut--)
        {
            using var session = Start(acquisition, store);
            var next = session.Pipelines[0].NextFrame;
            Assert.That(next, Is.LessThanOrEqualTo(done), "frames that never came");
            var end = cut == 0 ? acquisition.Comes.Length : random.NextInt64(next, acquisition.Comes.Length + 1);
            Give(session, acquisition, frames, next, end, random);
            var kind = cut == 0 ? 0 : random.Next(3);
            if (kind == 0)
            {
                End(session, abort: false);
                store = store.AfterKill();
                done = end;
                continue;
            }

            if (random.Next(2) == 0)
                Assert.That(session.Flush(Recording.GuardMs), Is.True);
            var killed = store.AfterKill();
            End(session, abort: true);
            store = kind == 1 ? killed : store.AfterKill();
            done = Math.Max(done, end);
        }

        return store;
    }

    private static AcquisitionSession Start(Acquisition acquisition, MemoryStore store)
    {
        var plan = acquisition.Plan;
        return AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
    }

    private static unsafe void Give(AcquisitionSession session, Acquisition acquisition, DescribedFrame[] frames, long from,
        long end, Random random)
    {
        for (var frame = from; frame < end; frame++)
        {
            if (random.Next(16) == 0)
                Assert.That(session.Flush(Recording.GuardMs), Is.True);
            if (!acquisition.Comes[frame])
            {
                Assert.That(session.Skip(1).Status, Is.EqualTo(AppendStatus.Ok));
                continue;
            }

            var utf8 = System.Text.Encoding.UTF8.GetBytes(frames[frame].Json ?? "");
            fixed (byte* pixels = Acquisition.Pixels(session.Plan, frame), text = utf8.Length == 0 ? new byte[1] : utf8)
            {
                var outcome = session.Append(new FrameInput
                {
                    Pixels = pixels,
                    Bytes = (ulong)session.Plan.Cameras[0].FrameBytes,
                    Index = FrameInput.NextIndex,
                    Properties = frames[frame].Properties,
                    Json = utf8.Length == 0 ? null : text,
                    JsonBytes = utf8.Length,
                });
                Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), $"frame {frame}: {outcome.Message}");
            }
        }
    }

    private static void End(AcquisitionSession session, bool abort)
    {
        if (abort)
            session.BeginAbort();
        else
            session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True, "the session does not end");
        Assert.That(session.Fault, Is.Null);
    }
}
