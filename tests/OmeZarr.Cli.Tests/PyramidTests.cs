using System.Diagnostics;
using System.Text.Json.Nodes;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Tests;

/// <summary><c>omezarr pyramid</c>: the levels that it adds are those that the engine would have made.</summary>
public sealed class PyramidTests
{
    private static readonly string[] Types =
        ["uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32", "float64"];

    [TestCaseSource(nameof(Types))]
    public void ShouldMakeTheLevelsThatTheEngineMakes(string type)
    {
        using var scratch = new Scratch();
        var (with, without) = (Record(scratch, type, levels: 4, "with"), Record(scratch, type, levels: 1, "without"));
        Assert.That(Directory.Exists(Path.Combine(without, "1")), Is.False);
        var added = Recorded.Json(0, "pyramid", without, "--levels", "4").GetProperty("added");
        Assert.That(added.EnumerateArray().Select(path => path.GetString()), Is.EqualTo(new[] { "1", "2", "3" }));
        foreach (var level in new[] { "0", "1", "2", "3" })
        {
            Assert.That(Read(without, level, out var shape), Is.EqualTo(Read(with, level, out var expected)), level);
            Assert.That(shape, Is.EqualTo(expected), level);
        }

        // The engine leaves a translation of zeros out.
        Assert.That(Transformations(without)[1..], Is.EqualTo(Transformations(with)[1..]));
        Assert.That(PublishedProgram.Run("verify", without).ShouldSucceed().Output, Does.Contain("no problem found"));
        Assert.That(PublishedProgram.Run("pyramid", without, "--levels", "4").ShouldSucceed().Output,
            Is.EqualTo("nothing to add\n"));
    }

    [Test]
    public void ShouldAddLevelsAsTheDatasetsVersionSaysThem()
    {
        using var scratch = new Scratch();
        var (with, without) = (Newer(levels: 3), Newer(levels: 1));
        PublishedProgram.Run("pyramid", without, "--levels", "3").ShouldSucceed();
        Assert.That(Datasets(without), Is.EqualTo(Datasets(with)));
        Assert.That(PublishedProgram.Run("verify", without).ShouldSucceed().Output, Does.Contain("no problem found"));

        string Newer(int levels) => Recorded.Dataset(scratch, $"{levels}", $$"""
            {"ome_zarr_version": "0.6", "dtype": "uint8", "pyramid": {"levels": {{levels}} }, "dimensions": [
                {"name": "y", "count": 40, "scale": 0.5, "translation": 3}, {"name": "x", "count": 30, "scale": 0.5}]}
            """, Noise(40 * 30));

        static string Datasets(string dataset) => JsonNode.Parse(File.ReadAllText(Path.Combine(dataset, "zarr.json")))!
            ["attributes"]!["ome"]!["multiscales"]![0]!["datasets"]!.ToJsonString();
    }

    [Test]
    public void ShouldAddToEveryImageOfAPlate()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Plate(scratch);
        PublishedProgram.Run("pyramid", dataset, "--levels", "3").ShouldSucceed();
        var images = Recorded.Json(0, "info", dataset).GetProperty("images").EnumerateArray().ToArray();
        Assert.That(images.Select(image => image.GetProperty("levels").GetArrayLength()), Has.All.EqualTo(3));
        PublishedProgram.Run("verify", dataset).ShouldSucceed();
    }

    [Test]
    public void ShouldGoOnAfterItWasKilledAndShowNothingBefore()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Dataset(scratch, "large", """
            {"dtype": "uint16", "compression": "zstd", "dimensions": [{"name": "t", "count": 6},
                {"name": "y", "count": 1024, "chunk_size": 128}, {"name": "x", "count": 1024, "chunk_size": 128}]}
            """, Noise(6 * 1024 * 1024 * 2));
        var document = File.ReadAllText(Path.Combine(dataset, "zarr.json"));
        using (var process = PublishedProgram.Start("pyramid", dataset))
        {
            var clock = Stopwatch.StartNew();
            while (!Directory.Exists(Path.Combine(dataset, "1", "c", "0")) && clock.Elapsed < TimeSpan.FromMinutes(2))
                Thread.Yield();
            process.Kill();
            process.WaitForExit();
        }

        // Killed before or after the one step in which the levels appear, never in between.
        var after = File.ReadAllText(Path.Combine(dataset, "zarr.json"));
        if (after == document)
            PublishedProgram.Run("pyramid", dataset).ShouldSucceed();
        PublishedProgram.Run("repair", dataset).ShouldSucceed();
        Assert.That(PublishedProgram.Run("verify", dataset).ShouldSucceed().Output, Does.Contain("no problem found"));
        var level = Read(dataset, "1", out var shape);
        Assert.That(shape, Is.EqualTo(new long[] { 6, 512, 512 }));
        Assert.That(level.Chunk(2 * 512 * 128).Select(part => part.Any(value => value != 0)), Has.All.True,
            "every chunk is there");
        Assert.That(Read(dataset, "2", out _), Has.Length.EqualTo(6 * 256 * 256 * 2));
    }

    [Test]
    public void ShouldNotOverwriteWhatIsInTheWay()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Plate(scratch);
        var inTheWay = scratch.File("plate.ome.zarr/A/1/0/1/notes.txt", [1]);
        Assert.That(PublishedProgram.Run("pyramid", dataset, "--levels", "2").ShouldEndWith(3).Error, Does.Contain("in the way"));
        Assert.That(File.Exists(inTheWay));
    }

    private static string Record(Scratch scratch, string type, int levels, string name) => Recorded.Dataset(scratch, name, $$"""
        {"dtype": "{{type}}", "compression": "blosc-lz4", "pyramid": {"levels": {{levels}}}, "dimensions": [{"name": "c", "count": 3},
            {"name": "z", "count": 3, "chunk_size": 2, "scale": 0.5, "unit": "um"},
            {"name": "y", "count": 43, "chunk_size": 8, "shard_size_chunks": 2, "scale": 0.25, "unit": "um"},
            {"name": "x", "count": 29, "chunk_size": 8, "scale": 0.25, "unit": "um", "translation": 7}]}
        """, Pixels(type, 3 * 3 * 43 * 29));

    // Floats that are numbers: how a not-a-number is written is the processor's.
    private static byte[] Pixels(string type, int count) => type switch
    {
        "float32" => [.. Numbers(count).SelectMany(number => BitConverter.GetBytes((float)number))],
        "float64" => [.. Numbers(count).SelectMany(BitConverter.GetBytes)],
        _ => Noise(count * int.Parse(type.TrimStart("uint".ToCharArray()),
            System.Globalization.CultureInfo.InvariantCulture) / 8),
    };

    private static IEnumerable<double> Numbers(int count)
    {
        var random = new Random(count);
        return Enumerable.Range(0, count).Select(_ => (random.NextDouble() - 0.5) * 1e6);
    }

    private static byte[] Noise(int bytes)
    {
        var pixels = new byte[bytes];
        new Random(bytes).NextBytes(pixels);
        return pixels;
    }

    private static byte[] Read(string dataset, string array, out long[] shape)
    {
        using var reader = ArrayReader.Open(key => File.Exists(Path.Combine(dataset, key))
            ? File.ReadAllBytes(Path.Combine(dataset, key)) : null, array);
        shape = [.. reader.Shape];
        return reader.ReadAll();
    }

    private static string[] Transformations(string dataset) =>
    [
        .. JsonNode.Parse(
            File.ReadAllText(Path.Combine(dataset, "zarr.json")))!["attributes"]!["ome"]!["multiscales"]![0]!["datasets"]!
            .AsArray().Select(level => string.Join(' ', level!["coordinateTransformations"]!.AsArray()
                .SelectMany(step => (step!["scale"] ?? step["translation"])!.AsArray().Select(number => (double)number!)))),
    ];
}
