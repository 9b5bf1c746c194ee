using OmeZarr.Simulation.Scheduling;
using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Simulation.Storage;

/// <summary>How a run's store behaves.</summary>
internal sealed record StoreConduct
{
    /// <summary>Operations that may have taken effect although they failed.</summary>
    public const StoreOperation Late =
        StoreOperation.Put | StoreOperation.PublishFooter | StoreOperation.Complete | StoreOperation.Sync;

    /// <summary>The longest that an operation takes, in nanoseconds; 0: no operation takes time.</summary>
    public long LongestNs { get; init; }

    /// <summary>One in this many operations gets stuck; 0: none does.</summary>
    public int OneStuckIn { get; init; }

    /// <summary>How long it is stuck, in nanoseconds.</summary>
    public long StuckNs { get; init; }

    /// <summary>The first operation of <see cref="Failing"/> that fails, counted from 0; negative: none does.</summary>
    public int FailsFrom { get; init; } = -1;

    /// <summary>How many of them fail.</summary>
    public int Failures { get; init; }

    public StoreOperation Failing { get; init; }

    /// <summary>The document that tells which frames have metadata.</summary>
    private const string RowsDocument = "/image/zarr.json";

    /// <summary>Whether it matters only where frames have metadata.</summary>
    public bool IsAboutMetadata => FailingKey == RowsDocument;

    /// <summary>Ending of the names of the objects that <see cref="Failing"/> applies to.</summary>
    public string FailingKey { get; init; } = "";

    public StoreErrorKind Kind { get; init; }

    /// <summary>
    /// Whether a failing operation takes effect all the same, where that can happen: a file has its name, and its folder cannot
    /// be flushed.
    /// </summary>
    public bool FailsLate { get; init; }

    /// <summary>One in so many publications of unfinished objects does not take place; 0: all do.</summary>
    public int OneUnpublishedIn { get; init; }

    /// <summary>Free space in bytes.</summary>
    public long Room { get; init; } = long.MaxValue;

    /// <summary>The required alignment of buffers; see <see cref="IWritableStore.WriteAlignment"/>.</summary>
    public int WriteAlignment { get; init; } = 1;

    public bool MayFail => FailsFrom >= 0 || Room < long.MaxValue;

    /// <summary>Never fails, and often gets stuck.</summary>
    public static StoreConduct Slow(Chances chances) =>
        new() { OneStuckIn = 3, StuckNs = chances.Spread(100_000_000, 3_000_000_000) };

    /// <summary>Takes its time, and seldom fails.</summary>
    public static StoreConduct Steady(Chances chances) =>
        (chances.OneIn(4) ? Of(chances) : chances.OneIn(6) ? Doubtful(chances, new()) : new()) with
        {
            LongestNs = chances.Of(100_000, 2_000_000, 10_000_000),
            OneUnpublishedIn = chances.Of(0, 0, 3),
        };

    public static StoreConduct Of(Chances chances)
    {
        var stuckIn = chances.Of(0, 0, 3, 10, 30);
        var conduct = new StoreConduct
        {
            LongestNs = chances.Of(0, 20_000, 1_000_000, 30_000_000),
            OneStuckIn = stuckIn,
            // If long delays were frequent, the run would not end.
            StuckNs = chances.Spread(50_000_000, stuckIn == 3 ? 1_000_000_000 : 5_000_000_000),
            WriteAlignment = chances.Of(1, 1, 1, 512),
            OneUnpublishedIn = chances.Of(0, 0, 0, 2),
            FailsLate = chances.OneIn(3),
        };
        return chances.Below(8) switch
        {
            0 => conduct with { Room = chances.Spread(100, 50_000), Kind = StoreErrorKind.NoSpace },
            1 => conduct with
            {
                FailsFrom = chances.Below(30),
                Failures = chances.Of(1, 1, 3, int.MaxValue),
                Failing = StoreOperation.Any,
                Kind = chances.Of(StoreErrorKind.Io, StoreErrorKind.NoSpace),
            },
            2 => conduct with
            {
                FailsFrom = chances.Below(5),
                Failures = chances.Of(1, 1, 3, int.MaxValue),
                Failing = (StoreOperation)(1 << chances.Below(8)),
                Kind = chances.Of(StoreErrorKind.Io, StoreErrorKind.NoSpace),
            },
            3 => Doubtful(chances, conduct),
            _ => conduct,
        };
    }

    // Leaves one document of which nobody knows whether it was stored.
    private static StoreConduct Doubtful(Chances chances, StoreConduct conduct) => conduct with
    {
        FailsFrom = chances.Of(0, 1, 1, 2),
        Failures = 1,
        Failing = StoreOperation.Put,
        FailingKey = chances.Of("/zarr.json", RowsDocument, RowsDocument),
        Kind = StoreErrorKind.Io,
        FailsLate = true,
    };
}
