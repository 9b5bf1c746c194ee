using System.Text.Json.Nodes;
using OmeZarr.Acquisition.Parsing;
using OmeZarr.Acquisition.Tests;

namespace OmeZarr.Documents.Tests;

public class LayoutDescriptionTests
{
    [Test]
    public void ShouldDescribeWhatWillBeWritten()
    {
        var plan = Document.PlanOf(
            """
            [{"name": "t", "count": 10, "chunk_size": 4, "shard_size_chunks": 2}, {"name": "y", "count": 64, "chunk_size": 20}, {"name": "x", "count": 48}]
            """,
            """{"compression": "zstd"}""");
        var description = LayoutDescription.Of(plan);
        description.Remove("settings");
        Assert.That(description.ToJsonString(), Is.EqualTo(JsonNode.Parse("""
            {"output_path": "data/run.ome.zarr", "structure": "image", "frames": 10, "frame_shape": [64, 48], "frame_bytes": 6144,
             "arrays": [{
               "path": "0", "dimension_names": ["t", "y", "x"], "data_type": "uint16", "shape": [10, 64, 48],
               "chunk_shape": [4, 20, 48], "chunk_bytes": 7680, "shard_shape": [8, 20, 48], "shard_shape_in_chunks": [2, 1, 1],
               "codecs": [{"name": "sharding_indexed", "configuration": {
                 "chunk_shape": [4, 20, 48],
                 "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd", "configuration": {"level": 3, "checksum": false}}],
                 "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
                 "index_location": "end"}}],
               "uncompressed_bytes": 61440, "stored_bytes_at_most": 93528, "files": 8, "files_per_step": null}],
             "stored_bytes_at_most": 93528, "warnings": []}
            """)!.ToJsonString()));
    }

    [Test]
    public void ShouldCountTheFilesOfAStepWhenUnbounded()
    {
        var plan = Document.PlanOf("""
            [{"name": "t", "chunk_size": 4}, {"name": "z", "count": 5}, {"name": "y", "count": 64}, {"name": "x", "count": 48, "chunk_size": 16}]
            """);
        var array = LayoutDescription.Of(plan)["arrays"]![0]!;
        Assert.That(array["shape"]!.ToJsonString(), Is.EqualTo("[null,5,64,48]"));
        Assert.That(array["files"], Is.Null);
        Assert.That(array["uncompressed_bytes"], Is.Null);
        Assert.That(array["files_per_step"]!.ToJsonString(), Is.EqualTo("""{"dimension":"t","length":4,"files":15,"stored_bytes_at_most":122880}"""));
    }

    [Test]
    public void ShouldTakeOverTheEnginesSectionAboutMemory()
    {
        var memory = new JsonObject { ["total_bytes"] = 5 };
        var plan = Document.Plan(Document.FiveDimensions);
        Assert.That(LayoutDescription.Of(plan, memory)["memory"]!.ToJsonString(), Is.EqualTo("""{"total_bytes":5}"""));
        Assert.That(LayoutDescription.Of(plan).ContainsKey("memory"), Is.False);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4)]
    public void ShouldGiveSettingsThatMeanTheSameWhenReadAgain(int sample)
    {
        var first = LayoutDescription.Of(Document.Plan(Samples.Everything[sample]));
        var second = LayoutDescription.Of(Document.Plan(first["settings"]!.ToJsonString()));
        Assert.That(second.ToJsonString(), Is.EqualTo(first.ToJsonString()));
    }

    [Test]
    public void ShouldFillInEveryKeyOfTheDocument()
    {
        var settings = LayoutDescription.Of(Document.Plan(Document.FiveDimensions))["settings"]!.AsObject();
        var keys = SettingsKeys.All.Where(key => !key.Path.Contains('.', StringComparison.Ordinal)).Select(key => key.Path);
        Assert.That(settings.Select(pair => pair.Key), Is.EqualTo(keys));
    }
}
