using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests.Resuming;

/// <summary>Compares two datasets by what readers see: documents but for dates, and the elements of all arrays.</summary>
internal static partial class StoredDataset
{
    private const string Document = "zarr.json";

    public static Dictionary<string, byte[]> Of(MemoryStore store) => store.Keys.ToDictionary(key => key, key => store.Get(key)!);

    /// <summary>All files, of which none is hidden.</summary>
    public static Dictionary<string, byte[]> Of(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes);
        Assert.That(files.Keys.Select(Path.GetFileName), Has.None.StartsWith("."));
        return files;
    }

    public static void AssertEqual(Dictionary<string, byte[]> objects, Dictionary<string, byte[]> expected)
    {
        var documents = Documents(expected);
        Assert.That(Documents(objects), Is.SupersetOf(documents));
        foreach (var key in Documents(objects).Except(documents))
            AssertUnknownTimes(objects, key);
        foreach (var key in documents)
        {
            Assert.That(Text(objects, key), Is.EqualTo(Text(expected, key)), key);
            if (key.EndsWith(Document, StringComparison.Ordinal)
                && (string)JsonNode.Parse(expected[key])!["node_type"]! == "array")
                AssertEqualElements(objects, expected, key[..^(Document.Length + 1)]);
        }
    }

    /// <summary>Only the elements of arrays that are not 0, and the arrays' documents.</summary>
    public static void AssertHasArrays(Dictionary<string, byte[]> objects, Dictionary<string, byte[]> expected)
    {
        foreach (var key in Documents(expected).Where(key => key.EndsWith(Document, StringComparison.Ordinal)))
        {
            if ((string)JsonNode.Parse(expected[key])!["node_type"]! != "array")
                continue;
            Assert.That(Text(objects, key), Is.EqualTo(Text(expected, key)), key);
            AssertAtLeast(objects, expected, key[..^(Document.Length + 1)]);
        }
    }

    // Of a frame that is missing some chunks may have been stored, or those of another level: they stay.
    private static void AssertAtLeast(Dictionary<string, byte[]> objects, Dictionary<string, byte[]> expected, string path)
    {
        using var array = ArrayReader.Open(objects.GetValueOrDefault, path);
        using var other = ArrayReader.Open(expected.GetValueOrDefault, path);
        var (seen, wanted) = (array.ReadAll(), other.ReadAll());
        var size = array.Metadata.DataType.Size();
        for (var at = 0; at < wanted.Length; at += size)
        {
            var element = wanted.AsSpan(at, size);
            if (element.ContainsAnyExcept((byte)0) && !element.SequenceEqual(seen.AsSpan(at, size)))
                Assert.Fail($"element {at / size} of {path}");
        }
    }

    /// <summary>The numbers of the frames whose pixels are all in chunks, whatever the shapes.</summary>
    public static int[] FramesOf(AcquisitionPlan plan, MemoryStore store, int most)
    {
        var camera = plan.Cameras[0];
        var index = new long[camera.Router.FrameAxes];
        return [.. Enumerable.Range(0, most).Where(frame =>
        {
            var array = camera.Arrays[camera.Router.Locate(frame, index)];
            var document = DatasetMetadata.ArrayDocument(array, camera.Router.UnboundedExtent(frame + 1)).Utf8.ToArray();
            using var reader = ArrayReader.Open(
                key => key.EndsWith(Document, StringComparison.Ordinal) ? document : store.Get(key), array.Path);
            var pixels = new byte[camera.FrameBytes];
            reader.Read([.. index, 0, 0], [.. index.Select(_ => 1L), camera.FrameHeight, camera.FrameWidth], pixels);
            return pixels.AsSpan().SequenceEqual(Acquisition.Pixels(plan, frame));
        })];
    }

    /// <summary>Which of the frames before the next one the root does not call missing.</summary>
    public static bool[] FramesThatAreThere(JsonNode own)
    {
        var frames = Enumerable.Repeat(true, (int)(long)own["next_frame"]!).ToArray();
        foreach (var run in own["missing_frames"]?.AsArray() ?? [])
        {
            for (var frame = (long)run![0]!; frame < Math.Min(frames.Length, (long)run[0]! + (long)run[1]!); frame++)
                frames[frame] = false;
        }

        return frames;
    }

    private static void AssertEqualElements(
        Dictionary<string, byte[]> objects, Dictionary<string, byte[]> expected, string path)
    {
        using var array = ArrayReader.Open(objects.GetValueOrDefault, path);
        using var other = ArrayReader.Open(expected.GetValueOrDefault, path);
        Assert.That(array.ReadAll().AsSpan().SequenceEqual(other.ReadAll()), Is.True, $"the elements of {path}");
    }

    // An earlier end knew times of an image of which, in the end, no frame has any by the same clock. No document names them.
    private static void AssertUnknownTimes(Dictionary<string, byte[]> objects, string key)
    {
        Assert.That(key, Does.Contain("/time_points/"));
        using var array = ArrayReader.Open(objects.GetValueOrDefault, key[..^(Document.Length + 1)]);
        Assert.That(MemoryMarshal.Cast<byte, double>(array.ReadAll()).ToArray(), Has.All.NaN, key);
    }

    private static string[] Documents(Dictionary<string, byte[]> objects) =>
        [.. objects.Keys.Where(key => key.EndsWith(Document, StringComparison.Ordinal)
            || key.EndsWith(".xml", StringComparison.Ordinal))];

    private static string Text(Dictionary<string, byte[]> objects, string key) =>
        Date().Replace(Encoding.UTF8.GetString(objects[key]), "");

    [GeneratedRegex("<AcquisitionDate>[^<]*</AcquisitionDate>")]
    private static partial Regex Date();
}
