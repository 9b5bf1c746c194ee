using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Cli.Terminal;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Cli.Measuring;

/// <summary>How fast frames were stored with one kind of compression.</summary>
/// <param name="Compression">Its name in settings.</param>
/// <param name="Frames">Frames that were stored.</param>
/// <param name="Seconds">Until the last byte of them was on the disk.</param>
/// <param name="PixelBytes">Bytes of their pixels.</param>
/// <param name="StoredBytes">Bytes of their files.</param>
internal sealed record BenchResult(string Compression, long Frames, double Seconds, long PixelBytes, long StoredBytes)
{
    public double FramesPerSecond => Frames / Seconds;

    /// <summary>Of the pixels' size, what is stored.</summary>
    public double Fraction => (double)StoredBytes / PixelBytes;

    public double DiskBytesPerSecond => StoredBytes / Seconds;
}

/// <summary>Records frames as fast as they go, for a while, into a dataset that is deleted again.</summary>
internal sealed class BenchRun(string folder, int width, int height, string dataType, byte[][] frames, CancellationToken cancel)
{
    /// <param name="compression">Its name in settings.</param>
    /// <param name="duration">How long frames are appended; what is buffered then is waited for as well.</param>
    /// <param name="mostBytes">Fewer pixels than that are written.</param>
    /// <param name="progress">Told of each frame's share of the time.</param>
    public BenchResult Measure(string compression, TimeSpan duration, long mostBytes, IProgressBar progress)
    {
        var plan = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(SettingsOf(compression).ToJsonString()));
        try
        {
            return Measure(plan, compression, duration, mostBytes, progress);
        }
        finally
        {
            // Made by this run, at a name that nobody else has.
            if (Directory.Exists(plan.OutputPath))
                Directory.Delete(plan.OutputPath, recursive: true);
        }
    }

    /// <summary>What is recommended to be used in settings, and was measured here.</summary>
    public JsonObject SettingsOf(string compression) => new()
    {
        ["root_path"] = Path.Join(folder, $".omezarr-bench-{Guid.NewGuid():N}"),
        ["dtype"] = dataType,
        ["dimensions"] = new JsonArray(
            new JsonObject { ["name"] = "t" },
            new JsonObject { ["name"] = "y", ["count"] = height },
            new JsonObject { ["name"] = "x", ["count"] = width }),
        ["layout"] = "auto",
        ["compression"] = compression,
    };

    private BenchResult Measure(
        AcquisitionPlan plan, string compression, TimeSpan duration, long mostBytes, IProgressBar progress)
    {
        using var session = AcquisitionSession.Start(
            plan, MemoryPlan.For(plan, Environment.ProcessorCount), new FileSystemStore(plan.OutputPath));
        var pipeline = session.Pipelines[0];
        var clock = Stopwatch.StartNew();
        var (taken, told) = (0L, 0.0);
        while (clock.Elapsed < duration && taken * frames[0].Length < mostBytes)
        {
            cancel.ThrowIfCancellationRequested();
            var outcome = pipeline.Append(frames[taken % frames.Length]);
            if (outcome.Status is not (AppendStatus.Ok or AppendStatus.Timeout))
                break;
            taken += outcome.Status == AppendStatus.Ok ? 1 : 0;
            progress.Add(clock.Elapsed.TotalSeconds - told);
            told = clock.Elapsed.TotalSeconds;
        }

        session.BeginFinalize();
        session.WaitForEnd(-1);
        clock.Stop();
        progress.Add(duration.TotalSeconds - told);
        if (session.Fault is { } fault)
            throw UserException.CannotAccess(fault.Message);
        var stored = new DirectoryInfo(plan.OutputPath).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        return new BenchResult(
            compression, taken, Math.Max(clock.Elapsed.TotalSeconds, 1e-6), taken * frames[0].Length, stored);
    }
}
