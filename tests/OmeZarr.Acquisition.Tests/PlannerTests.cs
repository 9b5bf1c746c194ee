using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Tests;

public class PlannerTests
{
    private const string FrameOnly = """[{"name": "y", "count": 64}, {"name": "x", "count": 48}]""";

    [Test]
    public void ShouldPlanOneArrayWithWholeFramesAsChunksByDefault()
    {
        var plan = Document.Plan(Document.FiveDimensions);
        var array = plan.Arrays.Single();
        Assert.That(plan.OutputPath, Is.EqualTo("data/run.ome.zarr"));
        Assert.That(array.Path, Is.EqualTo("0"));
        Assert.That(array.Shape, Is.EqualTo(new long[] { 10, 2, 5, 64, 48 }));
        Assert.That(array.ChunkShape, Is.EqualTo(new[] { 1, 1, 1, 64, 48 }));
        Assert.That(array.IsSharded, Is.False);
        Assert.That(array.UnboundedAxis, Is.EqualTo(-1));
        Assert.That(array.DimensionNames, Is.EqualTo(new[] { "t", "c", "z", "y", "x" }));
        Assert.That(array.DataType, Is.EqualTo(DataType.UInt16));
        Assert.That((plan.FrameHeight, plan.FrameWidth, plan.FrameBytes), Is.EqualTo((64L, 48L, 6144L)));
        Assert.That(plan.Router.TotalFrames, Is.EqualTo(100));
        Assert.That(plan.Warnings, Is.Empty);
    }

    [Test]
    public void ShouldFillInTheDefaults()
    {
        var settings = Document.Plan(Document.FiveDimensions).Settings;
        Assert.That(settings.Compression, Is.EqualTo(new Compression.None()));
        Assert.That(settings.Pipeline, Is.EqualTo(new PipelineSettings()));
        Assert.That(settings.Pipeline.Workers, Is.Null);
        Assert.That(settings.Pipeline.MemoryBudgetBytes, Is.Null);
        Assert.That(settings.Pipeline.AppendTimeoutMs, Is.EqualTo(30_000));
        Assert.That(settings.Pipeline.Backpressure, Is.EqualTo(Backpressure.Block));
        Assert.That(settings.Pipeline.Producers, Is.EqualTo(1));
        Assert.That(settings.Durability, Is.EqualTo(new DurabilitySettings(Fsync.Finalize, 1000)));
        Assert.That(settings.Overwrite, Is.False);
        Assert.That(settings.Checksum, Is.False);
        Assert.That(settings.OmeZarrVersion.Name, Is.EqualTo("0.5"));
    }

    [Test]
    public void ShouldReadEverySettingOfPipelineAndDurability()
    {
        var plan = Document.PlanWith("""
            {"overwrite": true,
             "pipeline": {"workers": 3, "memory_budget_bytes": 1073741824, "ring_frames": 64, "backpressure": "drop",
                          "append_timeout_ms": -1, "create_timeout_ms": 0, "finalize_timeout_ms": 20, "producers": 2},
             "durability": {"fsync": "flush", "flush_interval_ms": 250}}
            """);
        Assert.That(plan.Pipeline, Is.EqualTo(new PipelineSettings
        {
            Workers = 3,
            MemoryBudgetBytes = 1L << 30,
            RingFrames = 64,
            Backpressure = Backpressure.Drop,
            AppendTimeoutMs = -1,
            CreateTimeoutMs = 0,
            FinalizeTimeoutMs = 20,
            Producers = 2,
        }));
        Assert.That(plan.Durability, Is.EqualTo(new DurabilitySettings(Fsync.Flush, 250)));
        Assert.That(plan.Overwrite, Is.True);
    }

    [TestCase("\"auto\"")]
    [TestCase("null")]
    public void ShouldTakeAutoAndNullAlike(string value) =>
        Assert.That(
            Document.PlanWith($$"""{"pipeline": {"workers": {{value}}, "memory_budget_bytes": {{value}}, "ring_frames": {{value}} } }""").Pipeline,
            Is.EqualTo(new PipelineSettings()));

    [Test]
    public void ShouldStoreInOmeOrderWhateverTheAcquisitionsOrder()
    {
        var plan = Document.PlanOf("""
            [{"name": "z", "count": 5}, {"name": "c", "count": 2}, {"name": "t", "count": 10},
             {"name": "y", "count": 64}, {"name": "x", "count": 48}]
            """);
        Assert.That(plan.Arrays[0].DimensionNames, Is.EqualTo(new[] { "t", "c", "z", "y", "x" }));
        var index = new long[3];
        plan.Router.Locate(1, index);
        Assert.That(index, Is.EqualTo(new long[] { 1, 0, 0 }), "the second frame is the second time point");
        plan.Router.Locate(10, index);
        Assert.That(index, Is.EqualTo(new long[] { 0, 1, 0 }));
    }

    [TestCase("\"acquisition\"", new[] { "z", "t", "c" })]
    [TestCase("""["c", "z", "t", "y", "x"]""", new[] { "c", "z", "t" })]
    [TestCase("\"ome\"", new[] { "t", "c", "z" })]
    public void ShouldStoreInTheOrderAskedFor(string order, string[] expected)
    {
        var plan = Document.PlanOf(
            """
            [{"name": "z", "count": 5}, {"name": "t", "count": 10}, {"name": "c", "count": 2},
             {"name": "y", "count": 64}, {"name": "x", "count": 48}]
            """,
            $$"""{"storage_order": {{order}}, "allow_nonconforming": true}""");
        Assert.That(plan.Arrays[0].DimensionNames.Take(3), Is.EqualTo(expected));
        Assert.That(plan.Warnings.Any(warning => warning.Contains("strict readers")), Is.EqualTo(expected[0] != "t"));
    }

    [Test]
    public void ShouldTakeAnIntervalOfNoTimeAsUnknownAndSaySo()
    {
        var plan = Document.PlanOf("""[{"name": "t", "count": 5, "unit": "s", "scale": 0}, {"name": "y", "count": 8}, {"name": "x", "count": 8}]""");
        Assert.That(plan.Axes[0].Scale, Is.Null);
        Assert.That(plan.Warnings, Is.EqualTo(new[]
        {
            "dimensions[0].scale: is 0, which is no interval; it is taken as unknown, which OME-Zarr says as 1",
        }));
        Assert.That(Document.Problem(Document.Of("""[{"name": "y", "count": 8, "scale": 0}, {"name": "x", "count": 8}]""")),
            Does.StartWith("dimensions[0].scale: is `0`; must be a number other than 0"));
    }

    [TestCase("""{"compression": {"name": "zstd", "level": -1}}""", "GDAL refuses arrays of zstd below level 0; the level is -1")]
    [TestCase("""{"compression": {"name": "zstd", "level": 0}}""", null)]
    [TestCase("""{"pyramid": {"levels": 2}}""", null)]
    public void ShouldWarnOfWhatAKnownReaderRefuses(string members, string? warning) => Assert.That(
        Document.PlanWith(members).Warnings, warning is null ? Is.Empty : Is.EqualTo(new[] { warning }));

    [TestCase(2, true)]
    [TestCase(1, false)]
    public void ShouldWarnOfANegativeScaleWhereThereAreLevels(int levels, bool warns)
    {
        var plan = Document.PlanOf(
            """[{"name": "z", "count": 5, "scale": -2}, {"name": "y", "count": 8}, {"name": "x", "count": 8}]""",
            $$$"""{"pyramid": {"levels": {{{levels}}} } }""");
        var warned = plan.Warnings.Any(warning => warning.Contains("yaozarrs") && warning.EndsWith("negative along z"));
        Assert.That(warned, Is.EqualTo(warns));
        Assert.That(plan.Warnings, Has.Length.EqualTo(warns ? 1 : 0));
    }

    [Test]
    public void ShouldPutCustomAxesBetweenTimeAndSpace()
    {
        var plan = Document.PlanOf("""
            [{"name": "z", "count": 5}, {"name": "angle", "type": "other", "count": 3}, {"name": "t", "count": 10},
             {"name": "y", "count": 64}, {"name": "x", "count": 48}]
            """);
        Assert.That(plan.Arrays[0].DimensionNames, Is.EqualTo(new[] { "t", "angle", "z", "y", "x" }));
    }

    [Test]
    public void ShouldLetTheFirstDimensionGrowOnWhateverAxisItLands()
    {
        var plan = Document.PlanOf("""
            [{"name": "z", "chunk_size": 4}, {"name": "t", "count": 10}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]
            """);
        var array = plan.Arrays[0];
        Assert.That(array.Shape, Is.EqualTo(new long[] { 10, 0, 64, 48 }));
        Assert.That(array.UnboundedAxis, Is.EqualTo(1));
        Assert.That(array.ChunkShape, Is.EqualTo(new[] { 1, 4, 64, 48 }));
        Assert.That(plan.Router.TotalFrames, Is.Null);
        Assert.That(plan.Router.UnboundedExtent(21), Is.EqualTo(3));
    }

    [Test]
    public void ShouldKeepTheFramesOwnOrder()
    {
        var plan = Document.PlanOf("""[{"name": "x", "count": 48}, {"name": "y", "count": 64}]""");
        Assert.That(plan.Arrays[0].DimensionNames, Is.EqualTo(new[] { "x", "y" }));
        Assert.That((plan.FrameHeight, plan.FrameWidth), Is.EqualTo((48L, 64L)));
    }

    [Test]
    public void ShouldPlanASingleFrame()
    {
        var plan = Document.PlanOf(FrameOnly);
        Assert.That(plan.Arrays[0].FrameAxes, Is.Zero);
        Assert.That(plan.Router.TotalFrames, Is.EqualTo(1));
    }

    [Test]
    public void ShouldTakeChunksAndShardsAsGivenButNoLongerThanTheirAxis()
    {
        var array = Document.PlanOf("""
            [{"name": "t", "count": 10, "chunk_size": 16}, {"name": "z", "count": 5, "chunk_size": 2, "shard_size_chunks": 2},
             {"name": "y", "count": 64, "chunk_size": 16, "shard_size_chunks": 100}, {"name": "x", "count": 48}]
            """).Arrays[0];
        Assert.That(array.ChunkShape, Is.EqualTo(new[] { 10, 2, 16, 48 }));
        Assert.That(array.ShardShapeInChunks, Is.EqualTo(new[] { 1, 2, 4, 1 }));
    }

    [TestCase("data/run.ome.zarr", "data/run.ome.zarr")]
    [TestCase("data/run.zarr", "data/run.zarr")]
    [TestCase("data/run", "data/run.ome.zarr")]
    [TestCase("data/run.v1", "data/run.v1.ome.zarr")]
    [TestCase("data/RUN.OME.ZARR", "data/RUN.ome.zarr")]
    [TestCase("data/run.ome.test.zarr", "data/run.ome.test.zarr")]
    [TestCase("data/run.ome.zarr/", "data/run.ome.zarr")]
    [TestCase(".zarr", ".zarr")]
    public void ShouldDeriveTheOutputPathFromRootPath(string rootPath, string expected) =>
        Assert.That(Document.PlanWith($$"""{"root_path": "{{rootPath}}"}""").OutputPath, Is.EqualTo(expected));

    [TestCase("\"ome-zarr\"", "run.zarr", "run.zarr")]
    [TestCase("\"zarr\"", "run", "run.ome.zarr")]
    [TestCase("\"tensorstore\"", "run.zarr", "run.zarr")]
    [TestCase("""{"name": "ome-zarr", "backend": "acquire-zarr"}""", "run.zarr", "run.zarr")]
    [TestCase("""{"name": "ome-zarr", "suffix": ".ome.zarr"}""", "run.zarr", "run.ome.zarr")]
    [TestCase("""{"name": "ome-zarr", "suffix": ".ome.zarr"}""", "run.tiff", "run.ome.zarr")]
    [TestCase("""{"name": "ome-zarr", "suffix": ""}""", "run.zarr", "run")]
    public void ShouldLetTheFormatGiveTheSuffix(string format, string rootPath, string expected) =>
        Assert.That(
            Document.PlanWith($$"""{"root_path": "{{rootPath}}", "format": {{format}} }""").OutputPath,
            Is.EqualTo(expected));

    [Test]
    public void ShouldReplaceATildeByTheUsersHome() =>
        Assert.That(
            Document.PlanWith("""{"root_path": "~/run.zarr"}""").OutputPath,
            Is.EqualTo(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/run.zarr"));

    [TestCase("s3://bucket/x", "s3://")]
    [TestCase("https://host/x", "https://")]
    [TestCase("gs+x://b", "gs+x://")]
    [TestCase("file://server/share/x", "absolute")]
    [TestCase("file://x", "absolute")]
    [TestCase("file:///", "absolute")]
    [TestCase("file:///a%20b", "plain path")]
    [TestCase("~somebody/x", "~/")]
    [TestCase("~x", "~/")]
    public void ShouldRefuseAPlaceThatItDoesNotUnderstandAndSayWhatItDoes(string rootPath, string said)
    {
        var error = Assert.Throws<SettingsException>(() => Document.PlanWith($$"""{"root_path": "{{rootPath}}"}"""))!;
        Assert.That(error.Message, Does.Contain("root_path").And.Contains(said));
    }

    [TestCase("file:///data/run.zarr", "/data/run.zarr")]
    [TestCase("FILE://localhost/data/run", "/data/run.ome.zarr")]
    [TestCase("a~b/run.zarr", "a~b/run.zarr")]
    [TestCase("./~x/run.zarr", "./~x/run.zarr")]
    [TestCase("a:b/run.zarr", "a:b/run.zarr")]
    public void ShouldUnderstandAFilesSchemeAndLeaveOtherPathsAlone(string rootPath, string expected) =>
        Assert.That(Document.PlanWith($$"""{"root_path": "{{rootPath}}"}""").OutputPath, Is.EqualTo(expected));

    [TestCase("/nonexistent/home")]
    [TestCase("relative")]
    [TestCase("")]
    [Platform(Exclude = "Win")]
    public void ShouldRefuseAHomeThatIsNone(string home)
    {
        var before = Environment.GetEnvironmentVariable("HOME");
        try
        {
            Environment.SetEnvironmentVariable("HOME", home);
            var error = Assert.Throws<SettingsException>(() => Document.PlanWith("""{"root_path": "~/run.zarr"}"""))!;
            Assert.That(error.Message, Does.Contain("HOME"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("HOME", before);
        }
    }

    [TestCase("uint8", DataType.UInt8)]
    [TestCase("float64", DataType.Float64)]
    [TestCase("<u2", DataType.UInt16)]
    [TestCase("i4", DataType.Int32)]
    [TestCase("single", DataType.Float32)]
    public void ShouldKnowTheDataType(string name, DataType expected) =>
        Assert.That(Document.PlanWith($$"""{"dtype": "{{name}}"}""").DataType, Is.EqualTo(expected));

    [Test]
    public void ShouldAcceptWhatOmeWritersDumps()
    {
        // The shape of AcquisitionSettings.model_dump_json(): every member is written, absent ones as null.
        var plan = Document.Plan("""
            {"root_path":"example.ome.zarr","dimensions":[
            {"name":"t","count":null,"type":"time","coords":null,"chunk_size":1,"shard_size_chunks":null,"unit":"second","scale":null,"translation":null},
            {"name":"c","count":2,"type":"channel","coords":[
            {"name":"DAPI","excitation_wavelength_nm":405,"emission_wavelength_nm":460,"fluorophore":null,"color":"blue"},
            {"name":"FITC","excitation_wavelength_nm":null,"emission_wavelength_nm":null,"fluorophore":"EGFP","color":"#00ff4b"}],
            "chunk_size":null,"shard_size_chunks":null,"unit":null,"scale":null,"translation":null},
            {"name":"y","count":512,"type":"space","coords":null,"chunk_size":256,"shard_size_chunks":2,"unit":"micrometer","scale":0.1,"translation":-20.5},
            {"name":"x","count":512,"type":"space","coords":null,"chunk_size":256,"shard_size_chunks":2,"unit":"micrometer","scale":0.1,"translation":4.0}],
            "dtype":"uint16","format":{"name":"ome-zarr","backend":"auto","suffix":".ome.zarr"},"compression":"blosc-zstd",
            "storage_order":"ome","plate":null,"overwrite":false}
            """);
        var array = plan.Arrays[0];
        Assert.That(array.ShardShapeInChunks, Is.EqualTo(new[] { 1, 1, 2, 2 }));
        Assert.That(array.Compression, Is.EqualTo(new Compression.Blosc(BloscCompressor.Zstd, 3, BloscShuffle.Byte, 0)));
        Assert.That(plan.Settings.Dimensions[1].Channels, Is.EqualTo(new[]
        {
            new ChannelSettings("DAPI", 405, 460, null, "0000FF"),
            new ChannelSettings("FITC", null, null, "EGFP", "00FF4B"),
        }));
    }

    [TestCase("t", "null", "null", DimensionType.Time)]
    [TestCase("c", "null", "null", DimensionType.Channel)]
    [TestCase("z", "null", "null", DimensionType.Space)]
    [TestCase("angle", "null", "null", null)]
    [TestCase("angle", "\"other\"", "null", DimensionType.Other)]
    [TestCase("lag", "null", "\"ms\"", DimensionType.Time)]
    [TestCase("depth", "null", "\"um\"", DimensionType.Space)]
    [TestCase("angle", "null", "\"degree\"", null)]
    [TestCase("t", "\"other\"", "\"ms\"", DimensionType.Other)]
    public void ShouldInferTheTypeFromUnitAndName(string name, string type, string unit, DimensionType? expected)
    {
        var plan = Document.PlanOf($$"""
            [{"name": "{{name}}", "count": 3, "type": {{type}}, "unit": {{unit}} }, {"name": "y", "count": 64}, {"name": "x", "count": 48}]
            """);
        Assert.That(plan.Settings.Dimensions[0].Type, Is.EqualTo(expected));
    }

    [TestCase("um", "space", "micrometer")]
    [TestCase("µm", "space", "micrometer")]
    [TestCase("μm", "space", "micrometer")]
    [TestCase("micron", "space", "micrometer")]
    [TestCase("Mm", "space", "megameter")]
    [TestCase("mm", "space", "millimeter")]
    [TestCase("MICROMETER", "space", "micrometer")]
    [TestCase("min", "time", "minute")]
    [TestCase("ms", "time", "millisecond")]
    [TestCase("arbitrary", "other", "arbitrary")]
    public void ShouldCastUnitsToTheNamesOfOmeZarr(string unit, string type, string expected)
    {
        var plan = Document.PlanOf($$"""
            [{"name": "a", "count": 3, "type": "{{type}}", "unit": "{{unit}}"}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]
            """);
        Assert.That(plan.Settings.Dimensions[0].Unit, Is.EqualTo(expected));
    }

    [Test]
    public void ShouldTakeTheCountFromCoords()
    {
        var plan = Document.PlanOf("""
            [{"name": "lag", "type": "time", "unit": "s", "coords": [0, 1.5, "late"]}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]
            """);
        Assert.That(plan.Settings.Dimensions[0].Count, Is.EqualTo(3));
        Assert.That(plan.Settings.Dimensions[0].Coordinates,
            Is.EqualTo(new Coordinate[] { new(null, 0), new(null, 1.5), new("late", null) }));
    }

    [Test]
    public void ShouldTakeADimensionWithChannelObjectsForChannels()
    {
        var plan = Document.PlanOf("""
            [{"name": "filter", "coords": [{"name": "DAPI", "color": "blue"}, "FITC"]}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]
            """);
        Assert.That(plan.Settings.Dimensions[0].Type, Is.EqualTo(DimensionType.Channel));
        Assert.That(plan.Settings.Dimensions[0].Channels.Select(channel => channel.Name), Is.EqualTo(new[] { "DAPI", "FITC" }));
    }

    [Test]
    public void ShouldWarnOfAFrameThatIsNotNamedYAndX()
    {
        var plan = Document.PlanOf("""[{"name": "row", "count": 64}, {"name": "col", "count": 48}]""");
        Assert.That(plan.Warnings, Has.Length.EqualTo(2));
        Assert.That(plan.Settings.Dimensions.Select(dimension => dimension.Type), Is.All.EqualTo(DimensionType.Space));
    }

    [TestCase("null", "none")]
    [TestCase("\"none\"", "none")]
    [TestCase("\"blosc-lz4\"", "blosc lz4 5 byte")]
    [TestCase("\"blosc-zstd\"", "blosc zstd 3 byte")]
    [TestCase("\"zstd\"", "zstd 3")]
    [TestCase("""{"name": "blosc"}""", "blosc lz4 5 byte")]
    [TestCase("""{"name": "blosc", "cname": "zlib", "clevel": 9, "shuffle": "bit", "checksum": true}""", "blosc zlib 9 bit crc32c")]
    [TestCase("""{"name": "zstd", "level": -7, "checksum": true}""", "zstd -7 checksum")]
    [TestCase("""{"name": "gzip"}""", "gzip 5")]
    [TestCase("""{"name": "none", "checksum": true}""", "none crc32c")]
    public void ShouldReadTheCompression(string json, string expected)
    {
        var array = Document.PlanWith($$"""{"compression": {{json}} }""").Arrays[0];
        var text = array.Compression switch
        {
            Compression.Blosc blosc => $"blosc {blosc.Compressor} {blosc.Level} {blosc.Shuffle}",
            Compression.Zstd zstd => $"zstd {zstd.Level}" + (zstd.Checksum ? " checksum" : ""),
            Compression.Gzip gzip => $"gzip {gzip.Level}",
            _ => "none",
        };
        Assert.That(text.ToLowerInvariant() + (array.Checksum ? " crc32c" : ""), Is.EqualTo(expected));
    }

    [Test]
    public void ShouldAddACrc32cToAnyCompression()
    {
        var array = Document.PlanWith("""{"compression": "zstd", "checksum": true}""").Arrays[0];
        Assert.That(array.Checksum, Is.True);
        Assert.That(array.Compression, Is.EqualTo(new Compression.Zstd(3, Checksum: false)));
    }
}
