using System.Diagnostics;
using OmeZarr.Acquisition;
using OmeZarr.Cli.Terminal;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Cli.Recording;

/// <summary>How a recording went.</summary>
/// <param name="Frames">Frames that were taken and stored.</param>
/// <param name="Duration">From the first frame until everything was stored.</param>
/// <param name="Complaint">What is not as it was asked for; null when all is.</param>
/// <param name="Interrupted">Whether Ctrl-C ended it.</param>
internal sealed record RecordingResult(long Frames, TimeSpan Duration, string? Complaint, bool Interrupted);

/// <summary>Hands frames to the engine, by its own rooms: the program needs no library beside it.</summary>
internal sealed class Recorder(AcquisitionPlan plan, Screen screen)
{
    /// <summary>What was recorded before Ctrl-C, or before the input's end, is finished all the same.</summary>
    public RecordingResult Record(IFrameSource frames)
    {
        var memory = MemoryPlan.For(plan, Environment.ProcessorCount);
        var store = new FileSystemStore(plan.OutputPath, new FileSystemOptions
        {
            Unbuffered = plan.Settings.Unbuffered,
            OnWarning = warning => screen.Error.WriteLine($"omezarr record: {Printable.Text(warning)}"),
        });
        using var session = AcquisitionSession.Start(plan, memory, store);
        var clock = Stopwatch.StartNew();
        var complaint = screen.WithProgress("Recording", progress => Append(session, frames, progress));
        var interrupted = screen.Cancel.IsCancellationRequested;
        session.EndReason = interrupted ? "interrupted by the user" : complaint;
        session.BeginFinalize();
        var taken = session.Stats().FramesAppended;
        screen.WithProgress("Finishing", progress => WaitForEnd(session, progress));
        if (session.Fault is { } fault)
            throw UserException.CannotAccess($"{fault.Message}\nwhat was stored before can be read: {plan.OutputPath}");
        return new RecordingResult(taken, clock.Elapsed, complaint ?? Missing(taken), interrupted);
    }

    private string? Append(AcquisitionSession session, IFrameSource frames, IProgressBar progress)
    {
        var pipeline = session.Pipelines[0];
        progress.SetTotal(frames.Frames ?? plan.Cameras[0].Router.TotalFrames ?? 0);
        var frame = new byte[pipeline.FrameBytes];
        try
        {
            while (frames.Read(frame, screen.Cancel))
            {
                if (Append(pipeline, frame) is { } complaint)
                    return complaint;
                progress.Add(1);
                screen.Cancel.ThrowIfCancellationRequested();
            }

            return null;
        }
        catch (OperationCanceledException) when (screen.Cancel.IsCancellationRequested)
        {
            return "interrupted";
        }
        catch (IncompleteFrameException incomplete)
        {
            return incomplete.Message;
        }
    }

    // Null: go on. Files can wait for a slow disk for as long as it takes.
    private string? Append(CameraPipeline pipeline, byte[] frame)
    {
        while (true)
        {
            var outcome = pipeline.Append(frame);
            switch (outcome.Status)
            {
                case AppendStatus.Ok:
                    return null;
                case AppendStatus.Timeout when !screen.Cancel.IsCancellationRequested:
                    continue;
                case AppendStatus.TooManyFrames:
                    return $"there are more frames than the dimensions have room for: {outcome.Message}";
                default:
                    return outcome.Message ?? $"a frame was refused: {outcome.Status}";
            }
        }
    }

    private static bool WaitForEnd(AcquisitionSession session, IProgressBar progress)
    {
        const int step = 200;
        progress.SetTotal(1);
        var before = 0.0;
        while (!session.WaitForEnd(step))
        {
            var now = session.Progress;
            progress.Add(now - before);
            before = now;
        }

        return true;
    }

    private string? Missing(long taken) => plan.Cameras[0].Router.TotalFrames is { } count && taken < count
        ? $"{taken} of {count} frames came"
        : null;
}
