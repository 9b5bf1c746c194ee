namespace OmeZarr.Harness;

/// <summary>What the host calls; in the order of the numbers in native/camera.c.</summary>
public enum CallKind
{
    Create,
    Array,
    Append,
    AppendEx,
    AppendMeta,
    AppendTo,
    Slot,
    Borrowed,
    Skip,
    Flush,
    SetMetadata,
    Finalize,
    FinalizeBegin,
    FinalizePoll,
    Abort,
    PollReleased,
    SetImageMetadata,
    Arm,
    Disarm,
    LimitFileSize,
    LimitFiles,
    LimitProcesses,

    /// <summary>Waits until a file is there.</summary>
    Wait,

    /// <summary>Gives up being root.</summary>
    BecomeNobody,

    /// <summary>Holds the number of the next frame against an expected one.</summary>
    NextFrame,
}

/// <summary>One call of a script.</summary>
public sealed record CameraCall(CallKind Kind)
{
    /// <summary>0: made by itself, after all before it; others: together with the calls of other threads beside it.</summary>
    public int Thread { get; init; }

    /// <summary>The camera whose handle is used; -1 for the stream's own.</summary>
    public int Camera { get; init; } = -1;

    /// <summary>A frame's explicit index or -1; frames to skip; the next frame; a time-out in milliseconds; a limit.</summary>
    public long Number { get; init; } = -1;

    /// <summary>The frame that is appended.</summary>
    public GivenFrame? Frame { get; init; }

    /// <summary>The first number of the frames that are skipped.</summary>
    public long FirstSkipped { get; init; }

    /// <summary>Settings, a key, a frame's JSON; parts of metadata closed with NUL.</summary>
    public string? Text { get; init; }

    /// <summary>Microseconds to wait before the call.</summary>
    public int PauseUs { get; init; }

    public bool IsAppend => Frame is not null;

    public bool IsEnd => Kind is CallKind.Finalize or CallKind.FinalizeBegin or CallKind.FinalizePoll or CallKind.Abort;
}
