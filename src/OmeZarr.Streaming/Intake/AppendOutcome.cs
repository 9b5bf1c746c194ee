using System.Runtime.CompilerServices;
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

    /// <summary>The frame was taken, but some of what came with it cannot be stored.</summary>
    MetadataLost,

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

    /// <summary>The frame was taken without some of its metadata. What is wrong with it is logged once.</summary>
    public static AppendOutcome MetadataLost => new(AppendStatus.MetadataLost, null);

    /// <summary>Whether the frame is the stream's from now on.</summary>
    public bool IsTaken
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Status is AppendStatus.Ok or AppendStatus.MetadataLost;
    }
}
