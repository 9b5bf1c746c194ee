using System.Text.Json;
using OmeZarr.Ngff;
using OmeZarr.Zarr;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>
/// Reads the whole settings object. It always returns settings; where problems were reported they hold defaults, so that
/// the rest of the document is still read.
/// </summary>
internal static class SettingsParser
{
    /// <summary>dtype as NumPy abbreviates it; the byte order that it may begin with is the machine's.</summary>
    private static readonly (string Short, DataType Type)[] ShortTypes =
    [
        ("u1", DataType.UInt8), ("u2", DataType.UInt16), ("u4", DataType.UInt32), ("u8", DataType.UInt64),
        ("i1", DataType.Int8), ("i2", DataType.Int16), ("i4", DataType.Int32), ("i8", DataType.Int64),
        ("f4", DataType.Float32), ("f8", DataType.Float64), ("single", DataType.Float32), ("double", DataType.Float64),
    ];

    public static AcquisitionSettings Parse(JsonElement root, ProblemList problems)
    {
        var json = new SettingsObject(root, "", "", problems);
        var rootPath = json.Text("root_path");
        json.Require("root_path", "it says where the dataset goes");
        if (rootPath is not null && rootPath.Any(char.IsControl))
            json.Report("root_path", "a path without control characters");
        var dataType = DataTypeOf(json);
        var dimensions = DimensionListParser.Parse(json);
        var (compression, checksum) = CompressionParser.Parse(json);
        return new AcquisitionSettings
        {
            RootPath = rootPath ?? "",
            Format = FormatParser.Parse(json, rootPath ?? ""),
            Dimensions = dimensions,
            DataType = dataType,
            Compression = compression,
            Checksum = (json.Flag("checksum") ?? false) || checksum,
            StorageOrder = StorageOrderParser.Parse(json, dimensions),
            Plate = PlateParser.Parse(json, dimensions),
            Overwrite = json.Flag("overwrite") ?? false,
            AutoLayout = json.Choice("layout", ("auto", true)) ?? false,
            Pyramid = PyramidParser.Parse(json, dimensions),
            Pipeline = PipelineOf(json),
            Durability = DurabilityOf(json),
            Unbuffered = json.Object("store")?.Flag("unbuffered") ?? false,
            S3 = S3Of(json),
            NgffVersion = VersionOf(json),
            OmeXml = json.Flag("ome_xml"),
            Omero = OmeroParser.Parse(json, dimensions),
            Frame = FrameParser.Parse(json, dataType, dimensions),
        };
    }

    private static DataType DataTypeOf(SettingsObject json)
    {
        json.Require("dtype", $"one of {string.Join(", ", DataTypes.Names)}");
        if (!json.TryGet("dtype", out var value))
            return default;
        var name = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (DataTypes.TryParse(name, out var type))
            return type;
        var bare = name.TrimStart('<', '=', '|');
        foreach (var (abbreviation, meaning) in ShortTypes)
        {
            if (abbreviation == bare)
                return meaning;
        }

        json.Report("dtype", SettingsObject.OneOf(DataTypes.Names));
        return default;
    }

    private static string VersionOf(SettingsObject json)
    {
        var index = json.Choice<int>("ngff_version", [.. NgffVersions.All.Select((version, i) => (version, i))]);
        return index is { } known ? NgffVersions.All[known] : NgffVersions.Default;
    }

    private static PipelineSettings PipelineOf(SettingsObject json)
    {
        const int MostWorkers = 256, MostRingFrames = 1 << 20, MostProducers = 64;
        const long LeastBudget = 1 << 20;
        var defaults = new PipelineSettings();
        if (json.Object("pipeline") is not { } pipeline)
            return defaults;
        return new PipelineSettings
        {
            Workers = (int?)pipeline.WholeOrAuto("workers", 1, MostWorkers),
            MemoryBudgetBytes = pipeline.WholeOrAuto("memory_budget_bytes", LeastBudget, SettingsObject.LargestExactInteger),
            RingFrames = (int?)pipeline.WholeOrAuto("ring_frames", 2, MostRingFrames),
            Backpressure = pipeline.Choice(
                "backpressure",
                ("block", Backpressure.Block),
                ("fail", Backpressure.Fail),
                ("drop", Backpressure.Drop)) ?? defaults.Backpressure,
            AppendTimeoutMs = (int?)pipeline.Whole("append_timeout_ms", -1, int.MaxValue) ?? defaults.AppendTimeoutMs,
            Producers = (int?)pipeline.Whole("producers", 1, MostProducers) ?? defaults.Producers,
        };
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
