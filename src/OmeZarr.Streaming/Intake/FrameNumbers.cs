namespace OmeZarr.Streaming.Intake;

/// <summary>The state of a camera's frame numbers.</summary>
/// <param name="Taken">Numbers that have been taken, and routed.</param>
/// <param name="Absent">Numbers that never come, and are not routed yet.</param>
/// <param name="Lost">Numbers that the dataset lacks.</param>
internal sealed record FrameNumbers(FrameLedger Taken, AbsentFrames Absent, LostFrames Lost) : IDisposable
{
    /// <summary>Only once no thread uses them any more.</summary>
    public void Dispose()
    {
        Taken.Dispose();
        Absent.Dispose();
    }
}
