using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Tests.FrameMetadata;

namespace OmeZarr.Streaming.Tests.Resuming;

/// <summary>A camera of an acquisition: which of its frames come, and what they are.</summary>
internal sealed record GivenCamera(bool[] Comes, DescribedFrame[] Frames, Func<long, byte[]> Pixels, long RowStride = 0)
{
    /// <summary>Nothing comes with its frames.</summary>
    public static GivenCamera Bare(bool[] comes, Func<long, byte[]> pixels) =>
        new(comes, new DescribedFrame[comes.Length], pixels);

    public static GivenCamera Of(bool[] comes, Random random, Func<long, byte[]> pixels, long rowStride = 0) => new(
        comes, [.. comes.Select(frame => frame ? DescribedFrame.Any(random) : default)], pixels, rowStride);
}

/// <summary>Takes the frames of cameras, in one go or interrupted anywhere.</summary>
/// <param name="settings">The settings, with or without <c>resume</c>.</param>
/// <param name="cameras">In the order of the plan.</param>
/// <param name="random">Decides.</param>
internal sealed class InterruptedRun(Func<bool, AcquisitionPlan> settings, GivenCamera[] cameras, Random random)
{
    private const int MostInterruptions = 20;

    /// <summary>All frames, one after the other.</summary>
    public MemoryStore Whole()
    {
        var store = new MemoryStore();
        using var session = Start(store, resume: false);
        Give(session, [.. cameras.Select(camera => (long)camera.Comes.Length)]);
        End(session, abort: false);
        return store;
    }

    /// <summary>
    /// The same, but ended, given up or killed up to twenty times, and gone on with; at times going on fails or is killed, too.
    /// </summary>
    public MemoryStore Interrupted()
    {
        var store = new MemoryStore();
        for (var cut = random.Next(MostInterruptions); cut > 0; cut--)
            store = random.Next(4) == 0 ? AfterFailedStart(store) : AfterPart(store);
        using var session = Start(store, resume: true);
        Give(session, [.. cameras.Select(camera => (long)camera.Comes.Length)]);
        End(session, abort: false);
        return store.AfterKill();
    }

    /// <summary>The same in a real folder, where the process is not killed.</summary>
    public void InterruptedIn(string folder)
    {
        for (var cut = random.Next(MostInterruptions); cut >= 0; cut--)
        {
            using var session = Start(new FileSystemStore(folder), resume: true);
            Give(session, cut == 0 ? [.. cameras.Select(camera => (long)camera.Comes.Length)] : AnyEnds(session));
            End(session, abort: cut > 0 && random.Next(2) == 0);
        }
    }

    /// <summary>What is left after some interruptions, the last of which is a kill; and the frames that had been given.</summary>
    public MemoryStore Killed()
    {
        var store = new MemoryStore();
        for (var cut = random.Next(4); cut > 0; cut--)
            store = AfterPart(store);
        using var session = Start(store, resume: true);
        Give(session, AnyEnds(session));
        if (random.Next(2) == 0)
            Assert.That(session.Flush(Recording.GuardMs), Is.True);
        // Whatever the workers have done by now.
        var killed = store.AfterKill();
        End(session, abort: true);
        return killed;
    }

    /// <summary>Ends what a kill has left.</summary>
    public void Rescue(MemoryStore store)
    {
        var plan = settings(true);
        using var session = AcquisitionSession.StartRescue(plan, MemoryPlan.For(plan, processors: 2), store);
        session.EndReason = "killed";
        End(session, abort: false);
    }

    private MemoryStore AfterPart(MemoryStore store)
    {
        using var session = Start(store, resume: true);
        Give(session, AnyEnds(session));
        if (random.Next(2) == 0)
            Assert.That(session.Flush(Recording.GuardMs), Is.True);
        var killed = store.AfterKill();
        var kind = random.Next(3);
        End(session, abort: kind > 0);
        return kind == 2 ? killed : store.AfterKill();
    }

    // A create that cannot finish leaves the dataset so that another one can.
    private MemoryStore AfterFailedStart(MemoryStore store)
    {
        var before = NextFrames(store);
        var cutting = new CuttingStore(store, random.Next(60));
        try
        {
            using var session = Start(cutting, resume: true);
            session.BeginAbort();
            Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        }
        catch (StoreException)
        {
            // It was cut before it was there.
        }

        var left = random.Next(2) == 0 && cutting.Left is { } killed ? killed : store.AfterKill();
        Assert.That(NextFrames(left), Is.EqualTo(before), "a create that fails takes nothing back");
        return left;
    }

    private long[] NextFrames(MemoryStore store)
    {
        using var session = Start(store.AfterKill(), resume: true);
        return [.. session.Pipelines.Select(pipeline => pipeline.NextFrame)];
    }

    private long[] AnyEnds(AcquisitionSession session) => [.. session.Pipelines.Select((pipeline, i) =>
        random.NextInt64(pipeline.NextFrame, cameras[i].Comes.Length + 1))];

    private AcquisitionSession Start(IWritableStore store, bool resume)
    {
        var plan = settings(resume);
        return AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
    }

    private void Give(AcquisitionSession session, long[] ends)
    {
        var next = session.Pipelines.Select(pipeline => pipeline.NextFrame).ToArray();
        int[] Unfinished() => [.. Enumerable.Range(0, ends.Length).Where(camera => next[camera] < ends[camera])];
        for (var left = Unfinished(); left.Length > 0; left = Unfinished())
        {
            if (random.Next(16) == 0)
                Assert.That(session.Flush(Recording.GuardMs), Is.True);
            var camera = left[random.Next(left.Length)];
            Give(session.Pipelines[camera], cameras[camera], next[camera]++);
            Assert.That(session.Pipelines[camera].NextFrame, Is.EqualTo(next[camera]));
        }
    }

    private static unsafe void Give(CameraPipeline pipeline, GivenCamera camera, long frame)
    {
        if (!camera.Comes[frame])
        {
            Assert.That(pipeline.Skip(1).Status, Is.EqualTo(AppendStatus.Ok));
            return;
        }

        var utf8 = System.Text.Encoding.UTF8.GetBytes(camera.Frames[frame].Json ?? "");
        var bytes = camera.Pixels(frame);
        fixed (byte* pixels = bytes, text = utf8.Length == 0 ? new byte[1] : utf8)
        {
            var outcome = pipeline.Append(new FrameInput
            {
                Pixels = pixels,
                Bytes = (ulong)bytes.Length,
                RowStride = (ulong)camera.RowStride,
                Index = FrameInput.NextIndex,
                Properties = camera.Frames[frame].Properties,
                Json = utf8.Length == 0 ? null : text,
                JsonBytes = utf8.Length,
            });
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), $"frame {frame}: {outcome.Message}");
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
