using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Tests.Metadata;

[TestFixture]
public sealed class MetadataFuzzTests
{
    private static readonly byte[] Valid = new ArrayMetadata
    {
        DataType = DataType.Int32,
        ChunkShape = [1, 64],
        ShardShapeInChunks = [2, 4],
        Compression = new Compression.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Byte, 0),
        DimensionNames = ["t", "x"],
        Attributes = new JsonObject { ["a"] = new JsonArray(1, 2, "ü") },
    }.Encode([5, 1000]);

    [Test]
    public void ShouldOnlyEverFailWithAFormatException() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed =>
            {
                var json = Corrupt(new Random(seed));
                try
                {
                    var (metadata, shape) = ArrayMetadata.Parse(json);
                    return metadata.Encode(shape.AsSpan()).Length > 0;
                }
                catch (ZarrFormatException)
                {
                    return true;
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private static byte[] Corrupt(Random random)
    {
        const string Likely = "\"{}[]:,0123456789-+eE.\\u nulltruefalse";
        var json = Valid.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(json.Count);
            var value = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)Likely[random.Next(Likely.Length)];
            switch (random.Next(3))
            {
                case 0: json[at] = value; break;
                case 1: json.Insert(at, value); break;
                default: json.RemoveRange(at, Math.Min(random.Next(1, 6), json.Count - at - 1)); break;
            }
        }

        return [.. json];
    }
}
