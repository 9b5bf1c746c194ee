using System.Diagnostics;
using System.Text.Json;

namespace OmeZarr.ConformanceTests;

/// <summary>Datasets in single files, as the program packs them and others read them.</summary>
internal sealed class SingleFileTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("omezarr-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    private static string Program => Environment.GetEnvironmentVariable("OMEZARR_PROGRAM")
        ?? Path.Join(Repository.Root, "artifacts", "linux-x64", "bin", "omezarr");

    [TestCase("0.5", """
        "dimensions": [{"name": "t", "count": 5, "chunk_size": 2, "shard_size_chunks": 2}, {"name": "c", "coords": ["a", "b"]},
          {"name": "y", "count": 17}, {"name": "x", "count": 31}]
        """, 10, 1)]
    [TestCase("0.6", """
        "plate": {"row_names": ["A", "B"], "column_names": ["1", "2"]}, "dimensions": [
          {"name": "p", "type": "position", "coords": [{"name": "u", "plate_row": "A", "plate_column": "1"},
            {"name": "v", "plate_row": "B", "plate_column": "2"}]}, {"name": "y", "count": 17}, {"name": "x", "count": 31}]
        """, 2, 2)]
    public void ShouldBeReadByOthersAndByTheLibraryAsTheFolderIs(string version, string dimensions, int frames, int images)
    {
        var dataset = Path.Join(_folder.FullName, "cells.ome.zarr");
        using (var writer = new NativeWriter($$"""
            {"root_path": "{{dataset}}", "ome_zarr_version": "{{version}}", "dtype": "uint16", "compression": "blosc-zstd",
             "pyramid": {"levels": 2}, {{dimensions}} }
            """))
        {
            for (var frame = 0; frame < frames; frame++)
                writer.Append([.. Enumerable.Range(0, 17 * 31 * 2).Select(i => (byte)(i * (frame + 1)))], """{"n": 1}""");
            writer.Complete();
        }

        using (var pack = Process.Start(Program, ["pack", dataset]))
        {
            pack.WaitForExit();
            Assert.That(pack.ExitCode, Is.Zero);
        }

        var run = ScriptRun.OfPython("compare_single_file.py", Path.Join(Repository.Root, "hosts", "python"),
            NativeWriter.LibraryPath, dataset, Path.Join(_folder.FullName, "cells.ozx"));
        Assert.That(run.ExitCode, Is.Zero, $"{run}");
        var compared = JsonDocument.Parse(run.Lines[^1]).RootElement;
        Assert.That(compared.GetProperty("images").GetInt32(), Is.EqualTo(images));
        Assert.That(compared.GetProperty("arrays").GetInt32(), Is.GreaterThanOrEqualTo(2 * images));
    }
}
