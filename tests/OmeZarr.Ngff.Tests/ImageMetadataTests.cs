using System.Text.Json.Nodes;
using OmeZarr.Ngff.Stored;

namespace OmeZarr.Ngff.Tests;

public class ImageMetadataTests
{
    private static readonly NgffVersion Version06 = NgffVersions.OfStored("0.6rc0")!;

    private static readonly ImageMetadata Image = new(
        "cells",
        [new Axis("angle", null, null), new Axis("y", "space", "micrometer"), new Axis("x", "space", "")],
        [
            new ResolutionLevel("0", [1, 0.1, 0.1], [0, 0, 0]),
            new ResolutionLevel("1", [1, 0.2, 0.2], [0, 0.05, 1e-7]),
        ],
        null);

    [Test]
    public void ShouldEmitAxesAndLevelsInOrder() => Assert.That(
        NgffVersions.Default.Image(Image).ToJsonString(),
        Is.EqualTo(JsonNode.Parse("""
            {"version": "0.5", "multiscales": [{
              "name": "cells",
              "axes": [{"name": "angle"}, {"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space"}],
              "datasets": [
                {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1.0, 0.1, 0.1]}]},
                {"path": "1", "coordinateTransformations": [
                  {"type": "scale", "scale": [1.0, 0.2, 0.2]},
                  {"type": "translation", "translation": [0.0, 0.05, 1E-07]}]}],
              "type": "none", "metadata": {"description": "full resolution only", "method": "none"}}]}
            """)!.ToJsonString()));

    [Test]
    public void ShouldEmitDisplaySettings()
    {
        var omero = new Omero(
            [new OmeroChannel("DAPI", "0000FF", new OmeroWindow(-0.5, 1e30, 0, 4095), Active: true, Inverted: false)],
            new RenderingDefaults(0, 3, "color"));
        Assert.That(
            NgffVersions.Default.Image(Image with { Omero = omero })["omero"]!.ToJsonString(),
            Is.EqualTo(JsonNode.Parse("""
                {"channels": [{"label": "DAPI", "color": "0000FF", "active": true, "inverted": false, "coefficient": 1, "family": "linear",
                  "window": {"min": -0.5, "max": 1E+30, "start": 0, "end": 4095}}],
                 "rdefs": {"defaultT": 0, "defaultZ": 3, "model": "color"}}
                """)!.ToJsonString()));
    }

    [Test]
    public void ShouldGiveEachLevelOf06OneTransformationToThePhysicalSystem() => Assert.That(
        Version06.Image(Image).ToJsonString(),
        Is.EqualTo(JsonNode.Parse("""
            {"version": "0.6rc0", "multiscales": [{
              "name": "cells",
              "coordinateSystems": [{"name": "physical", "axes": [
                {"name": "angle"}, {"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space"}]}],
              "datasets": [
                {"path": "0", "coordinateTransformations": [
                  {"type": "scale", "scale": [1.0, 0.1, 0.1], "input": {"path": "0"}, "output": {"name": "physical"}}]},
                {"path": "1", "coordinateTransformations": [
                  {"type": "sequence", "transformations": [
                    {"type": "scale", "scale": [1.0, 0.2, 0.2]}, {"type": "translation", "translation": [0.0, 0.05, 1E-07]}],
                   "input": {"path": "1"}, "output": {"name": "physical"}}]}],
              "type": "none", "metadata": {"description": "full resolution only", "method": "none"}}]}
            """)!.ToJsonString()));

    [Test]
    public void ShouldAddALevelToTheSystemThatAnotherWriterHasNamed()
    {
        var multiscale = Version06.Image(Image)["multiscales"]![0]!.AsObject();
        foreach (var level in multiscale["datasets"]!.AsArray())
            level!["coordinateTransformations"]![0]!["output"]!["name"] = "intrinsic";
        Version06.AddLevel(multiscale, new ResolutionLevel("2", [1, 0.4, 0.4], [0, 0, 0]));
        Assert.That(multiscale["datasets"]![2]!["coordinateTransformations"]!.ToJsonString(), Is.EqualTo(
            """[{"type":"scale","scale":[1.0,0.4,0.4],"input":{"path":"2"},"output":{"name":"intrinsic"}}]"""));
    }

    [Test]
    public void ShouldReadWhatEachVersionWrites([ValueSource(typeof(NgffVersions), nameof(NgffVersions.All))] NgffVersion version)
    {
        var read = NgffReader.Read(new JsonObject { ["ome"] = version.Image(Image) })!;
        Assert.That(read.Version, Is.EqualTo(version.Stored));
        Assert.That(read.Image!.Axes.Select(axis => axis.Name), Is.EqualTo(new[] { "angle", "y", "x" }));
        Assert.That(read.Image.Axes.Select(axis => axis.Unit), Is.EqualTo(new[] { null, "micrometer", null }));
        foreach (var (level, expected) in read.Image.Levels.Zip(Image.Levels))
        {
            Assert.That(level.Path, Is.EqualTo(expected.Path));
            Assert.That(level.Scale, Is.EqualTo(expected.Scale));
            Assert.That(level.Translation, Is.EqualTo(expected.Translation));
        }
    }

    [Test]
    public void ShouldRefuseLevelsThatDoNotFitTheAxes()
    {
        var image = Image with { Levels = [new ResolutionLevel("0", [1, 1], [0, 0, 0])] };
        Assert.That(() => NgffVersions.Default.Image(image), Throws.ArgumentException);
    }

    [Test]
    public void ShouldNameEachVersionOnceAndWriteTheOldestUnlessAsked()
    {
        Assert.That(NgffVersions.All.Select(version => version.Name), Is.EqualTo(new[] { "0.5", "0.6" }));
        Assert.That(NgffVersions.All.Select(version => NgffVersions.OfStored(version.Stored)), Is.EqualTo(NgffVersions.All));
        Assert.That(NgffVersions.Default.Name, Is.EqualTo("0.5"));
        Assert.That(NgffVersions.OfStored("0.4"), Is.Null);
    }
}
