using System.Text.Json.Nodes;

namespace OmeZarr.Ngff;

/// <summary>OME-Zarr 0.5: an image has one list of axes, and its levels lists of transformations.</summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html"/>
internal sealed class Ngff05() : NgffVersion("0.5", "0.5")
{
    public override bool AllowsNegativeScales => true;

    /// <inheritdoc/>
    public override bool AllowsMarksInFields => false;

    public override bool TransformsLevels(JsonObject multiscale) => multiscale["coordinateTransformations"] is not null;

    private protected override JsonObject Part() => Versioned();

    private protected override void AddAxes(JsonObject multiscale, JsonArray axes) => multiscale["axes"] = axes;

    private protected override JsonArray Transformations(JsonObject multiscale, ResolutionLevel level) =>
        NgffJson.Steps(level);
}
