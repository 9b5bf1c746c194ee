using OmeZarr.Concurrency;

namespace OmeZarr.Streaming.Intake;

/// <summary>Refusals without details.</summary>
internal static class Refusals
{
    public static AppendOutcome Ended { get; } = new(AppendStatus.Finalized, "the stream is being finalized or was aborted");

    public static AppendOutcome Busy { get; } = new(
        AppendStatus.Busy, "another thread is appending to this stream or array (set pipeline.producers for several)");

    public static AppendOutcome NoRing { get; } = new(
        AppendStatus.NoRing,
        "the stream has no ring: pipeline.borrowed_buffers is for frames that are lent (omz_append_borrowed); set "
            + "pipeline.ring_frames for slots, or for frames that are copied");

    public static AppendOutcome Of(GatePass pass) => pass == GatePass.Busy ? Busy : Ended;
}
