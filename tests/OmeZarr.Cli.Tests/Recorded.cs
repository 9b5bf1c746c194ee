using System.Text;
using System.Text.Json;

namespace OmeZarr.Cli.Tests;

/// <summary>Datasets that the library made, by the program's own <c>record</c>.</summary>
internal static class Recorded
{
    /// <summary>Records pixels by a settings document; returns the dataset's folder.</summary>
    public static string Dataset(Scratch scratch, string name, string settings, ReadOnlySpan<byte> pixels, int exitCode = 0)
    {
        var file = scratch.File($"{name}.json", Encoding.UTF8.GetBytes(settings));
        var raw = scratch.File($"{name}.raw", pixels);
        PublishedProgram.Run("record", raw, "--settings", file, "-o", scratch.Path(name)).ShouldEndWith(exitCode);
        return scratch.Path($"{name}.ome.zarr");
    }

    /// <summary>Three times, two channels, four depths of 40 x 30, in shards, with levels; chunks have a checksum.</summary>
    public static string Stack(Scratch scratch, string name = "stack") => Dataset(scratch, name, """
        {"dtype": "uint16", "compression": "zstd", "checksum": true, "pyramid": {"levels": 2}, "dimensions": [
            {"name": "t", "count": 3, "unit": "s", "scale": 30},
            {"name": "c", "coords": [{"name": "DAPI", "color": "blue"}, {"name": "GFP", "color": "lime"}]},
            {"name": "z", "count": 4, "unit": "um", "scale": 0.5, "chunk_size": 2, "shard_size_chunks": 2},
            {"name": "y", "count": 40, "chunk_size": 16, "shard_size_chunks": 3}, {"name": "x", "count": 30, "chunk_size": 16}]}
        """, Noise(3 * 2 * 4 * 40 * 30 * 2));

    /// <summary>Two rows of three columns; four wells with two fields of 24 x 24 each.</summary>
    public static string Plate(Scratch scratch, string name = "plate") => Dataset(scratch, name, """
        {"dtype": "uint8", "plate": {"name": "screen", "row_names": ["A", "B"], "column_names": ["1", "2", "3"]}, "dimensions": [
            {"name": "p", "type": "position", "coords": [
                {"name": "f0", "plate_row": "A", "plate_column": "1"}, {"name": "f1", "plate_row": "A", "plate_column": "1"},
                {"name": "f0", "plate_row": "A", "plate_column": "3"}, {"name": "f1", "plate_row": "A", "plate_column": "3"},
                {"name": "f0", "plate_row": "B", "plate_column": "1"}, {"name": "f1", "plate_row": "B", "plate_column": "1"},
                {"name": "f0", "plate_row": "B", "plate_column": "2"}, {"name": "f1", "plate_row": "B", "plate_column": "2"}]},
            {"name": "y", "count": 24}, {"name": "x", "count": 24}]}
        """, Noise(8 * 24 * 24));

    /// <summary>The answer of a command with <c>--json</c>.</summary>
    public static JsonElement Json(int exitCode, params string[] arguments) =>
        JsonDocument.Parse(PublishedProgram.Run([.. arguments, "--json"]).ShouldEndWith(exitCode).Output).RootElement;

    /// <summary>The files of an array's chunks, in order.</summary>
    public static string[] Chunks(string dataset, string array) =>
        [.. Directory.GetFiles(Path.Combine(dataset, array, "c"), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)];

    /// <summary>Changes a document in place.</summary>
    public static void Edit(string file, string from, string to)
    {
        var text = File.ReadAllText(file);
        Assert.That(text, Does.Contain(from), file);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
    }

    private static byte[] Noise(int bytes)
    {
        var pixels = new byte[bytes];
        new Random(bytes).NextBytes(pixels);
        return pixels;
    }
}
