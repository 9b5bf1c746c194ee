using System.Text.Json;
using System.Text.RegularExpressions;

namespace PlatformTests;

/// <summary>The library of another platform does there what it does here: its exports, and hosts in C and C++.</summary>
[TestFixture("win-x64")]
[TestFixture("linux-arm64")]
public sealed partial class OtherPlatformTests(string rid)
{
    private readonly OtherPlatform _platform = OtherPlatform.Of(rid);

    // Not scenarios by themselves: they want other arguments, or are parts.
    private static readonly string[] Others =
        ["killed", "labview", "layout", "memory", "platform", "sanitized", "statuses", "support", "version"];

    public static IEnumerable<string> Scenarios => Directory.GetFiles(Repository.Native, "*.c")
        .Select(file => Path.GetFileNameWithoutExtension(file)!).Except(Others).Order(StringComparer.Ordinal);

    [SetUp]
    public void RequireTools() => _platform.RequireTools();

    [TestCaseSource(nameof(Scenarios))]
    public void AScenarioShouldEndWell(string name)
    {
        if (_platform.NotHere.TryGetValue(name, out var reason))
            Assert.Ignore($"{name} is not run for {rid}: {reason}");
        using var scratch = new Scratch();
        var program = _platform.Build(scratch, "c99", Repository.Scenario(name));
        var result = _platform.Run(program, _platform.PathOf(scratch.Folder)).ShouldSucceed();
        Assert.That(result.Output, Does.Match("(^|\n)ok\r?\n$"));
    }

    [TestCase("c/minimal.c", "c99", "10,512,512")]
    [TestCase("cpp/example.cpp", "c++17", "8,1,480,640")]
    public void AHostShouldWriteItsFrames(string source, string standard, string shape)
    {
        using var scratch = new Scratch();
        var program = _platform.Build(scratch, standard, [Path.Combine(Repository.Hosts, source)]);
        _platform.Run(program, _platform.PathOf(scratch.Path("host.ome.zarr"))).ShouldSucceed();
        using var array = JsonDocument.Parse(File.ReadAllBytes(scratch.Path("host.ome.zarr", "0", "zarr.json")));
        Assert.That(array.RootElement.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()),
            Is.EqualTo(shape.Split(',').Select(long.Parse)));
    }

    [Test]
    public void ItShouldExportWhatTheHeaderDeclaresAndNothingElse()
    {
        var table = rid.StartsWith("win", StringComparison.Ordinal) ? "-p" : "-T";
        var dump = Tool.Run(_platform.ObjectDump, table, _platform.LibraryFile).ShouldSucceed().Output;
        var exported = ExportedName().Matches(dump).Select(match => match.Groups[1].Value).Distinct()
            .Order(StringComparer.Ordinal);
        Assert.That(exported, Is.EqualTo(File.ReadAllLines(Repository.ExportList)));
    }

    [GeneratedRegex(@"[\s@](omz(?:lv)?_[a-z0-9_]+)\r?$", RegexOptions.Multiline)]
    private static partial Regex ExportedName();
}
