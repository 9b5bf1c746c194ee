using OmeZarr.Acquisition;
using OmeZarr.Simulation.Oracles;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Streaming;

namespace OmeZarr.Simulation.Workload;

/// <summary>One camera of a run: its frames, their fates, and what readers must see of them.</summary>
internal sealed class CameraRun
{
    private readonly PixelOracle _pixels;
    private readonly FrameMetadataOracle _metadata;

    /// <param name="plan">The camera.</param>
    /// <param name="number">Its number in the plan.</param>
    /// <param name="frames">Frames that its producers append.</param>
    public CameraRun(CameraPlan plan, int number, int frames)
    {
        Plan = plan;
        Number = number;
        Book = new FrameBook(plan, frames);
        _pixels = new PixelOracle(plan, Book);
        _metadata = new FrameMetadataOracle(plan, Book);
    }

    public CameraPlan Plan { get; }

    public int Number { get; }

    public FrameBook Book { get; }

    /// <summary>Memory that is lent to its pipeline; set once its threads exist.</summary>
    public LentFrames Tokens { get; set; } = null!;

    /// <summary>Whether frames come in the order of their numbers, so that none waits for one behind it.</summary>
    public bool IsOrdered { get; set; }

    public string Name => Plan.Key.Length == 0 ? "" : $" {Plan.Key}";

    public void CheckFrames(Func<string, byte[]?> get, Stage stage) => _pixels.CheckFrames(get, stage);

    public void CheckFailedShapes(Func<string, byte[]?> get, Stage stage) => _pixels.CheckFailedShapes(get, stage);

    public void CheckMetadata(Func<string, byte[]?> get, Stage stage) => _metadata.Check(get, stage);

    /// <summary>Checks its pipeline after the stream has ended.</summary>
    public void CheckEnd(Run run, CameraPipeline pipeline)
    {
        run.Expect(pipeline.InFlight.NoRecords
            && pipeline.InFlight.NoJobs, Rules.Memory, "records or jobs are counted after the end");
        run.Expect(pipeline.Ring.Occupied == pipeline.OwnedByCaller, Rules.Memory,
            $"{pipeline.Ring.Occupied} slots are in use after the end, {pipeline.OwnedByCaller} of them the caller's");
        run.Expect(pipeline.Borrowed.Held == 0, Rules.Memory, $"{pipeline.Borrowed.Held} borrowed frames are held after the end");
    }
}
