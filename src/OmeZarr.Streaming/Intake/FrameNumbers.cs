namespace OmeZarr.Streaming.Intake;

/// <summary>What has become of the frame numbers of a camera.</summary>
/// <param name="Taken">Which have been taken, and routed.</param>
/// <param name="Absent">Which never come, and are not routed yet.</param>
/// <param name="Lost">Which the dataset does not have.</param>
internal sealed record FrameNumbers(FrameLedger Taken, AbsentFrames Absent, LostFrames Lost) : IDisposable
{
    /// <summary>Only once no thread uses them any more.</summary>
    public void Dispose()
    {
        Taken.Dispose();
        Absent.Dispose();
    }
}
