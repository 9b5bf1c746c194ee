using System.Text.Json.Nodes;

namespace OmeZarr.ConformanceTests;

/// <summary>
/// Chunks in which Blosc spares noise, as readers that share no code with it see them: each byte of a pixel is noise, a few
/// values, or constant, and frames change in the middle.
/// </summary>
public sealed class NoisyPixelsTests
{
    private const int Width = 96, Height = 80, Frames = 3;

    private static readonly (string Name, int Bytes)[] Types =
        [("uint8", 1), ("int16", 2), ("uint16", 2), ("uint32", 4), ("float32", 4), ("float64", 8), ("uint64", 8)];

    private readonly string _folder = Directory.CreateTempSubdirectory("omz-conformance-noise-").FullName;

    [TearDown]
    public void RemoveDatasets() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ShouldBeReadByEveryReaderWhateverTheCodecAndType()
    {
        var expected = new Dictionary<string, string>();
        foreach (var compressor in new[] { "lz4", "lz4hc", "zstd" })
        {
            foreach (var shuffle in new[] { "none", "byte", "bit" })
            {
                foreach (var (type, bytes) in Types)
                {
                    var name = $"{compressor}-{shuffle}-{type}";
                    expected.Add($"{name}.ome.zarr/0", Readers.HashOf(Write(name, compressor, shuffle, type, bytes)));
                }
            }
        }

        var readings = Readers.HashAll(_folder).Agreed().ToDictionary(array => array.Path, array => array.Sha256);
        Assert.That(readings, Is.EquivalentTo(expected));
    }

    private byte[] Write(string name, string compressor, string shuffle, string type, int pixelBytes)
    {
        var settings = new JsonObject
        {
            ["root_path"] = Path.Join(_folder, name + ".ome.zarr"),
            ["dtype"] = type,
            ["compression"] = new JsonObject
            {
                ["name"] = "blosc",
                ["cname"] = compressor,
                ["clevel"] = 3,
                ["shuffle"] = shuffle,
                ["effort"] = "adaptive",
            },
            ["dimensions"] = JsonNode.Parse(
                $$"""[{"name": "t", "count": {{Frames}}}, {"name": "y", "count": {{Height}}}, {"name": "x", "count": {{Width}}}]"""),
        };
        var pixels = new byte[Frames * Height * Width * pixelBytes];
        using var writer = new NativeWriter(settings.ToJsonString());
        for (var frame = 0; frame < Frames; frame++)
        {
            var target = pixels.AsSpan(frame * Height * Width * pixelBytes, Height * Width * pixelBytes);
            Draw(target, pixelBytes, frame);
            writer.Append(target);
        }

        writer.Complete();
        return pixels;
    }

    private static void Draw(Span<byte> frame, int pixelBytes, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < frame.Length; i++)
        {
            // The first frame: noise in the low bytes; the second: noise in all; the third: noise that stops.
            var place = i % pixelBytes;
            var isNoise = seed == 1 || (place <= pixelBytes / 2 && (seed == 0 || i < frame.Length / 2));
            frame[i] = (byte)(isNoise ? random.Next(256 >> place % 3) : place == pixelBytes - 1 ? 0x40 : random.Next(2));
        }
    }
}
