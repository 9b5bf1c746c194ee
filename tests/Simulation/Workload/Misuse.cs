using OmeZarr.Simulation.Scheduling;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Simulation.Workload;

/// <summary>Frames that a stream must refuse, appended between others: with numbers that are taken, or out of range.</summary>
internal sealed unsafe class Misuse(Run run, CameraRun camera, Chances chances)
{
    private readonly CameraPipeline _pipeline = run.Session.Pipelines[camera.Number];
    private readonly int _timeout = run.Layout.Plan.Pipeline.AppendTimeoutMs;

    public void Play()
    {
        if (camera.Tokens.AreAllOut)
            return;
        var finished = Enumerable.Range(0, camera.Book.Frames).Where(frame => camera.Book[frame] is Fate.Taken or Fate.Absent)
            .ToArray();
        switch (chances.Below(4))
        {
            case 0 when camera.Plan.Router.TotalFrames is { } all:
                Refused(all + chances.Below(3), AppendStatus.TooManyFrames);
                break;
            case 1:
                Refused(-2 - chances.Below(3), AppendStatus.FrameIndex);
                break;
            case 2 when run.Layout.Plan.Pipeline.Producers > 1:
                Refused(FrameInput.NextIndex, AppendStatus.FrameIndex);
                break;
            default:
                if (finished.Length > 0)
                    Refused(finished[chances.Below(finished.Length)], AppendStatus.FrameIndex);
                break;
        }
    }

    // With pixels that no frame has, which would be noticed.
    private void Refused(long index, AppendStatus expected)
    {
        var wrong = new byte[camera.Plan.FrameBytes];
        wrong.AsSpan().Fill(LentFrames.Poison);
        var outcome = camera.Tokens.IsNextLent(chances) ? Lend(wrong, index) : Copy(wrong, index);
        var isAllowed = outcome.Status == expected || outcome.Status switch
        {
            AppendStatus.RingFull => run.Layout.Plan.Pipeline.Backpressure == Acquisition.Settings.Backpressure.Fail,
            AppendStatus.Timeout => _timeout >= 0,
            AppendStatus.Stalled => !camera.IsOrdered || (camera.Tokens.Out > 0 && !camera.Tokens.AreCounted),
            AppendStatus.Failed => run.Session.Fault is not null,
            AppendStatus.Finalized => run.IsEnding || run.Session.Fault is not null,
            _ => false,
        };
        run.Expect(isAllowed, Rules.Answers, $"frame {index}, which is {expected}: {outcome.Status}, {outcome.Message}");
    }

    private AppendOutcome Copy(byte[] wrong, long index)
    {
        fixed (byte* pixels = wrong)
        {
            var input = Input(pixels, index);
            return run.Timed($"append {index} wrongly", _timeout, () => _pipeline.Append(input));
        }
    }

    private AppendOutcome Lend(byte[] wrong, long index)
    {
        var token = camera.Tokens.Lend(wrong, out var memory);
        var input = Input((byte*)memory, index);
        var outcome = run.Timed($"lend {index} wrongly", _timeout, () => _pipeline.AppendBorrowed(input, token));
        camera.Tokens.Lent(token, outcome.Status == AppendStatus.Ok);
        return outcome;
    }

    private FrameInput Input(byte* pixels, long index) => new()
    {
        Pixels = pixels,
        Bytes = (ulong)camera.Plan.FrameBytes,
        Index = index,
    };
}
