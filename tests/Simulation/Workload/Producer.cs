using System.Runtime.InteropServices;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Simulation.Workload;

/// <summary>A thread that appends its share of the frames: by copy, in slots, or from its own memory; some it skips.</summary>
internal sealed unsafe class Producer(Run run, CameraRun camera, Chances chances, Pauses pauses, List<int> share)
{
    private const int MostTries = 30;

    private readonly CameraPipeline _pipeline = run.Session.Pipelines[camera.Number];
    private readonly int _timeout = run.Layout.Plan.Pipeline.AppendTimeoutMs;
    private readonly FramePattern _pattern = new(camera.Plan);
    private readonly bool _skips = camera.IsOrdered && chances.OneIn(3);
    private readonly bool _usesSlots = chances.OneIn(3);

    public void Play()
    {
        foreach (var frame in share)
        {
            pauses.MayPause(chances);
            if (chances.OneIn(10))
                new Misuse(run, camera, chances).Play();
            for (var tries = 0; !HandIn(frame); tries++)
            {
                if (tries == MostTries)
                    return;
                Scheduler.Sleep(chances.Spread(1000, 20_000_000), "another try");
            }

            if (_isOver)
                return;
        }
    }

    private bool _isOver;

    // Returns whether the frame is finished.
    private bool HandIn(int frame)
    {
        if (_skips && chances.OneIn(6))
            return Skip(frame);
        camera.Book[frame] = Fate.Offered;
        var outcome = camera.Tokens.IsNextLent(chances) ? Lend(frame) : _usesSlots && chances.OneIn(2)
            ? InSlot(frame)
            : Copy(frame);
        return Judge(frame, outcome);
    }

    // Frames of a chunk that spans more than can be borrowed at once must be copied: by the stream where it knows how many those
    // are.
    private bool MayStall => !camera.IsOrdered || (camera.Tokens.Out > 0 && !camera.Tokens.AreCounted);

    private bool Judge(int frame, AppendOutcome outcome)
    {
        camera.Book[frame] = outcome.Status switch
        {
            AppendStatus.Ok => Fate.Taken,
            AppendStatus.Dropped => Fate.Absent,
            _ => Fate.NotOffered,
        };
        var pipeline = run.Layout.Plan.Pipeline;
        var isAllowed = outcome.Status switch
        {
            AppendStatus.Ok => true,
            AppendStatus.Dropped => pipeline.Backpressure == Acquisition.Settings.Backpressure.Drop,
            AppendStatus.RingFull => pipeline.Backpressure != Acquisition.Settings.Backpressure.Block,
            AppendStatus.Timeout => _timeout >= 0,
            AppendStatus.Stalled => MayStall,
            AppendStatus.Failed => run.Session.Fault is not null,
            // Also where the beginning fails after the start had returned because its time was up.
            AppendStatus.Finalized => run.IsEnding || run.Session.Fault is not null,
            _ => false,
        };
        run.Expect(isAllowed, Rules.Answers, $"frame {frame}: {outcome.Status}, {outcome.Message}");
        _isOver = outcome.Status is AppendStatus.Failed or AppendStatus.Finalized;
        return _isOver || outcome.Status is AppendStatus.Ok or AppendStatus.Dropped;
    }

    private bool Skip(int frame)
    {
        camera.Book[frame] = Fate.Absent;
        var outcome = run.Timed($"skip {frame}", _timeout, () => _pipeline.Skip(1));
        if (outcome.Status == AppendStatus.Ok)
            return true;
        return Judge(frame, outcome);
    }

    private AppendOutcome Copy(int frame)
    {
        fixed (byte* pixels = _pattern.Of(frame), text = camera.Book.TextOf(frame))
        {
            var input = Input(frame, pixels, text);
            var outcome = run.Timed($"append {frame}", Twice(_timeout), () => _pipeline.Append(input));
            // The memory belongs to the caller again.
            new Span<byte>(pixels, (int)camera.Plan.FrameBytes).Fill(LentFrames.Poison);
            return outcome;
        }
    }

    private AppendOutcome Lend(int frame)
    {
        WaitForBuffer();
        var token = camera.Tokens.Lend(_pattern.Of(frame), out var memory);
        fixed (byte* text = camera.Book.TextOf(frame))
        {
            var input = Input(frame, (byte*)memory, text);
            var outcome = run.Timed($"lend {frame}", Twice(_timeout), () => _pipeline.AppendBorrowed(input, token));
            camera.Tokens.Lent(token, outcome.Status == AppendStatus.Ok);
            return outcome;
        }
    }

    // That one comes back is what the oracle of buffers checks. Frames out of order may need more than there are; then the stream
    // says so.
    private void WaitForBuffer()
    {
        while (camera.IsOrdered && camera.Tokens.AreAllOut)
            Scheduler.Sleep(chances.Spread(10_000, 5_000_000), "a buffer");
    }

    private AppendOutcome InSlot(int frame)
    {
        var timeout = chances.Of(_timeout, 0, 10);
        var slot = 0;
        var outcome = run.Timed($"acquire a slot", timeout, () => _pipeline.AcquireSlot(timeout, out slot));
        if (outcome.Status != AppendStatus.Ok)
            return outcome.Status == AppendStatus.Timeout ? Copy(frame) : outcome;
        if (chances.OneIn(8))
        {
            var cancelled = run.Timed($"cancel slot {slot}", 0, () => _pipeline.CancelSlot(slot));
            run.Expect(cancelled.Status is AppendStatus.Ok or AppendStatus.Finalized, Rules.Answers,
                $"slot {slot}: {cancelled.Status}, {cancelled.Message}");
            return cancelled.Status == AppendStatus.Finalized ? cancelled : Copy(frame);
        }

        var pixels = _pattern.Of(frame);
        Marshal.Copy(pixels, 0, _pipeline.SlotAddress(slot), pixels.Length);
        fixed (byte* text = camera.Book.TextOf(frame))
        {
            var input = Input(frame, (byte*)_pipeline.SlotAddress(slot), text);
            var committed = run.Timed($"commit {frame} in slot {slot}", Twice(_timeout), () => _pipeline.CommitSlot(slot, input));
            if (committed.Status is AppendStatus.RingFull or AppendStatus.Timeout)
                _pipeline.CancelSlot(slot);
            return committed;
        }
    }

    // First a text may wait for room, and then the frame.
    private static int Twice(int timeoutMs) => timeoutMs < 0 ? -1 : 2 * timeoutMs;

    private FrameInput Input(int frame, byte* pixels, byte* text) => new()
    {
        Pixels = pixels,
        Bytes = (ulong)camera.Plan.FrameBytes,
        Index = camera.IsOrdered ? FrameInput.NextIndex : frame,
        Properties = camera.Book.PropertiesOf(frame),
        Json = text,
        JsonBytes = camera.Book.TextOf(frame)?.Length ?? 0,
    };
}
