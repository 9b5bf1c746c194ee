using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

/// <summary>Compares two datasets by what readers see: documents but for dates, and the elements of all arrays.</summary>
internal static partial class StoredDataset
{
    private const string Document = "zarr.json";

    public static void AssertEqual(MemoryStore store, MemoryStore expected)
    {
        Assert.That(Documents(store), Is.SupersetOf(Documents(expected)));
        foreach (var key in Documents(store).Except(Documents(expected)))
            AssertUnknownTimes(store, key);
        foreach (var key in Documents(expected))
        {
            var (text, wanted) = (Text(store, key), Text(expected, key));
            Assert.That(text, Is.EqualTo(wanted), key);
            if (!key.EndsWith(Document, StringComparison.Ordinal) || !wanted.Contains("\"array\"", StringComparison.Ordinal)
                || (string)JsonNode.Parse(wanted)!["node_type"]! != "array")
                continue;
            var path = key[..^(Document.Length + 1)];
            using var array = ArrayReader.Open(name => store.Get(name), path);
            using var other = ArrayReader.Open(name => expected.Get(name), path);
            Assert.That(array.ReadAll().AsSpan().SequenceEqual(other.ReadAll()), Is.True, $"the elements of {path}");
        }
    }

    // An earlier end knew times of an image of which, in the end, no frame has any by the same clock. No document names them.
    private static void AssertUnknownTimes(MemoryStore store, string key)
    {
        Assert.That(key, Does.Contain("/time_points/"));
        using var array = ArrayReader.Open(name => store.Get(name), key[..^(Document.Length + 1)]);
        var times = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(array.ReadAll()).ToArray();
        Assert.That(times, Has.All.NaN, key);
    }

    private static string[] Documents(MemoryStore store) =>
        [.. store.Keys.Where(key => key.EndsWith(Document, StringComparison.Ordinal) || key.EndsWith(".xml", StringComparison.Ordinal))];

    private static string Text(MemoryStore store, string key)
    {
        var text = Encoding.UTF8.GetString(store.Get(key)!);
        return Date().Replace(text, "");
    }

    [GeneratedRegex("<AcquisitionDate>[^<]*</AcquisitionDate>")]
    private static partial Regex Date();
}
