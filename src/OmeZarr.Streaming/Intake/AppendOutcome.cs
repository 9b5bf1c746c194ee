
using OmeZarr.Concurrency;

namespace OmeZarr.Streaming.Intake;

/// <summary>What came of handing in a frame.</summary>
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

    /// <summary>The slot is not the caller's.</summary>
    NotOwned,

    /// <summary>The frame's metadata is not valid; the frame was not taken.</summary>
    Metadata,

    /// <summary>The stream has failed before; see its fault.</summary>
    Failed,
}

/// <summary>What came of handing in a frame, and for a refusal why.</summary>
public readonly record struct AppendOutcome(AppendStatus Status, string? Message)
{
    /// <summary>A refusal, whose reason is told on the caller's thread.</summary>
    public AppendOutcome(AppendStatus status, HostSafeText message)
        : this(status, message.ToText())
    {
    }

    public static AppendOutcome Ok => new(AppendStatus.Ok, null);
}
