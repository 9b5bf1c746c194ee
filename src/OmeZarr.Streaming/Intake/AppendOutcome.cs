using OmeZarr.Concurrency;

namespace OmeZarr.Streaming.Intake;

/// <summary>The result of handing in a frame.</summary>
public enum AppendStatus
{
    Ok,
    Dropped,
    FrameSize,
    FrameIndex,
    TooManyFrames,
    Timeout,
    RingFull,
    Stalled,
    Finalized,
    Busy,

    /// <summary>The caller does not own the slot.</summary>
    NotOwned,

    /// <summary>The stream takes borrowed frames only.</summary>
    NoRing,

    /// <summary>The frame's metadata is not valid; the frame was not taken.</summary>
    Metadata,

    /// <summary>The stream has failed earlier; see its fault.</summary>
    Failed,
}

/// <summary>The result of handing in a frame, with the reason for a refusal.</summary>
public readonly record struct AppendOutcome(AppendStatus Status, string? Message)
{
    /// <summary>A refusal, whose message is made on the caller's thread.</summary>
    public AppendOutcome(AppendStatus status, HostSafeText message)
        : this(status, message.ToText())
    {
    }

    public static AppendOutcome Ok => new(AppendStatus.Ok, null);
}
