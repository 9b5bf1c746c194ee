namespace OmeZarr.Benchmarks;

/// <summary>How much is done of everything.</summary>
internal sealed record Effort
{
    private const long MiB = 1 << 20;

    /// <summary>Repetitions of everything, in turn: A B C, B C A, …</summary>
    public required int Rounds { get; init; }

    /// <summary>Pixels of a saturated stream, and of a written file it is compared with, in bytes.</summary>
    public required long StreamBytes { get; init; }

    /// <summary>Written and deleted before each timed run, so that the system has free memory at hand.</summary>
    public required long WarmBytes { get; init; }

    /// <summary>Length of a paced run.</summary>
    public required double PacedSeconds { get; init; }

    /// <summary>Frames of the run that looks for garbage.</summary>
    public required long SteadyFrames { get; init; }

    /// <summary>Frames of the long run.</summary>
    public required long LongFrames { get; init; }

    /// <summary>How long an encoder is measured each time.</summary>
    public required double CodecSeconds { get; init; }

    /// <summary>Streams that are created and finalized to time just that.</summary>
    public required int Starts { get; init; }

    public static Effort Full { get; } = new()
    {
        Rounds = 5,
        StreamBytes = 1024 * MiB,
        WarmBytes = 2048 * MiB,
        PacedSeconds = 5,
        SteadyFrames = 100_000,
        LongFrames = 1_000_000,
        CodecSeconds = 0.5,
        Starts = 20,
    };

    public static Effort Quick { get; } = new()
    {
        Rounds = 1,
        StreamBytes = 256 * MiB,
        WarmBytes = 256 * MiB,
        PacedSeconds = 1,
        SteadyFrames = 100_000,
        LongFrames = 100_000,
        CodecSeconds = 0.05,
        Starts = 3,
    };
}
