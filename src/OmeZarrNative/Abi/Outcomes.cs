using System.Runtime.CompilerServices;
using OmeZarr.Concurrency;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;

namespace OmeZarrNative.Abi;

/// <summary>Turns results of the data plane into status codes, and keeps the message for omz_last_error.</summary>
internal static class Outcomes
{
    /// <summary>The status of a fault; its message becomes the calling thread's last error.</summary>
    public static int StatusOf(StreamFault fault) => LastError.Set(
        fault.Kind switch
        {
            FaultKind.Io => Status.Io,
            FaultKind.NoSpace => Status.NoSpace,
            FaultKind.AccessDenied => Status.AccessDenied,
            FaultKind.AlreadyExists => Status.AlreadyExists,
            FaultKind.NotAZarr => Status.NotAZarr,
            FaultKind.OutOfMemory => Status.OutOfMemory,
            FaultKind.Codec => Status.Codec,
            FaultKind.Stalled => Status.Stalled,
            FaultKind.SlotsLost => Status.SlotsLost,
            _ => Status.Internal,
        },
        fault.Message);

    /// <summary>The status of an append or a skip. Allocates nothing on success.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StatusOf(AppendOutcome outcome, AcquisitionSession session) =>
        outcome.Status == AppendStatus.Ok ? Status.Ok : StatusOfRefusal(outcome, session);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int StatusOfRefusal(AppendOutcome outcome, AcquisitionSession session)
    {
        // The message is kept, which allocates.
        using var host = FloatEnvironment.UseDefault();
        return StatusOf(outcome.Status, outcome.Message, session);
    }

    private static int StatusOf(AppendStatus status, string? message, AcquisitionSession session) => status switch
    {
        AppendStatus.Dropped => Status.FrameDropped,
        AppendStatus.MetadataLost => Status.FrameMetadataLost,
        AppendStatus.Failed => StatusOf(session.Fault!),
        AppendStatus.FrameSize => LastError.Set(Status.FrameSize, message),
        AppendStatus.FrameIndex => LastError.Set(Status.FrameIndex, message),
        AppendStatus.TooManyFrames => LastError.Set(Status.TooManyFrames, message),
        AppendStatus.Timeout => LastError.Set(Status.Timeout, message),
        AppendStatus.RingFull => LastError.Set(Status.RingFull, message),
        AppendStatus.Stalled => LastError.Set(Status.Stalled, message),
        AppendStatus.Finalized => LastError.Set(Status.Finalized, message),
        AppendStatus.Busy => LastError.Set(Status.Busy, message),
        AppendStatus.NotOwned => LastError.Set(Status.Slot, message),
        AppendStatus.NoRing => LastError.Set(Status.InvalidArgument, message),
        _ => LastError.Set(Status.Internal, $"no status code for {status}"),
    };
}
