using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace OmeZarr.ConformanceTests;

/// <summary>What came with frames, as readers that share no code with the library see it.</summary>
public sealed class FrameMetadataTests
{
    private const int Frames = 20_000;
    private const int Skipped = 17;
    private const int Images = 2;

    // The NaN of the specification; that of .NET has its sign set.
    private static readonly double Unknown = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);

    private readonly string _folder = Directory.CreateTempSubdirectory("omz-conformance-").FullName;

    [TearDown]
    public void RemoveDatasets() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ShouldGiveIndependentReadersWhatCameWithEachFrame()
    {
        var dataset = Path.Join(_folder, "frames.ome.zarr");
        Write(dataset);
        Schemas.Validate(dataset);
        Structure.Validate(dataset);
        var readings = Readers.HashAll(dataset).Agreed().ToDictionary(array => array.Path);
        var frames = Enumerable.Range(0, Frames).ToArray();
        var texts = frames.Select(frame => IsThere(frame) && frame % 3 == 0 ? Json(frame) : "").ToArray();
        var lengths = texts.Select(text => (uint)Encoding.UTF8.GetByteCount(text)).ToArray();

        AssertReads("OME/frame_metadata/delta_t", frames.Select(frame => IsThere(frame) ? frame * 0.25 : Unknown));
        AssertReads("OME/frame_metadata/timestamp_ns",
            frames.Select(frame => IsThere(frame) && frame % 3 == 0 ? frame * 1_000_000_000L : long.MinValue));
        AssertReads("OME/frame_metadata/image", frames.Select(frame => IsThere(frame) ? frame % Images : -1));
        AssertReads("OME/frame_metadata/storage_index", frames.Select(frame => IsThere(frame) ? (long)frame / Images : -1), ",1");
        AssertReads("OME/frame_metadata/json_length", lengths);
        AssertReads("OME/frame_metadata/json_offset", Offsets(lengths));
        AssertReads("OME/frame_metadata/json", Encoding.UTF8.GetBytes(string.Concat(texts)));
        for (var image = 0; image < Images; image++)
        {
            var times = frames.Where(frame => frame % Images == image)
                .Select(frame => IsThere(frame) && frame % 3 == 0 ? (double)frame : Unknown);
            AssertReads($"OME/frame_metadata/time_points/{image}", times);
        }

        void AssertReads<T>(string path, IEnumerable<T> expected, string moreAxes = "")
            where T : unmanaged
        {
            var elements = expected.ToArray();
            Assert.That(readings[path].Shape, Is.EqualTo(elements.Length.ToString(CultureInfo.InvariantCulture) + moreAxes),
                path);
            Assert.That(readings[path].Sha256, Is.EqualTo(Readers.HashOf(MemoryMarshal.AsBytes(elements.AsSpan()))), path);
        }
    }

    [Test]
    public void ShouldGiveIndependentReadersWhatCameWithTheFramesOfEachCamera()
    {
        var dataset = Path.Join(_folder, "cameras.ome.zarr");
        using (var writer = new NativeWriter($$"""
            {"root_path": "{{dataset}}", "dtype": "uint8", "arrays": [
              {"key": "left", "dimensions": [{"name": "t"}, {"name": "p", "count": 2}, {"name": "y", "count": 2}, {"name": "x", "count": 2}]},
              {"key": "right", "dimensions": [{"name": "t", "count": 3}, {"name": "y", "count": 1}, {"name": "x", "count": 3}]}]}
            """))
        {
            writer.Append("left", [1, 2, 3, 4], """{"delta_t": 0.5}""");
            writer.Append("right", [5, 6, 7]);
            writer.Append("left", [1, 2, 3, 4], """{"delta_t": 1.5}""");
            writer.Append("right", [5, 6, 7], """{"delta_t": 2.5, "note": "µ"}""");
            writer.Complete();
        }

        Schemas.Validate(dataset);
        Structure.Validate(dataset);
        var readings = Readers.HashAll(dataset).Agreed().ToDictionary(array => array.Path);
        AssertReads("OME/frame_metadata/left/delta_t", 0.5, 1.5);
        AssertReads("OME/frame_metadata/left/image", 0, 1);
        // Two of its three frames came: it ends with them.
        AssertReads("OME/frame_metadata/right/delta_t", Unknown, 2.5);
        AssertReads("OME/frame_metadata/right/image", -1, 2);
        AssertReads("OME/frame_metadata/left/time_points/0", 0.5);
        AssertReads("OME/frame_metadata/left/time_points/1", 1.5);
        AssertReads("OME/frame_metadata/right/time_points/2", Unknown, 2.5);

        void AssertReads<T>(string path, params T[] expected)
            where T : unmanaged =>
            Assert.That(readings[path].Sha256, Is.EqualTo(Readers.HashOf(MemoryMarshal.AsBytes(expected.AsSpan()))), path);
    }

    [Test]
    public void ShouldListFramesAsOmeWritersDoes()
    {
        var dataset = Path.Join(_folder, "listed.ome.zarr");
        using (var writer = new NativeWriter(Settings(dataset)))
        {
            writer.Append([1, 2, 3, 4], """{"delta_t": 0.5, "note": "µ"}""");
            writer.Append([1, 2, 3, 4]);
            writer.Append([1, 2, 3, 4], """{"exposure_time": 0.1}""");
            writer.Complete();
        }

        Assert.That(Listed("Pos0"), Is.EqualTo("""[{"note":"µ","delta_t":0.5,"storage_index":[0]},{"exposure_time":0.1,"storage_index":[1]}]"""));
        Assert.That(Attributes("Pos1")["ome_writers"], Is.Null);

        string Listed(string image) => Attributes(image)["ome_writers"]!["frame_metadata"]!.ToJsonString(
            new System.Text.Json.JsonSerializerOptions
            {
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            });

        JsonNode Attributes(string image) =>
            JsonNode.Parse(File.ReadAllText(Path.Join(dataset, image, "zarr.json")))!["attributes"]!;
    }

    private static void Write(string dataset)
    {
        using var writer = new NativeWriter(Settings(dataset));
        for (var frame = 0; frame < Frames; frame++)
        {
            if (!IsThere(frame))
                writer.Skip(1);
            else if (frame % 3 == 0)
                writer.Append([1, 2, 3, 4], Json(frame));
            else
                writer.Append([1, 2, 3, 4], string.Create(CultureInfo.InvariantCulture, $$"""{"delta_t": {{frame * 0.25}}}"""));
        }

        writer.Complete();
    }

    private static ulong[] Offsets(uint[] lengths)
    {
        ulong end = 0;
        return [.. lengths.Select(length => length == 0 ? 0 : (end += length) - length)];
    }

    private static bool IsThere(int frame) => frame != Skipped;

    private static string Json(int frame) => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"delta_t": {{{frame * 0.25}}}, "timestamp_ns": {{{frame * 1_000_000_000L}}}, "event": {"µ": {{{frame}}}}}""");

    private static string Settings(string dataset) => $$"""
        {"root_path": "{{dataset}}", "dtype": "uint8", "compression": "none", "dimensions": [
          {"name": "t", "count": null, "chunk_size": 1000}, {"name": "p", "type": "position", "coords": ["Pos0", "Pos1"]},
          {"name": "y", "count": 2}, {"name": "x", "count": 2}]}
        """;
}
