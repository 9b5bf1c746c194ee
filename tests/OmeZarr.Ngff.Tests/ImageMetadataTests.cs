using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Tests;

public class ImageMetadataTests
{
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
        NgffVersions.Image("0.5", Image).ToJsonString(),
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
            NgffVersions.Image("0.5", Image with { Omero = omero })["omero"]!.ToJsonString(),
            Is.EqualTo(JsonNode.Parse("""
                {"channels": [{"label": "DAPI", "color": "0000FF", "active": true, "inverted": false, "coefficient": 1, "family": "linear",
                  "window": {"min": -0.5, "max": 1E+30, "start": 0, "end": 4095}}],
                 "rdefs": {"defaultT": 0, "defaultZ": 3, "model": "color"}}
                """)!.ToJsonString()));
    }

    [Test]
    public void ShouldRefuseLevelsThatDoNotFitTheAxes()
    {
        var image = Image with { Levels = [new ResolutionLevel("0", [1, 1], [0, 0, 0])] };
        Assert.That(() => NgffVersions.Image("0.5", image), Throws.ArgumentException);
    }

    [Test]
    public void ShouldRefuseAVersionThatItDoesNotKnow()
    {
        Assert.That(() => NgffVersions.Image("0.4", Image), Throws.ArgumentException.With.Message.Contains("0.5"));
        Assert.That(NgffVersions.All, Does.Contain(NgffVersions.Default));
    }
}
