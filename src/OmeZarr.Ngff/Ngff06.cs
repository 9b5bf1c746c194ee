using System.Text.Json.Nodes;

namespace OmeZarr.Ngff;

/// <summary>
/// OME-Zarr 0.6, as of its first release candidate: axes belong to coordinate systems with names, and each level has one
/// transformation from its array to the one that they all share.
/// </summary>
/// <seealso href="https://ngff-spec.readthedocs.io/en/latest/"/>
internal sealed class Ngff06() : NgffVersion("0.6", "0.6rc0")
{
    /// <summary>The system that the levels lead to; the specification's own examples name it so.</summary>
    private const string Physical = "physical";

    // Its schema has no scale below or at 0.
    public override bool AllowsNegativeScales => false;

    /// <inheritdoc/>
    public override bool AllowsMarksInFields => true;

    // They lead on to other systems, and the image stays where its levels put it.
    public override bool TransformsLevels(JsonObject multiscale) => false;

    private protected override JsonObject Part() => [];

    private protected override void AddAxes(JsonObject multiscale, JsonArray axes) =>
        multiscale["coordinateSystems"] = new JsonArray(new JsonObject { ["name"] = Physical, ["axes"] = axes });

    private protected override JsonArray Transformations(JsonObject multiscale, ResolutionLevel level)
    {
        var steps = NgffJson.Steps(level);
        var transformation = steps.Count == 1
            ? steps[0]!.DeepClone().AsObject()
            : new JsonObject { ["type"] = "sequence", ["transformations"] = steps };
        transformation["input"] = new JsonObject { ["path"] = level.Path };
        transformation["output"] = new JsonObject { ["name"] = SystemOf(multiscale) };
        return new JsonArray(transformation);
    }

    /// <summary>The system of the levels that are there, whose name another writer may have chosen.</summary>
    private static string SystemOf(JsonObject multiscale)
    {
        var first = multiscale["datasets"]!.AsArray().FirstOrDefault();
        return first?["coordinateTransformations"]?[0]?["output"]?["name"]?.GetValue<string>() ?? Physical;
    }
}
