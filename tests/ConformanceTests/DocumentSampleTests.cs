using System.Text.RegularExpressions;

namespace OmeZarr.ConformanceTests;

/// <summary>The Python samples of the documents run as they stand, on the datasets that they name.</summary>
public sealed partial class DocumentSampleTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omz-samples-").FullName;

    [TearDown]
    public void RemoveDatasets() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<TestCaseData> Samples()
    {
        const string frame = """{"name": "y", "count": 4}, {"name": "x", "count": 4}""";
        yield return Sample("docs/frame-metadata.md", "cells.ome.zarr",
            $$"""[{"name": "t", "count": 2}, {"name": "c", "count": 2}, {{frame}}]""", 4, "pixels.shape == (4, 4) and free['n'] == 0")
            .SetArgDisplayNames("frame metadata");
        yield return Sample("docs/frame-metadata.md", "cells.ome.zarr", $"[{frame}]", 1, "pixels.shape == (4, 4) and index == ()")
            .SetArgDisplayNames("frame metadata of a single frame");
        yield return Sample("README.md", "artifacts/demo.ome.zarr", $$"""[{"name": "t", "count": 2}, {{frame}}]""", 2,
            "image.shape == (2, 4, 4)").SetArgDisplayNames("readme");
    }

    [TestCaseSource(nameof(Samples))]
    public void ShouldRunAsItStands(string document, string dataset, string dimensions, int frames, string holds)
    {
        using (var writer = new NativeWriter(
            $$"""{"root_path": "{{Path.Join(_folder, dataset)}}", "dtype": "uint8", "dimensions": {{dimensions}} }"""))
        {
            for (var frame = 0; frame < frames; frame++)
                writer.Append(Enumerable.Repeat((byte)(frame + 1), 16).ToArray(), $$"""{"delta_t": {{frame}}, "n": {{frame}} }""");
            writer.Complete();
        }

        foreach (var code in PythonOf(document))
        {
            var run = ScriptRun.OfPythonCode($"{code}\nassert {holds}, 'the sample ran, and gives something else'\n", _folder);
            Assert.That(run.ExitCode, Is.Zero, run.ToString());
        }
    }

    [Test]
    public void ShouldBeTriedWhereverItIs()
    {
        var tried = Samples().Select(sample => (string)sample.Arguments[0]!).Distinct();
        var documents = Directory.EnumerateFiles(Path.Join(Repository.Root, "docs"), "*.md")
            .Append(Path.Join(Repository.Root, "README.md"))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'));
        // The guide for readers has its own tests (RandomAcquisitionsTests): each snippet on a dataset of its kind. What writes
        // is run by the tests of the Python package.
        string[] elsewhere = ["docs/readers.md", "docs/resuming.md"];
        Assert.That(documents.Except(elsewhere).Where(document => PythonOf(document).Length > 0), Is.EquivalentTo(tried));
    }

    private static TestCaseData Sample(string document, string dataset, string dimensions, int frames, string holds) =>
        new(document, dataset, dimensions, frames, holds);

    private static string[] PythonOf(string document) =>
        [.. PythonBlock().Matches(File.ReadAllText(Path.Join(Repository.Root, document))).Select(block => block.Groups[1].Value)];

    [GeneratedRegex("```python\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex PythonBlock();
}
