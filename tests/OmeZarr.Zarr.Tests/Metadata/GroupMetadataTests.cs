using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Tests.Metadata;

[TestFixture]
public sealed class GroupMetadataTests
{
    [Test]
    public void ShouldWriteAttributesAsTheyAre()
    {
        const string Expected = """{"zarr_format":3,"node_type":"group","attributes":{"ome":{"version":"0.5"}}}""";
        var group = new GroupMetadata(new JsonObject { ["ome"] = new JsonObject { ["version"] = "0.5" } });
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(group.Encode()), JsonNode.Parse(Expected)), Is.True);
        Assert.That(JsonNode.DeepEquals(GroupMetadata.Parse(group.Encode()).Attributes, group.Attributes), Is.True);
    }

    [Test]
    public void ShouldWriteAnEmptyObjectForNoAttributes() =>
        Assert.That(JsonNode.Parse(new GroupMetadata(null).Encode())!["attributes"]!.AsObject(), Is.Empty);

    [TestCase("""{"zarr_format":3,"node_type":"array"}""")]
    [TestCase("""{"zarr_format":3}""")]
    [TestCase("""{"zarr_format":3,"node_type":"group","attributes":[]}""")]
    [TestCase("[]")]
    [TestCase("")]
    public void ShouldRefuseWhatIsNoGroup(string json) =>
        Assert.That(() => GroupMetadata.Parse(Encoding.UTF8.GetBytes(json)), Throws.TypeOf<ZarrFormatException>());
}
