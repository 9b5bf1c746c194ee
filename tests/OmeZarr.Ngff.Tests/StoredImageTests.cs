using System.Text.Json.Nodes;
using OmeZarr.Ngff.Stored;

namespace OmeZarr.Ngff.Tests;

/// <summary>Images of OME-Zarr 0.6 as other writers may have them.</summary>
public class StoredImageTests
{
    private const string Step = """{"type": "scale", "scale": [2, 3], "input": {"path": "s0"}, "output": {"name": "b"}}""";

    [Test]
    public void ShouldTakeTheAxesOfTheSystemThatTheLevelsLeadTo()
    {
        var image = Read(Image(Step, more: """
            , "coordinateTransformations": [{"type": "affine", "affine": [[9, 0, 0], [0, 9, 0]],
              "input": {"name": "b"}, "output": {"name": "a"}}]
            """));
        Assert.That(image.Axes.Select(axis => axis.Name), Is.EqualTo(new[] { "v", "u" }));
        Assert.That(image.Levels.Single().Scale, Is.EqualTo(new[] { 2.0, 3 }),
            "what leads on to another system is not the image's");
    }

    [TestCase("""{"type": "identity", "input": {"path": "s0"}, "output": {"name": "b"}}""", "1 1", "0 0")]
    [TestCase(Step, "2 3", "0 0")]
    [TestCase("""
        {"type": "sequence", "input": {"path": "s0"}, "output": {"name": "b"}, "transformations": [
          {"type": "scale", "scale": [2, 3]}, {"type": "translation", "translation": [5, -7]}]}
        """, "2 3", "5 -7")]
    public void ShouldReadEveryTransformationThatALevelMayHave(string step, string scale, string translation)
    {
        var level = Read(Image(step)).Levels.Single();
        Assert.That(string.Join(' ', level.Scale), Is.EqualTo(scale));
        Assert.That(string.Join(' ', level.Translation), Is.EqualTo(translation));
    }

    [TestCase("""{"type": "affine", "affine": [[1, 0, 0], [0, 1, 0]], "output": {"name": "b"}}""", "affine")]
    [TestCase("""{"type": "sequence", "transformations": [{"type": "sequence"}], "output": {"name": "b"}}""", "sequence")]
    [TestCase("""{"type": "scale", "scale": [1, 1], "output": {"name": "c"}}""", "0 systems of the name \"c\"")]
    [TestCase("""{"type": "scale", "scale": [1, 1], "output": "b"}""", "output")]
    [TestCase("""{"type": "scale", "scale": [1, 1]}""", "output")]
    [TestCase("""{"type": "scale", "scale": [1], "output": {"name": "b"}}""", "1 numbers for 2 axes")]
    [TestCase("""{"output": {"name": "b"}}""", "type")]
    [TestCase("3", "coordinateTransformations[0]")]
    public void ShouldNameWhatItCannotRead(string step, string named) =>
        Assert.That(() => Read(Image(step)), Throws.TypeOf<NgffFormatException>().With.Message.Contains(named));

    [Test]
    public void ShouldRefuseLevelsThatLeadToDifferentSystems()
    {
        var json = Image(Step);
        var datasets = json["ome"]!["multiscales"]![0]!["datasets"]!.AsArray();
        var other = datasets[0]!.DeepClone();
        other["coordinateTransformations"]![0]!["output"]!["name"] = "a";
        datasets.Add(other);
        Assert.That(() => Read(json), Throws.TypeOf<NgffFormatException>().With.Message.Contains("\"a\""));
    }

    [Test]
    public void ShouldRefuseTwoSystemsOfTheSameName()
    {
        var json = Image(Step);
        json["ome"]!["multiscales"]![0]!["coordinateSystems"]![0]!["name"] = "b";
        Assert.That(() => Read(json), Throws.TypeOf<NgffFormatException>().With.Message.Contains("2 systems"));
    }

    [TestCase("""{"version": "0.6rc0", "multiscales": [{"datasets": [], "coordinateSystems": []}]}""")]
    [TestCase("""{"version": "0.6rc0", "multiscales": [{"datasets": []}]}""")]
    [TestCase("""{"version": "0.6rc0", "multiscales": [{"axes": [{"name": "x"}], "datasets": [{"path": "0"}]}]}""")]
    [TestCase("""{"version": "0.6", "multiscales": []}""")]
    public void ShouldRefuseWhatIsNotThere(string ome) => Assert.That(
        () => NgffReader.Read(new JsonObject { ["ome"] = JsonNode.Parse(ome) }), Throws.TypeOf<NgffFormatException>());

    private static StoredImage Read(JsonObject attributes) => NgffReader.Read(attributes)!.Image!;

    private static JsonObject Image(string step, string more = "") => JsonNode.Parse($$"""
        {"ome": {"version": "0.6rc0", "multiscales": [{
          "coordinateSystems": [
            {"name": "a", "axes": [{"name": "y", "type": "space"}, {"name": "x", "type": "space"}]},
            {"name": "b", "axes": [{"name": "v", "type": "space"}, {"name": "u", "type": "space"}]}],
          "datasets": [{"path": "s0", "coordinateTransformations": [{{step}}]}] {{more}} }] } }
        """)!.AsObject();
}
