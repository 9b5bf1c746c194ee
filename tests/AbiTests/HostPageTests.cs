using System.Text.Json;
using OmeZarr.Acquisition;

namespace AbiTests;

/// <summary>The pages for C and C++ hold what they show: each of their blocks is compiled as it stands, and called.</summary>
public sealed class HostPageTests
{
    [TestCase("c", "c", "c99")]
    [TestCase("cpp", "cpp", "c++17")]
    public void TheFirstProgramOfThePageShouldWriteItsDataset(string page, string language, string standard)
    {
        using var scratch = new Scratch();
        var source = scratch.Path($"first.{language}");
        File.WriteAllText(source, BlocksOf(page, language)[0]);
        Tool.Run(Compiler.Build(standard, [source]), [], scratch.Folder).ShouldSucceed();
        using var array = JsonDocument.Parse(File.ReadAllBytes(scratch.Path("first.ome.zarr", "0", "zarr.json")));
        Assert.That(array.RootElement.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()),
            Is.EqualTo(new long[] { 100, 512, 512 }));
    }

    [TestCase("c", "c", "c99")]
    [TestCase("cpp", "cpp", "c++17")]
    public void TheOtherBlocksOfThePageShouldDoWhatTheySay(string page, string language, string standard)
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.Path("blocks.h"), string.Join('\n', BlocksOf(page, language)[1..]));
        var caller = Path.Combine(Repository.Native, "pages", $"{page}.{language}");
        var program = Compiler.Build(standard, [caller], [$"-I{scratch.Folder}"]);
        var result = Tool.Run(program, [], scratch.Folder).ShouldSucceed();
        Assert.That(result.Output, Does.EndWith("ok\n"));
    }

    [TestCase("c")]
    [TestCase("cpp")]
    [TestCase("labview")]
    public void TheSettingsOfThePageShouldBeAccepted(string page)
    {
        foreach (var settings in BlocksOf(page, "json"))
            Assert.That(() => AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes(settings)), Throws.Nothing, settings);
    }

    private static string[] BlocksOf(string page, string language)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Hosts, page, "README.md"));
        return [.. text.Split("```")
            .Where((block, i) => i % 2 == 1 && block.StartsWith($"{language}\n", StringComparison.Ordinal))
            .Select(block => block[(language.Length + 1)..])];
    }
}
