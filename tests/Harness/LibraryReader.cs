using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Harness;

/// <summary>The library's own reader: not independent, but fast enough for thousands of datasets.</summary>
public static class LibraryReader
{
    public static DatasetReading Read(string dataset)
    {
        var arrays = new Dictionary<string, ArrayReading>();
        List<string> errors = [];
        Walk("");
        return new DatasetReading("the library's reader", arrays, errors);

        void Walk(string path)
        {
            var folder = Path.Join(dataset, path);
            try
            {
                if (File.Exists(Path.Join(folder, "zarr.json")) && IsArray(folder))
                {
                    arrays.Add(path.Length == 0 ? "." : path, ReadArray(dataset, path));
                    return;
                }
            }
            catch (Exception e) when (
                e is ZarrFormatException or IOException or System.Text.Json.JsonException or KeyNotFoundException)
            {
                errors.Add($"{path}: {e.GetType().Name}: {e.Message}");
                return;
            }

            if (!Directory.Exists(folder))
                return;
            foreach (var below in Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal))
                Walk(path.Length == 0 ? below! : $"{path}/{below}");
        }
    }

    private static bool IsArray(string folder)
    {
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Join(folder, "zarr.json")));
        return document.RootElement.GetProperty("node_type").GetString() == "array";
    }

    private static ArrayReading ReadArray(string dataset, string path)
    {
        using var reader = ArrayReader.Open(
            key => File.Exists(Path.Join(dataset, key)) ? File.ReadAllBytes(Path.Join(dataset, key)) : null, path);
        return new ArrayReading(path, [.. reader.Shape], reader.Metadata.DataType.Name(), reader.ReadAll());
    }
}
