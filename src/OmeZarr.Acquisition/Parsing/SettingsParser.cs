using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;
using OmeZarr.Ngff;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>
/// Reads the whole settings object. It always returns settings; where problems were reported they hold defaults, so that
/// the rest of the document is still read.
/// </summary>
internal static class SettingsParser
{
    public static AcquisitionSettings Parse(JsonElement root, ProblemList problems)
    {
        var json = new SettingsObject(root, "", "", problems);
        var rootPath = json.Text("root_path");
        json.Require("root_path", "it says where the dataset goes");
        if (rootPath is not null && rootPath.Any(char.IsControl))
            json.Report("root_path", "a path without control characters");
        else if (rootPath is not null && OutputPath.Refusal(rootPath) is { } refusal)
            json.Problems.Add("root_path", refusal);
        var allowNonconforming = json.Flag("allow_nonconforming") ?? false;
        var cameras = CameraListParser.Parse(json, allowNonconforming);
        return new AcquisitionSettings
        {
            RootPath = rootPath ?? "",
            Format = FormatParser.Parse(json, rootPath ?? ""),
            AllowNonconforming = allowNonconforming,
            Cameras = cameras,
            Plate = PlateOf(json, cameras),
            CutsEarlyEnd = json.Choice("early_end", ("cut", true), ("keep", false)) ?? true,
            Overwrite = json.Flag("overwrite") ?? false,
            Resume = ResumeOf(json),
            Pipeline = PipelineOf(json),
            Durability = DurabilityOf(json),
            Unbuffered = json.Object("store")?.Flag("unbuffered") ?? false,
            FreeSpace = FreeSpaceOf(json),
            S3 = S3Of(json),
            OmeZarrVersion = VersionOf(json),
            Monitor = MonitorOf(json),
            OmeXml = json.Flag("ome_xml"),
        };
    }

    private static bool ResumeOf(SettingsObject json)
    {
        var resume = json.Flag("resume") ?? false;
        if (resume && json.Flag("overwrite") == true)
            json.Problems.Add("resume", "cannot be together with `overwrite`: either the dataset goes on or it is replaced");
        return resume;
    }

    private static PlateSettings? PlateOf(SettingsObject json, ImmutableArray<CameraSettings> cameras)
    {
        if (!json.TryGet("arrays", out _))
            return PlateParser.Parse(json, cameras[0].Dimensions);
        if (json.TryGet("plate", out _))
            json.Problems.Add("plate",
                "cannot be together with `arrays`: a well's images are those of one camera. Give the cameras as channels, or a "
                + "dataset each");
        return null;
    }

    private static NgffVersion VersionOf(SettingsObject json)
    {
        var index = json.Choice<int>("ome_zarr_version", [.. NgffVersions.All.Select((version, i) => (version.Name, i))]);
        return index is { } known ? NgffVersions.All[known] : NgffVersions.Default;
    }

    private static PipelineSettings PipelineOf(SettingsObject json)
    {
        const int MostWorkers = 256, MostRingFrames = 1 << 20, MostProducers = 64, MostBorrowed = 1 << 14;
        const long LeastBudget = 1 << 20;
        var defaults = new PipelineSettings();
        if (json.Object("pipeline") is not { } pipeline)
            return defaults;
        return new PipelineSettings
        {
            Workers = (int?)pipeline.WholeOrAuto("workers", 1, MostWorkers),
            MemoryBudgetBytes = pipeline.WholeOrAuto("memory_budget_bytes", LeastBudget, SettingsObject.LargestExactInteger),
            RingFrames = (int?)pipeline.WholeOrAuto("ring_frames", 2, MostRingFrames),
            BorrowedBuffers = (int?)pipeline.Whole("borrowed_buffers", 1, MostBorrowed),
            Backpressure = pipeline.Choice(
                "backpressure",
                ("block", Backpressure.Block),
                ("fail", Backpressure.Fail),
                ("drop", Backpressure.Drop)) ?? defaults.Backpressure,
            AppendTimeoutMs = Timeout("append_timeout_ms") ?? defaults.AppendTimeoutMs,
            CreateTimeoutMs = Timeout("create_timeout_ms") ?? defaults.CreateTimeoutMs,
            FinalizeTimeoutMs = Timeout("finalize_timeout_ms") ?? defaults.FinalizeTimeoutMs,
            Producers = (int?)pipeline.Whole("producers", 1, MostProducers) ?? defaults.Producers,
        };

        int? Timeout(string key) => (int?)pipeline.Whole(key, -1, int.MaxValue);
    }

    private static DurabilitySettings DurabilityOf(SettingsObject json)
    {
        const int LeastIntervalMs = 10, MostIntervalMs = 3_600_000;
        var defaults = new DurabilitySettings(Fsync.Finalize, 1000);
        if (json.Object("durability") is not { } durability)
            return defaults;
        var fsync = durability.Choice("fsync", ("never", Fsync.Never), ("finalize", Fsync.Finalize), ("flush", Fsync.Flush));
        return new DurabilitySettings(
            fsync ?? defaults.Fsync,
            (int?)durability.Whole("flush_interval_ms", LeastIntervalMs, MostIntervalMs) ?? defaults.FlushIntervalMs);
    }

    private static FreeSpaceCheck FreeSpaceOf(SettingsObject json) => json.Object("store")?.Choice(
        "free_space",
        ("warn", FreeSpaceCheck.Warn),
        ("require", FreeSpaceCheck.Require),
        ("ignore", FreeSpaceCheck.Ignore)) ?? FreeSpaceCheck.Warn;

    private static MonitorSettings? MonitorOf(SettingsObject json)
    {
        if (json.Object("monitor") is not { } monitor)
            return null;
        var port = (int?)monitor.Whole("port", IPEndPoint.MinPort, IPEndPoint.MaxPort) ?? 0;
        var host = monitor.Text("host");
        if (host is not null && !IPAddress.TryParse(host, out _))
            monitor.Report("host",
                "an address of this machine in numbers, such as \"127.0.0.1\" or \"0.0.0.0\" for all of its own");
        return new MonitorSettings(port, host ?? MonitorSettings.ThisMachine);
    }

    private static S3Settings? S3Of(SettingsObject json)
    {
        if (json.Object("store")?.Object("s3") is not { } s3)
            return null;
        if (json.Object("store")!.Flag("unbuffered") == true)
            json.Problems.Add("store.unbuffered", "is for files, and has no meaning together with store.s3");
        s3.Require("bucket", "the bucket to write to");
        if (s3.TryGet("credentials", out var secret) && secret.ValueKind is not (JsonValueKind.Object or JsonValueKind.String))
            s3.Problems.Add(s3.PathOf("credentials"), "must be an object or text");
        json.Problems.AddNotYet("store.s3", "S3; without `store` the dataset goes to the file system");
        return new S3Settings(
            s3.Text("endpoint"),
            s3.Text("bucket") ?? "",
            s3.Text("region"),
            s3.Text("prefix", canBeEmpty: true),
            s3.Flag("path_style") ?? false);
    }
}
