namespace AbiTests;

/// <summary>The Python package against the published library, by its own test suite.</summary>
public sealed class PythonHostTests
{
    private static readonly string Package = Path.Combine(Repository.Hosts, "python");

    /// <summary>Hosts as their users write them.</summary>
    private static readonly string[] Samples = ["tests/types/sample_host.py", "tests/types/sample_ome_writers.py"];

    private static readonly Lazy<string> Interpreter = new(FindInterpreter);

    [Test]
    public void TheUnitTestsOfThePackageShouldPass()
    {
        string[] discover = ["-m", "unittest", "discover", "-v", "-s", Path.Combine(Package, "tests")];
        PythonUnitTests.ShouldHavePassed(Python(["-W", "error::ResourceWarning", .. discover]).ShouldSucceed().Output);
    }

    [TestCase("timelapse.py", "10 frames", "0")]
    [TestCase("cameras.py", "40 frames", "0")]
    [TestCase("arrays.py", "40 frames", "overview/0")]
    [TestCase("positions.py", "24 frames of 4 positions", "tile_1_0/0")]
    [TestCase("plate.py", "12 frames of 3 wells", "H/12/1/0")]
    [TestCase("pyramid.py", "16 frames on 3 levels", "2")]
    [TestCase("angles.py", "24 frames of 3 angles", "angle2/0")]
    public void TheExamplesShouldRun(string example, string told, string array)
    {
        using var scratch = new Scratch();
        var result = Python(Path.Combine(Package, "examples", example), scratch.Path("example.ome.zarr")).ShouldSucceed();
        Assert.That(result.Output, Does.Contain(told));
        Assert.That(File.Exists(scratch.Path("example.ome.zarr", array, "zarr.json")));
    }

    [Test]
    public void TheTypesShouldHoldForMypyAndInAHostThatUsesThem()
    {
        using var scratch = new Scratch();
        string[] checks = ["-m", "mypy", "--strict", "--cache-dir", scratch.Path("cache")];
        var result = Tool.Run("/usr/bin/python3", [.. checks, "omezarr_native", .. Samples], Package)
            .ShouldSucceed();
        Assert.That(result.Output, Does.Contain("Success: no issues found"));
    }

    [Test]
    public void TheTypesShouldHoldForPyrightAndBeComplete()
    {
        var strict = Pyright("--project", Package).ShouldSucceed();
        Assert.That(strict.Output, Does.Contain("0 errors, 0 warnings"));
        foreach (var sample in Samples)
        {
            var host = Pyright(Path.Combine(Package, sample)).ShouldSucceed();
            Assert.That(host.Output, Does.Contain("0 errors, 0 warnings"), sample);
        }

        var complete = Pyright("--verifytypes", "omezarr_native", "--ignoreexternal").ShouldSucceed();
        Assert.That(complete.Output, Does.Contain("Type completeness score: 100%"));
    }

    private static ToolResult Pyright(params string[] arguments)
    {
        var home = Environment.GetEnvironmentVariable("HOME")!;
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache");
        var readers = Environment.GetEnvironmentVariable("OMEZARR_READERS") ?? Path.Combine(cache, "omezarr-native", "readers");
        var program = Path.Combine(readers, "types", "node_modules", "pyright", "index.js");
        Assert.That(File.Exists(program), $"{program} is missing: ./build.sh Setup installs it");
        return Tool.Run("node", [program, "--pythonpath", "/usr/bin/python3", .. arguments], Package, ("PYTHONPATH", Package));
    }

    private static ToolResult Python(params IEnumerable<string> arguments) => Tool.Run(
        Interpreter.Value, arguments, folder: null,
        (PublishedLibrary.Variable, PublishedLibrary.Path), ("PYTHONPATH", Package), ("PYTHONDONTWRITEBYTECODE", "1"));

    private static string FindInterpreter()
    {
        string[] candidates = ["/usr/bin/python3", "python3"];
        return candidates.FirstOrDefault(candidate => Tool.Run(candidate, "-c", "import numpy").ExitCode == 0)
            ?? throw new FileNotFoundException(
                $"None of {string.Join(", ", candidates)} has numpy, which the tests of hosts/python need.");
    }
}
