using System.Text.Json;

namespace OmeZarr.ConformanceTests;

/// <summary>What zarr-python writes, read by the library: all its data types, chunk keys and codecs, in random chains.</summary>
internal sealed class OtherWriterTests
{
    private const int Arrays = 150;

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("omezarr-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public void ShouldReadWhatZarrPythonWritesAndNameWhatItCannot()
    {
        var run = ScriptRun.OfPython(
            "compare_readers.py", Path.Join(Repository.Root, "hosts", "python"), NativeWriter.LibraryPath, _folder.FullName,
            $"{Arrays}", "1");
        Assert.That(run.ExitCode, Is.Zero, $"{run}");
        var lines = run.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.That(lines, Has.Length.EqualTo(Arrays + 1), $"{run}");
        Assert.That(lines.SkipLast(1).Select(line => line.GetProperty("regions").GetInt32()), Is.All.EqualTo(6));
        Assert.That(lines[^1].GetProperty("refused").GetString(), Does.Contain("BloscLz"));
        // Chains are as different as they are meant to be.
        var documents = _folder.EnumerateDirectories()
            .Select(array => File.ReadAllText(Path.Join(array.FullName, "zarr.json"))).ToArray();
        string[] codecs = ["transpose", "sharding_indexed", "blosc", "zstd", "gzip", "crc32c", "\"big\"", "\"start\"", "\"v2\""];
        foreach (var codec in codecs)
            Assert.That(documents.Count(document => document.Contains(codec, StringComparison.Ordinal)), Is.GreaterThan(5), codec);
    }
}
