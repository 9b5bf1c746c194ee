using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Tests.Metadata;

[TestFixture]
public sealed class ArrayMetadataTests
{
    /// <summary>The first example of the core specification.</summary>
    private const string SpecificationExample = """
        {
            "zarr_format": 3,
            "node_type": "array",
            "shape": [10000, 1000],
            "dimension_names": ["rows", "columns"],
            "data_type": "float64",
            "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": [1000, 100] } },
            "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
            "codecs": [{ "name": "bytes", "configuration": { "endian": "little" } }],
            "fill_value": "NaN",
            "attributes": { "foo": 42, "bar": "apples", "baz": [1, 2, 3, 4] }
        }
        """;

    private static readonly ArrayMetadata Sharded = new()
    {
        DataType = DataType.UInt16,
        ChunkShape = [1, 64, 64],
        ShardShapeInChunks = [2, 4, 8],
        Compression = new Compression.Blosc(BloscCompressor.Zstd, 1, BloscShuffle.Bit, 0),
        Checksum = true,
        DimensionNames = ["t", null, "x"],
        Attributes = new JsonObject { ["unit"] = "µm" },
    };

    [Test]
    public void ShouldReadTheSpecificationsExample()
    {
        var (metadata, shape) = Parse(SpecificationExample);
        Assert.That(shape, Is.EqualTo(new long[] { 10000, 1000 }));
        Assert.That(metadata.ChunkShape, Is.EqualTo(new[] { 1000, 100 }));
        Assert.That(metadata.IsSharded, Is.False);
        Assert.That(metadata.DataType, Is.EqualTo(DataType.Float64));
        Assert.That(metadata.DimensionNames, Is.EqualTo(new[] { "rows", "columns" }));
        Assert.That(metadata.FillValue.Bits, Is.EqualTo(0x7FF8000000000000));
        Assert.That(metadata.Compression, Is.EqualTo(new Compression.None()));
        Assert.That(metadata.Attributes!["foo"]!.GetValue<int>(), Is.EqualTo(42));
    }

    [Test]
    public void ShouldWriteTheSpecificationsExampleAgain()
    {
        var (metadata, shape) = Parse(SpecificationExample);
        var written = JsonNode.Parse(metadata.Encode(shape.AsSpan()));
        Assert.That(JsonNode.DeepEquals(written, JsonNode.Parse(SpecificationExample)), Is.True, written!.ToJsonString());
    }

    [Test]
    public void ShouldWriteShardsInTheFormThatReadersExpect()
    {
        const string Expected = """
            {
              "zarr_format": 3,
              "node_type": "array",
              "shape": [ 5, 1000, 600 ],
              "data_type": "uint16",
              "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": [ 2, 256, 512 ] } },
              "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
              "fill_value": 0,
              "codecs": [
                {
                  "name": "sharding_indexed",
                  "configuration": {
                    "chunk_shape": [ 1, 64, 64 ],
                    "codecs": [
                      { "name": "bytes", "configuration": { "endian": "little" } },
                      {
                        "name": "blosc",
                        "configuration": { "cname": "zstd", "clevel": 1, "shuffle": "bitshuffle", "typesize": 2, "blocksize": 0 }
                      },
                      { "name": "crc32c" }
                    ],
                    "index_codecs": [ { "name": "bytes", "configuration": { "endian": "little" } }, { "name": "crc32c" } ],
                    "index_location": "end"
                  }
                }
              ],
              "dimension_names": [ "t", null, "x" ],
              "attributes": { "unit": "µm" }
            }
            """;
        var text = Encoding.UTF8.GetString(Sharded.Encode([5, 1000, 600]));
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(Expected)), Is.True, text);
        Assert.That(text, Does.Contain("µm").And.Not.Contain("\r"));
    }

    private static IEnumerable<TestCaseData> CodecChains()
    {
        const string Little = """{"name":"bytes","configuration":{"endian":"little"}}""";
        yield return Chain(new Compression.None(), false, DataType.UInt8, """[{"name":"bytes"}]""");
        yield return Chain(new Compression.None(), true, DataType.Int8, """[{"name":"bytes"},{"name":"crc32c"}]""");
        yield return Chain(
            new Compression.Zstd(-7, true), false, DataType.Float32,
            $$$"""[{{{Little}}},{"name":"zstd","configuration":{"level":-7,"checksum":true}}]""");
        yield return Chain(
            new Compression.Gzip(9), false, DataType.UInt16, $$$"""[{{{Little}}},{"name":"gzip","configuration":{"level":9}}]""");
        yield return Chain(
            new Compression.Blosc(BloscCompressor.Lz4Hc, 5, BloscShuffle.Byte, 1024), true, DataType.Int64,
            $$$"""
            [{{{Little}}},{"name":"blosc","configuration":
            {"cname":"lz4hc","clevel":5,"shuffle":"shuffle","typesize":8,"blocksize":1024}},{"name":"crc32c"}]
            """);
        yield return Chain(
            new Compression.Blosc(BloscCompressor.Zlib, 0, BloscShuffle.None, 0), false, DataType.UInt8,
            """
            [{"name":"bytes"},{"name":"blosc","configuration":
            {"cname":"zlib","clevel":0,"shuffle":"noshuffle","typesize":1,"blocksize":0}}]
            """);

        static TestCaseData Chain(Compression compression, bool checksum, DataType type, string json) =>
            new(compression, checksum, type, json);
    }

    [TestCaseSource(nameof(CodecChains))]
    public void ShouldWriteCodecsLiterallyAndReadThemBack(Compression compression, bool checksum, DataType type, string json)
    {
        var metadata = new ArrayMetadata { DataType = type, ChunkShape = [16], Compression = compression, Checksum = checksum };
        var written = JsonNode.Parse(metadata.Encode([100]))!;
        Assert.That(JsonNode.DeepEquals(written["codecs"], JsonNode.Parse(json)), Is.True, written["codecs"]!.ToJsonString());
        var (parsed, _) = ArrayMetadata.Parse(metadata.Encode([100]));
        Assert.That((parsed.Compression, parsed.Checksum, parsed.DataType), Is.EqualTo((compression, checksum, type)));
    }

    [Test]
    public void ShouldGiveBackAShardedDescription([Values] ShardIndexLocation location)
    {
        var (parsed, shape) = ArrayMetadata.Parse((Sharded with { ShardIndexLocation = location }).Encode([0, 1000, 600]));
        Assert.That(shape, Is.EqualTo(new long[] { 0, 1000, 600 }));
        Assert.That(parsed.ChunkShape, Is.EqualTo(Sharded.ChunkShape));
        Assert.That(parsed.ShardShapeInChunks, Is.EqualTo(Sharded.ShardShapeInChunks));
        Assert.That(parsed.ShardIndexLocation, Is.EqualTo(location));
        Assert.That(parsed.DimensionNames, Is.EqualTo(Sharded.DimensionNames));
        Assert.That(parsed.ChunksPerShard, Is.EqualTo(64));
        Assert.That(parsed.ChunkBytes, Is.EqualTo(64 * 64 * 2));
    }

    [TestCase(DataType.UInt8, "0")]
    [TestCase(DataType.Int64, "0")]
    [TestCase(DataType.Float32, "0.0")]
    [TestCase(DataType.Float64, "0.0")]
    public void ShouldWriteZeroAsStandardReadersWantIt(DataType type, string expected)
    {
        var text = Encoding.UTF8.GetString(new ArrayMetadata { DataType = type, ChunkShape = [1] }.Encode([1]));
        Assert.That(text, Does.Contain($"\"fill_value\": {expected},"));
    }

    [TestCase("uint8", "255", 0xFFul)]
    [TestCase("int8", "-1", 0xFFul)]
    [TestCase("int64", "-9223372036854775808", 0x8000000000000000ul)]
    [TestCase("uint64", "18446744073709551615", ulong.MaxValue)]
    [TestCase("float32", "1.5", 0x3FC00000ul)]
    [TestCase("float32", "\"NaN\"", 0x7FC00000ul)]
    [TestCase("float32", "\"0x7fc00001\"", 0x7FC00001ul)]
    [TestCase("float64", "\"-Infinity\"", 0xFFF0000000000000ul)]
    [TestCase("float64", "1e300", 0x7E37E43C8800759Cul)]
    public void ShouldKeepFillValues(string type, string json, ulong bits)
    {
        var (metadata, shape) = Parse(SpecificationExample.Replace("float64", type).Replace("\"NaN\"", json));
        Assert.That(metadata.FillValue.Bits, Is.EqualTo(bits));
        var (again, _) = ArrayMetadata.Parse(metadata.Encode(shape.AsSpan()));
        Assert.That(again.FillValue.Bits, Is.EqualTo(bits));
    }

    [TestCase("\"zarr_format\": 3", "\"zarr_format\": 2", "zarr_format")]
    [TestCase("\"array\"", "\"group\"", "node_type")]
    [TestCase("[10000, 1000]", "[10000, -1]", "shape")]
    [TestCase("[10000, 1000]", "[]", "axes")]
    [TestCase("[10000, 1000]", "[10000]", "axes")]
    [TestCase("[10000, 1000]", "[9223372036854775807, 9223372036854775807]", "too large")]
    [TestCase("[1000, 100]", "[1000, 0]", "chunk_shape")]
    [TestCase("[1000, 100]", "[1000000, 1000000]", "too large")]
    [TestCase("[1000, 100]", "[1000, 4294967296]", "4294967296")]
    [TestCase("\"float64\"", "\"complex64\"", "complex64")]
    [TestCase("\"little\"", "\"big\"", "big")]
    [TestCase("\"bytes\"", "\"transpose\"", "bytes")]
    [TestCase("\"/\"", "\".\"", "chunk_key_encoding")]
    [TestCase("\"regular\"", "\"rectilinear\"", "rectilinear")]
    [TestCase("\"NaN\"", "\"many\"", "fill_value")]
    [TestCase("\"NaN\"", "null", "fill_value")]
    [TestCase("\"rows\", \"columns\"", "\"rows\"", "dimension_names")]
    [TestCase("\"rows\"", "7", "dimension_names")]
    [TestCase("\"foo\": 42", "\"bar\": 42", "twice")]
    [TestCase("\"apples\"", "\"\\ud800\"", "Unicode")]
    [TestCase("\"attributes\": {", "\"future\": {", "future")]
    [TestCase("}", "", "JSON")]
    public void ShouldRefuseWhatItCannotReadAndSayWhy(string part, string replacement, string message) =>
        Assert.That(
            () => Parse(SpecificationExample.Replace(part, replacement)),
            Throws.TypeOf<ZarrFormatException>().With.Message.Contains(message));

    [TestCase("\"sharding_indexed\"", "\"zip\"", "bytes")]
    [TestCase("[2,256,512]", "[2,256,500]", "divided")]
    [TestCase("\"end\"", "\"middle\"", "middle")]
    [TestCase("\"index_codecs\"", "\"other\"", "index_codecs")]
    [TestCase("\"bitshuffle\"", "\"auto\"", "shuffle")]
    [TestCase("\"zstd\"", "\"snappy\"", "cname")]
    [TestCase("\"clevel\":1", "\"clevel\":10", "level")]
    [TestCase("\"clevel\":1", "\"clevel\":\"1\"", "clevel")]
    [TestCase("{\"name\":\"crc32c\"}],\"index_codecs\"", "{\"name\":\"gzip\"}],\"index_codecs\"", "gzip")]
    public void ShouldRefuseShardsItCannotReadAndSayWhy(string part, string replacement, string message)
    {
        var text = JsonNode.Parse(Sharded.Encode([5, 1000, 600]))!.ToJsonString();
        Assert.That(text, Does.Contain(part));
        Assert.That(
            () => Parse(text.Replace(part, replacement)), Throws.TypeOf<ZarrFormatException>().With.Message.Contains(message));
    }

    [Test]
    public void ShouldAcceptMembersThatSayTheyNeedNotBeUnderstood() =>
        Assert.That(
            () => Parse(SpecificationExample.Replace("\"shape\"", "\"extra\": {\"must_understand\": false}, \"shape\"")),
            Throws.Nothing);

    [Test]
    public void ShouldRefuseToWriteRanksThatDiffer()
    {
        Assert.That(() => Sharded.Encode([1, 2]), Throws.ArgumentException);
        Assert.That(() => (Sharded with { DimensionNames = ["t"] }).Encode([1, 2, 3]), Throws.ArgumentException);
        Assert.That(() => (Sharded with { ShardShapeInChunks = [1] }).Encode([1, 2, 3]), Throws.ArgumentException);
    }

    private static (ArrayMetadata Metadata, System.Collections.Immutable.ImmutableArray<long> Shape) Parse(string json) =>
        ArrayMetadata.Parse(Encoding.UTF8.GetBytes(json));
}
