using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Parsing;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Documents;

/// <summary>What this library writes under a name of its own: what the settings say and OME-Zarr has no place for.</summary>
internal static class OwnMetadata
{
    private const int Version = 1;

    /// <summary>
    /// At the root: the completion mark, and of each camera its frames and the coordinates along its dimensions.
    /// </summary>
    public static JsonObject OfDataset(
        AcquisitionPlan plan, IReadOnlyList<CameraState> cameras, DatasetOutcome outcome, JsonElement settings)
    {
        var own = new JsonObject { ["version"] = Version, ["complete"] = outcome.Complete };
        AddText(own, "ended", outcome.Ended);
        AddText(own, "reason", outcome.Reason);
        AddText(own, "error", outcome.Error);
        AddFrames(own, cameras, FrameTableLayout.GroupPath);
        if (plan.Settings.HasKeys)
        {
            own["arrays"] = new JsonArray([.. plan.Cameras.Zip(cameras, Keyed)]);
        }
        else
        {
            AddNext(own, cameras[0]);
            AddDeclared(own, plan.Cameras[0]);
            AddMissing(own, cameras[0].Missing);
            AddDimensions(own, plan.Cameras[0].Settings);
        }

        if (plan.Structure == DatasetStructure.Image)
            AddImage(own, plan.Images[0]);
        if (plan.Structure == DatasetStructure.Image)
            own[StoredSettings.Key] = JsonObject.Create(settings);
        return own;
    }

    /// <summary>
    /// On the group of OME's own metadata, of a collection or plate: at the root it would be written again and again.
    /// </summary>
    public static JsonObject OfSeries(AcquisitionPlan plan) =>
        new() { ["version"] = Version, [StoredSettings.Key] = StoredSettings.Of(plan) };

    private static JsonObject Keyed(CameraPlan camera, CameraState state)
    {
        var images = new JsonArray([.. camera.Images.Select(image => JsonValue.Create(image.Path))]);
        var json = new JsonObject { ["key"] = camera.Key, ["images"] = images };
        AddFrames(json, [state], FrameTableLayout.PathOf(camera));
        AddNext(json, state);
        AddDeclared(json, camera);
        AddMissing(json, state.Missing);
        AddDimensions(json, camera.Settings);
        return json;
    }

    private static void AddFrames(JsonObject json, IReadOnlyList<CameraState> cameras, string metadataPath)
    {
        json["frames_appended"] = cameras.Sum(camera => camera.Counts.FramesAppended);
        json["frames_stored"] = cameras.Sum(camera => camera.Counts.FramesStored);
        json["frames_skipped"] = cameras.Sum(camera => camera.Counts.FramesSkipped);
        json["frames_dropped"] = cameras.Sum(camera => camera.Counts.FramesDropped);
        if (cameras.Any(camera => camera.Frames is not null))
            json["frame_metadata"] = new JsonObject { ["path"] = metadataPath };
    }

    private static void AddNext(JsonObject json, CameraState camera)
    {
        json[StoredProgress.NextFrameKey] = camera.NextFrame;
        if (camera.ResumedAt is { } frame)
            json[StoredProgress.ResumedAtKey] = frame;
    }

    private static void AddDeclared(JsonObject json, CameraPlan camera)
    {
        if (camera.DeclaredFrames is { } frames)
            json["frames_declared"] = frames;
    }

    private static void AddText(JsonObject json, string key, string? text)
    {
        if (text is not null)
            json[key] = text;
    }

    private static void AddMissing(JsonObject json, FrameRuns missing)
    {
        if (!missing.Runs.IsEmpty)
            json["missing_frames"] = new JsonArray([.. missing.Runs.Select(run => new JsonArray(run.First, run.Count))]);
        if (missing.IsCut)
            json["missing_frames_cut"] = true;
    }

    // Each position is in the metadata of its own images.
    private static void AddDimensions(JsonObject json, CameraSettings settings)
    {
        var described = settings.Dimensions.Where(dimension => dimension.Type != DimensionType.Position)
            .Select(dimension => (dimension.Name, Coordinates: SettingsWriter.Coordinates(dimension)))
            .Where(dimension => dimension.Coordinates is not null)
            .ToArray();
        if (described.Length == 0)
            return;
        json["dimensions"] = new JsonArray([.. described.Select(dimension => new JsonObject
        {
            ["name"] = dimension.Name,
            ["coords"] = WithoutNulls(dimension.Coordinates!),
        })]);
    }

    /// <summary>On the group of an image of a collection or plate.</summary>
    public static JsonObject OfImage(ImagePlan image)
    {
        var own = new JsonObject { ["version"] = Version };
        if (image.Camera.Length > 0)
            own["array"] = image.Camera;
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
