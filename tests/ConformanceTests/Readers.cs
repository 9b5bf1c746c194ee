using System.Security.Cryptography;
using System.Text.Json;

namespace OmeZarr.ConformanceTests;

/// <summary>What a reader saw of an array: path in the dataset ("." for the root), shape, and the hash of all elements.</summary>
/// <param name="Path">Relative to the dataset, with '/'.</param>
/// <param name="Shape">Comma-separated, such as "10,2,512,512".</param>
/// <param name="DataType">Zarr's name of the element type, such as "uint16".</param>
/// <param name="Sha256">Of the elements in C order, little-endian; lower-case hexadecimal.</param>
internal sealed record ArrayReading(string Path, string Shape, string DataType, string Sha256);

/// <summary>What both readers saw of a dataset, arrays sorted by path.</summary>
internal sealed record DatasetReading(IReadOnlyList<ArrayReading> ZarrPython, IReadOnlyList<ArrayReading> Zarrita)
{
    /// <summary>The arrays, when both readers saw the same; otherwise the test fails and says where they differ.</summary>
    public IReadOnlyList<ArrayReading> Agreed()
    {
        Assert.That(Zarrita, Is.EqualTo(ZarrPython), "zarrita has to see what zarr-python sees");
        return ZarrPython;
    }

    /// <summary>One array that both readers saw alike.</summary>
    public ArrayReading Array(string path) =>
        Agreed().SingleOrDefault(array => array.Path == path)
        ?? throw new InvalidOperationException(
            $"There is no array '{path}', only {string.Join(", ", ZarrPython.Select(a => $"'{a.Path}'"))}.");
}

/// <summary>A reader could not read a dataset. The message has everything it said.</summary>
internal sealed class ReaderException(string message) : Exception(message);

/// <summary>Two readers with no code of this project, nor of one another: zarr-python and zarrita (JavaScript).</summary>
internal static class Readers
{
    /// <summary>Reads every array of a dataset whole with both readers.</summary>
    /// <exception cref="ReaderException">One of them failed on some array or group, or found no array.</exception>
    public static DatasetReading HashAll(string dataset)
    {
        // At the same time: starting an interpreter is most of the work.
        var zarrita = Task.Run(() => Parse(ScriptRun.OfNode("read_zarr.mjs", dataset)));
        var zarrPython = Parse(ScriptRun.OfPython("read_zarr.py", dataset));
        return new DatasetReading(zarrPython, zarrita.GetAwaiter().GetResult());
    }

    /// <summary>The hash that a reading has when its elements are these bytes (C order, little-endian).</summary>
    public static string HashOf(ReadOnlySpan<byte> elements) => Convert.ToHexStringLower(SHA256.HashData(elements));

    /// <summary>
    /// How many chunk or shard objects an array has on the disk: what is missing reads as the fill value everywhere.
    /// </summary>
    public static int StoredObjects(string arrayFolder)
    {
        var chunks = Path.Join(arrayFolder, "c");
        return File.Exists(chunks) ? 1
            : Directory.Exists(chunks)
                ? Directory.EnumerateFiles(chunks, "*", SearchOption.AllDirectories).Count()
                : 0;
    }

    private static List<ArrayReading> Parse(ScriptRun run)
    {
        List<ArrayReading> arrays = [];
        List<string> errors = [];
        foreach (var line in run.Lines)
        {
            using var document = JsonDocument.Parse(line);
            var reading = document.RootElement;
            var path = reading.GetProperty("path").GetString()!;
            if (reading.TryGetProperty("error", out var error))
                errors.Add($"{path}: {error.GetString()}");
            else
                arrays.Add(ToArray(path, reading));
        }

        if (errors.Count > 0)
            throw new ReaderException($"{run.Command}\ncould not read\n  {string.Join("\n  ", errors)}\n{run.Errors}".TrimEnd());
        if (run.ExitCode != 0 || arrays.Count == 0)
            throw new ReaderException($"{run}\nand found {arrays.Count} arrays");
        arrays.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return arrays;
    }

    private static ArrayReading ToArray(string path, JsonElement reading) => new(
        path,
        string.Join(',', reading.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64())),
        reading.GetProperty("dtype").GetString()!,
        reading.GetProperty("sha256").GetString()!);
}
