using System.Text.Json;

namespace AbiTests;

/// <summary>The hosts that we ship compile as their comments say, run, and leave an OME-Zarr.</summary>
public sealed class HostTests
{
    private static string C(string file) => Path.Combine(Repository.Hosts, "c", file);

    private static readonly string[] DemoSources =
        [C("demo.c"), C("camera.c"), C("json.c"), C("options.c"), C("platform.c"), C("progress.c"), C("settings.c"), C("tiff.c")];

    [Test]
    public void TheMinimalCHostShouldWriteItsFrames()
    {
        using var scratch = new Scratch();
        var path = scratch.Path("minimal.ome.zarr");
        Tool.Run(Compiler.Build("c99", [C("minimal.c")]), path).ShouldSucceed();
        Assert.That(ShapeOf(path), Is.EqualTo(new long[] { 10, 512, 512 }));
    }

    [Test]
    public void TheMinimalCHostShouldTellItsErrors()
    {
        var result = Tool.Run(Compiler.Build("c99", [C("minimal.c")]), "/proc/no/such/place.ome.zarr");
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.Contain("omz_create: OMZ_E_").And.Contain("/proc/no/such/place"));
    }

    [Test]
    public void TheDemoShouldPlayACameraWithoutDroppingAFrame()
    {
        using var scratch = new Scratch();
        var path = scratch.Path("demo.ome.zarr");
        var result = RunDemo(
            "--out", path, "--size", "96x160", "--t", "3", "--z", "2", "--fps", "200", "--codec", "none", "--shard", "none",
            "--pool", "3").ShouldSucceed();
        Assert.That(result.Output, Does.Match(@"dropped +0\n").And.Contain("append").And.Contain(path));
        Assert.That(ShapeOf(path), Is.EqualTo(new long[] { 3, 2, 2, 96, 160 }));
        FramesShouldComeFromACamera(Path.Combine(path, "0", "c"));
        var omero = Json(path).GetProperty("attributes").GetProperty("ome").GetProperty("omero");
        var channels = omero.GetProperty("channels").EnumerateArray().ToArray();
        Assert.That(channels.Select(channel => channel.GetProperty("label").GetString()),
            Is.EqualTo(new[] { "lysosomes", "mitochondria" }));
        Assert.That(channels.Select(channel => channel.GetProperty("color").GetString()),
            Is.EqualTo(new[] { "FF0000", "00FF00" }));
    }

    [TestCase("--fps", "0", "--codec", "blosc-zstd", "--chunk", "2,1,1,48,64", "--shard", "2,1,1,2,2", "--c", "6")]
    [TestCase("--fps", "0", "--codec", "{\"name\":\"gzip\",\"level\":1}", "--chunk", "auto", "--c", "3")]
    [TestCase("--fps", "0", "--codec", "zstd", "--workers", "1", "--ring", "16", "--memory", "256", "--backpressure", "block",
        "--pyramid", "3")]
    public void TheDemoShouldTakeItsOptions(params string[] options)
    {
        using var scratch = new Scratch();
        RunDemo(["--out", scratch.Path("demo.ome.zarr"), "--size", "96x128", "--t", "4", "--z", "2", .. options]).ShouldSucceed();
        Assert.That(File.Exists(scratch.Path("demo.ome.zarr", "zarr.json")));
    }

    [TestCase("auto", "320 x 640, 160 x 320, 80 x 160", TestName = "TheDemoShouldWriteLevelsThatViewersOpenAtOnce")]
    [TestCase("2", "320 x 640, 160 x 320", TestName = "TheDemoShouldWriteAsManyLevelsAsAreAskedFor")]
    [TestCase("none", "320 x 640", TestName = "TheDemoShouldLeaveLevelsOut")]
    public void TheDemoShouldTellItsLevels(string levels, string told)
    {
        using var scratch = new Scratch();
        var path = scratch.Path("demo.ome.zarr");
        var result = RunDemo("--out", path, "--size", "320x640", "--t", "1", "--fps", "0", "--pool", "1", "--pyramid", levels)
            .ShouldSucceed();
        Assert.That(result.Output, Does.Match($@"levels +{told}\n"));
        var count = told.Split(", ").Length;
        var datasets = Json(path).GetProperty("attributes").GetProperty("ome").GetProperty("multiscales")[0]
            .GetProperty("datasets");
        Assert.That(datasets.EnumerateArray().Select(dataset => dataset.GetProperty("path").GetString()),
            Is.EqualTo(Enumerable.Range(0, count).Select(level => $"{level}")));
        Assert.That(File.Exists(Path.Combine(path, $"{count - 1}", "zarr.json")));
        Assert.That(Path.Exists(Path.Combine(path, $"{count}")), Is.False);
    }

    [Test]
    public void TheDemoShouldRefuseToReplaceWhatIsThere()
    {
        using var scratch = new Scratch();
        string[] options = ["--out", scratch.Path("demo.ome.zarr"), "--size", "64", "--t", "1", "--fps", "0"];
        RunDemo(options).ShouldSucceed();
        var second = RunDemo(options);
        Assert.That(second.ExitCode, Is.EqualTo(1));
        Assert.That(second.Output, Does.Contain("OMZ_E_ALREADY_EXISTS"));
        RunDemo([.. options, "--overwrite"]).ShouldSucceed();
    }

    [TestCase("--size", "0")]
    [TestCase("--chunk", "1,x")]
    [TestCase("--fps", "fast")]
    [TestCase("--pyramid", "0")]
    [TestCase("--colour", "red")]
    [TestCase("--out")]
    public void TheDemoShouldRefuseAWrongCommandLine(params string[] options)
    {
        var result = RunDemo(options);
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Output, Does.Contain(options[0]));
    }

    [Test]
    public void TheDemoShouldDescribeAndWriteNothing()
    {
        using var scratch = new Scratch();
        var result = RunDemo("--out", scratch.Path("demo.ome.zarr"), "--describe").ShouldSucceed();
        Assert.That(() => JsonDocument.Parse(result.Output), Throws.Nothing);
        Assert.That(Directory.EnumerateFileSystemEntries(scratch.Folder), Is.Empty);
    }

    [Test]
    public void TheDemoShouldRefuseAPictureThatIsCutShort()
    {
        var whole = File.ReadAllBytes(Picture("hela-cells.tif"));
        foreach (var length in new[] { 0, 7, 8, 100, 2942, whole.Length / 2, whole.Length - 1000 })
            Assert.That(ShowDamaged(whole[..length]), Is.EqualTo(1), $"{length} bytes");
    }

    [Test]
    public void TheDemoShouldSurviveAPictureWithAnyByteOfItsHeadChanged()
    {
        const int headBytes = 200, step = 5; // the directory of this picture ends at byte 194
        var picture = File.ReadAllBytes(Picture("hela-cells.tif"));
        for (var i = 0; i < headBytes; i += step)
        {
            var kept = picture[i];
            picture[i] ^= 0x81;
            Assert.That(ShowDamaged(picture), Is.LessThan(2), $"byte {i}");
            picture[i] = kept;
        }
    }

    [Test]
    public void TheCxxHostShouldWriteItsFrames()
    {
        using var scratch = new Scratch();
        var path = scratch.Path("example.ome.zarr");
        Tool.Run(Compiler.Build("c++17", [Path.Combine(Repository.Hosts, "cpp", "example.cpp")]), path).ShouldSucceed();
        Assert.That(ShapeOf(path), Is.EqualTo(new long[] { 8, 1, 480, 640 }));
        var microscope = Json(path).GetProperty("attributes").GetProperty("microscope");
        Assert.That(microscope.GetProperty("objective").GetString(), Is.EqualTo("10x/0.45"));
    }

    [TestCase("-O1")]
    [TestCase("-fsanitize=address,undefined")]
    public void TheStreamOfTheCxxHeaderShouldCloseItselfAndThrowWhatItMeets(string option)
    {
        using var scratch = new Scratch();
        var program = Compiler.Build("c++17", [Path.Combine(Repository.Native, "stream.cpp")], option);
        var result = Tool.Run(program, [scratch.Folder], folder: null, Sanitizers.Options).ShouldSucceed();
        Assert.That(result.Output, Does.EndWith("ok\n"));
    }

    [TestCase("c++17", "-O1")]
    [TestCase("c++20", "-fno-exceptions")]
    [TestCase("c++17", "-fsanitize=address,undefined")]
    public void TheCxxHeaderShouldOfferWhatSomeChoose(string standard, string option)
    {
        using var scratch = new Scratch();
        var program = Compiler.Build(standard, [Path.Combine(Repository.Native, "choices.cpp")], option);
        var result = Tool.Run(program, [scratch.Folder], folder: null, Sanitizers.Options).ShouldSucceed();
        Assert.That(result.Output, Does.EndWith("ok\n"));
    }

    [TestCase("c", "demo", "--out", "demo.ome.zarr", "--size", "64", "--t", "1", "--fps", "0")]
    [TestCase("c", "minimal", "minimal.ome.zarr")]
    [TestCase("cpp", "example", "example.ome.zarr")]
    public void TheHostsShouldBuildWithTheCMakePackage(string host, string program, params string[] arguments)
    {
        using var scratch = new Scratch();
        var prefix = Path.GetDirectoryName(PublishedLibrary.Path)!;
        Tool.Run("cmake", "-S", Path.Combine(Repository.Hosts, host), "-B", scratch.Folder, $"-DCMAKE_PREFIX_PATH={prefix}")
            .ShouldSucceed();
        Tool.Run("cmake", "--build", scratch.Folder, "--target", program).ShouldSucceed();
        Tool.Run(scratch.Path(program), arguments, scratch.Folder).ShouldSucceed();
        Assert.That(Directory.GetDirectories(scratch.Folder, "*.ome.zarr"), Has.Length.EqualTo(1));
    }

    private static string Picture(string name) => Path.Combine(Repository.Root, "tests", "data", name);

    /// <summary>Shows a damaged picture with a demo under the sanitizers; its exit status.</summary>
    private static int ShowDamaged(byte[] picture)
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.Path("damaged.tif"), picture);
        var program = Compiler.Build("c99", DemoSources, "-fsanitize=address,undefined", "-fno-sanitize-recover=all");
        var result = Tool.Run(
            program, ["--out", scratch.Path("demo.ome.zarr"), "--size", "16", "--t", "1", "--pool", "1", "--fps", "0",
                "--picture", scratch.Path("damaged.tif")],
            folder: null, Sanitizers.Options);
        Assert.That(result.Output, result.ExitCode == 0 ? Does.Contain("dropped") : Does.Contain("damaged.tif: "));
        return result.ExitCode;
    }

    private static ToolResult RunDemo(params IEnumerable<string> options) => Tool.Run(
        Compiler.Build("c99", DemoSources, $"-DDEMO_DATA_DIR=\"{Path.Combine(Repository.Root, "tests", "data")}\""), options);

    private static JsonElement Json(string folder) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "zarr.json"))).RootElement;

    private static long[] ShapeOf(string dataset) =>
        [.. Json(Path.Combine(dataset, "0")).GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];

    /// <summary>12-bit cells on a dark level of 100 with read noise, and no two frames alike.</summary>
    private static void FramesShouldComeFromACamera(string chunks)
    {
        const int darkest = 100 - 12, brightest = 4095 + 100 + 12;
        var files = Directory.GetFiles(chunks, "*", SearchOption.AllDirectories);
        Assert.That(files, Has.Length.EqualTo(3 * 2 * 2));
        var frames = files.Select(File.ReadAllBytes).ToArray();
        foreach (var frame in frames)
        {
            Assert.That(frame, Has.Length.EqualTo(96 * 160 * 2));
            var pixels = Enumerable.Range(0, 96 * 160).Select(i => BitConverter.ToUInt16(frame, 2 * i)).ToArray();
            Assert.That(pixels.Min(), Is.GreaterThanOrEqualTo(darkest));
            Assert.That(pixels.Max(), Is.LessThanOrEqualTo(brightest).And.GreaterThan(pixels.Min() + 100));
        }

        Assert.That(frames.Select(Convert.ToBase64String).Distinct().Count(), Is.GreaterThanOrEqualTo(6),
            "three of each of two channels differ");
    }
}
