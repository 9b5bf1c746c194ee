namespace OmeZarr.Harness;

/// <summary>What is known of one frame of a camera after a run.</summary>
/// <param name="Frame">Null for a number that was skipped.</param>
/// <param name="Begun">When its append began; 0: never.</param>
/// <param name="Ended">When it was acknowledged; 0: it was not, or it was refused.</param>
/// <param name="IsRefused">Its append failed or dropped it: it must not be stored.</param>
public sealed record FrameFate(GivenFrame? Frame, long Begun, long Ended, bool IsRefused)
{
    public bool IsAcknowledged => Ended != 0 && !IsRefused;

    /// <summary>The host was inside its append when it ended.</summary>
    public bool IsOpen => Begun != 0 && Ended == 0 && !IsRefused;
}

/// <summary>What a run acknowledged, and what of it must be there.</summary>
public sealed class Acknowledged
{
    private const int Timeout = -16;

    private readonly Scenario _scenario;
    private readonly CallAnswer[] _answers;

    /// <param name="scenario">What was played.</param>
    /// <param name="answers">How far it came.</param>
    /// <param name="promisedUntil">Frames acknowledged before this time have to be there, whatever was flushed.</param>
    public Acknowledged(Scenario scenario, CallAnswer[] answers, long promisedUntil)
    {
        _scenario = scenario;
        _answers = answers;
        PromisedUntil = Math.Max(promisedUntil, LastFlush());
        Cameras = [.. scenario.Plan.Cameras.Select((_, camera) => FatesOf(camera))];
    }

    /// <summary>The fates of the frames of each camera, by their numbers.</summary>
    public IReadOnlyList<IReadOnlyDictionary<long, FrameFate>> Cameras { get; }

    /// <summary>What was acknowledged before is promised, as far as its chunk is whole.</summary>
    public long PromisedUntil { get; }

    public bool IsCreated => Answer(CallKind.Create).Succeeded;

    /// <summary>An end has begun: chunks may be stored that are not whole.</summary>
    public bool IsEnding => All(call => call.IsEnd).Any(answer => answer.HasBegun);

    /// <summary>Finalize returned OK.</summary>
    public bool IsFinalized =>
        All(call => call.Kind is CallKind.Finalize or CallKind.FinalizePoll).Any(answer => answer.Succeeded);

    /// <summary>Finalize returned an error, and was not asked again with another answer.</summary>
    public bool HasFailed => !IsFinalized && All(call => call.Kind is CallKind.Finalize or CallKind.FinalizePoll)
        .Any(answer => answer is { HasEnded: true, Status: < 0 and not Timeout });

    public bool IsAborted => Answer(CallKind.Abort).HasBegun;

    public CallAnswer Answer(CallKind kind) => All(call => call.Kind == kind).FirstOrDefault();

    private IEnumerable<CallAnswer> All(Func<CameraCall, bool> which) =>
        _scenario.Calls.Select((call, i) => (call, i)).Where(at => which(at.call)).Select(at => _answers[at.i]);

    private long LastFlush() =>
        All(call => call.Kind == CallKind.Flush).Where(answer => answer.Succeeded).Select(answer => answer.Begun)
            .DefaultIfEmpty(0).Max();

    private Dictionary<long, FrameFate> FatesOf(int camera)
    {
        var fates = new Dictionary<long, FrameFate>();
        for (var i = 0; i < _scenario.Calls.Count; i++)
        {
            var (call, answer) = (_scenario.Calls[i], _answers[i]);
            if (!answer.HasBegun)
                continue;
            var refused = answer.HasEnded && answer.Status != 0;
            if (call.Frame is { } frame && frame.Camera == camera)
                fates[frame.Number] = new FrameFate(frame, answer.Begun, answer.Ended, refused);
            else if (call.Kind == CallKind.Skip && Math.Max(0, call.Camera) == camera)
                fates[call.FirstSkipped] = new FrameFate(null, answer.Begun, answer.Ended, refused);
        }

        return fates;
    }
}
