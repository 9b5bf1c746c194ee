namespace OmeZarr.Simulation.Scheduling;

/// <summary>What must hold in every run.</summary>
internal static class Rules
{
    public const string Progress = "progress";
    public const string Exceptions = "exceptions";
    public const string Beginning = "beginning";
    public const string Work = "work";
    public const string Pixels = "pixels";
    public const string Shape = "shape";
    public const string FailedShape = "failed-shape";
    public const string FrameMetadata = "frame-metadata";
    public const string Interval = "interval";
    public const string Documents = "documents";
    public const string PowerCut = "power-cut";
    public const string Completion = "completion";
    public const string Tokens = "tokens";
    public const string Buffers = "buffers";
    public const string TimeOuts = "time-outs";
    public const string Answers = "answers";
    public const string Memory = "memory";
    public const string Parts = "parts";

    public static IReadOnlyList<(string Name, string What)> All { get; } =
    [
        (Progress, "somebody can always go on, and a run ends"),
        (Exceptions, "no thread ends by an exception"),
        (Beginning, "a start that fails leaves the store as it was"),
        (Work, "no work waits while a worker sleeps"),
        (Pixels, "what a reader sees of a frame is right or blank at every instant; what was flushed or finalized is there"),
        (Shape, "while nothing has failed, no shape reaches beyond what is stored, at every instant"),
        (FailedShape, "after a failure, too, an image ends where something is, at every level"),
        (FrameMetadata, "a frame's metadata is there whole or not at all, at every instant"),
        (Interval, "what is whole can be read within the flush interval and the time of publications"),
        (Documents, "every document can be read at every instant"),
        (PowerCut, "with durability.fsync, the same holds for what a power cut leaves; what was finalized is there"),
        (Completion, "a dataset is marked complete only when it is, and its counts are true"),
        (Tokens, "the token of a borrowed frame comes back exactly once, and nobody reads the frame any more"),
        (Buffers, "a host that lends the buffers that it said it has always gets one back"),
        (TimeOuts, "every call returns within its time-out"),
        (Answers, "every call's answer is one that it may give"),
        (Memory, "all that was lent comes back: slots, borrowed frames, texts, counts, and all memory; there is never more than "
            + "the plan says"),
        (Parts, "what a scenario of the litmus says"),
    ];
}
