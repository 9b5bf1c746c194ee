using System.Text.Json.Nodes;

namespace OmeZarr.Acquisition;

/// <summary>What this library writes under a name of its own: what the settings say and OME-Zarr has no place for.</summary>
internal static class OwnMetadata
{
    private const int Version = 1;

    /// <summary>At the root: the completion mark, and the coordinates along the dimensions.</summary>
    public static JsonObject OfDataset(AcquisitionPlan plan, FrameCounts counts, bool complete)
    {
        var own = new JsonObject
        {
            ["version"] = Version,
            ["complete"] = complete,
            ["frames_appended"] = counts.FramesAppended,
            ["frames_skipped"] = counts.FramesSkipped,
            ["frames_dropped"] = counts.FramesDropped,
        };
        // Each position is in the metadata of its own images.
        var described = plan.Settings.Dimensions.Where(dimension => dimension.Type != DimensionType.Position)
            .Select(dimension => (dimension.Name, Coordinates: SettingsWriter.Coordinates(dimension)))
            .Where(dimension => dimension.Coordinates is not null)
            .ToArray();
        if (described.Length > 0)
        {
            own["dimensions"] = new JsonArray([.. described.Select(dimension => new JsonObject
            {
                ["name"] = dimension.Name,
                ["coords"] = WithoutNulls(dimension.Coordinates!),
            })]);
        }

        if (plan.Structure == DatasetStructure.Image)
            AddImage(own, plan.Images[0]);
        return own;
    }

    /// <summary>On the group of an image of a collection or plate.</summary>
    public static JsonObject OfImage(ImagePlan image)
    {
        var own = new JsonObject { ["version"] = Version };
        AddImage(own, image);
        return own;
    }

    /// <summary>Where the image was taken, and its index along each dimension that it has no axis for.</summary>
    private static void AddImage(JsonObject own, ImagePlan image)
    {
        if (image.Position is { } position)
            own["position"] = WithoutNulls(SettingsWriter.Position(position));
        if (image.Indices.Length > 0)
            own["indices"] = new JsonArray([.. image.Indices.Select(Index)]);
    }

    private static JsonObject Index(ImageIndex at)
    {
        var json = new JsonObject { ["dimension"] = at.Dimension.Name, ["index"] = at.Index };
        if (at.Dimension.Type != DimensionType.Position && SettingsWriter.Coordinate(at.Dimension, at.Index) is { } coordinate)
            json["coord"] = coordinate is JsonObject members ? WithoutNulls(members) : coordinate;
        return json;
    }

    private static JsonArray WithoutNulls(JsonArray coordinates)
    {
        foreach (var coordinate in coordinates.OfType<JsonObject>())
            WithoutNulls(coordinate);
        return coordinates;
    }

    private static JsonObject WithoutNulls(JsonObject json)
    {
        foreach (var (key, _) in json.Where(member => member.Value is null).ToArray())
            json.Remove(key);
        return json;
    }
}
