using System.Globalization;
using System.Xml.Linq;
using OmeZarr.Streaming;

namespace AbiTests;

/// <summary>
/// The estimate is an upper bound of what the library takes of a process, the managed heap included, whatever the layout:
/// a fresh process writes each, and its highest mark is held against what another one was told.
/// </summary>
public sealed class MemoryTests
{
    private const int RandomLayouts = 12;

    private static IEnumerable<MemoryLayout> Layouts => [.. MemoryLayout.Extremes(), .. MemoryLayout.Random(RandomLayouts)];

    [TestCaseSource(nameof(Layouts))]
    public void ShouldNeverTakeMoreThanItsEstimate(object given)
    {
        var layout = (MemoryLayout)given;
        using var scratch = new Scratch();
        var settings = scratch.Path("settings.json");
        File.WriteAllText(settings, layout.Settings.ToJsonString());
        var estimate = Number("estimate", settings);
        object[] arguments = [scratch.Folder, layout.Streams, layout.Arrays, layout.Frames, layout.FrameBytes, layout.Metadata];
        var peak = 1024 * Number(
            ["write", settings, .. arguments.Select(argument => string.Create(CultureInfo.InvariantCulture, $"{argument}"))]);
        TestContext.Out.WriteLine($"{layout.Name}: estimated {layout.Streams} x {estimate >> 20} MiB, peak {peak >> 20} MiB");
        // The runtime is there once, however many streams are.
        Assert.That(peak,
            Is.Positive.And.LessThanOrEqualTo(layout.Streams * (estimate - MemoryPlan.RuntimeBytes) + MemoryPlan.RuntimeBytes));
    }

    [Test]
    public void ShouldShareOutLessOfTheHeapThanTheRuntimeMayUse()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", "OmeZarrNative", "OmeZarrNative.csproj"));
        var limit = long.Parse(
            project.Descendants("RuntimeHostConfigurationOption")
                .Single(option => option.Attribute("Include")!.Value == "System.GC.HeapHardLimit").Attribute("Value")!.Value,
            CultureInfo.InvariantCulture);
        Assert.That(limit * 7 / 8, Is.GreaterThanOrEqualTo(MemoryPlan.MostHeapBytes));
    }

    private static long Number(params IEnumerable<string> arguments)
    {
        var sources = Repository.Scenario("memory");
        var output = Tool.Run(Compiler.Build("c99", sources), arguments).ShouldSucceed().Output;
        return long.Parse(output, CultureInfo.InvariantCulture);
    }
}
