using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Parsing;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Documents;

/// <summary>Describes a plan as JSON for people and programs: the settings in full, and what will be written.</summary>
public static class LayoutDescription
{
    /// <summary>Describes a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">The engine's own section about memory, taken over as it is; null leaves it out.</param>
    /// <returns>A new object that belongs to the caller.</returns>
    public static JsonObject Of(AcquisitionPlan plan, JsonObject? memory = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var description = new JsonObject
        {
            ["output_path"] = plan.OutputPath,
            ["structure"] = plan.Structure.ToString().ToLowerInvariant(),
            ["settings"] = SettingsWriter.Write(plan.Settings),
        };
        if (plan.Settings.HasKeys)
            description["cameras"] = new JsonArray([.. plan.Cameras.Select(Keyed)]);
        else
            AddFrames(description, plan.Cameras[0]);
        description["arrays"] =
            new JsonArray([.. plan.Arrays.Select(array => Array(array, DatasetMetadata.ArrayDocument(array, 0)))]);
        description["stored_bytes_at_most"] = MostStored.Bytes(plan);
        description["warnings"] = new JsonArray([.. plan.Warnings.Select(warning => JsonValue.Create(warning))]);
        if (memory is not null)
            description["memory"] = memory.DeepClone();
        return description;
    }

    private static JsonObject Keyed(CameraPlan camera)
    {
        var json = new JsonObject { ["key"] = camera.Key };
        AddFrames(json, camera);
        json["images"] = List(camera.Images, image => image.Path);
        return json;
    }

    private static void AddFrames(JsonObject json, CameraPlan camera)
    {
        json["frames"] = camera.Router.TotalFrames;
        json["frame_shape"] = new JsonArray(camera.FrameHeight, camera.FrameWidth);
        json["frame_bytes"] = camera.FrameBytes;
    }

    private static JsonObject Array(ArrayPlan array, MetadataDocument document)
    {
        var grid = array.IsSharded
            ? ChunkGrid.ShardShape(array.ChunkShape.AsSpan(), array.ShardShapeInChunks.AsSpan())
            : [.. array.ChunkShape.Select(length => (long)length)];
        var files = Files(array, [.. grid]);
        var unbounded = array.UnboundedAxis >= 0;
        var most = MostStored.Bytes(array);
        return new JsonObject
        {
            ["path"] = array.Path,
            ["dimension_names"] = List(array.DimensionNames, name => name),
            ["data_type"] = array.DataType.Name(),
            ["shape"] = List(array.Shape.Index(), axis => axis.Index == array.UnboundedAxis ? null : axis.Item),
            ["chunk_shape"] = List(array.ChunkShape, length => length),
            ["chunk_bytes"] = array.ChunkBytes,
            ["shard_shape"] = array.IsSharded ? List(grid, length => length) : null,
            ["shard_shape_in_chunks"] = array.IsSharded ? List(array.ShardShapeInChunks, length => length) : null,
            ["codecs"] = JsonNode.Parse(document.Utf8.Span)!["codecs"]!.DeepClone(),
            ["uncompressed_bytes"] = unbounded ? null : ArrayLayout.Product(array.Shape.Append(array.DataType.Size())),
            ["stored_bytes_at_most"] = unbounded ? null : most,
            ["files"] = unbounded ? null : files,
            ["files_per_step"] = !unbounded ? null : new JsonObject
            {
                ["dimension"] = array.DimensionNames[array.UnboundedAxis],
                ["length"] = grid[array.UnboundedAxis],
                ["files"] = files,
                ["stored_bytes_at_most"] = most,
            },
        };
    }

    /// <summary>Chunks or shards of the whole array, or of one step of them along the unbounded axis.</summary>
    private static long Files(ArrayPlan array, long[] grid) => ArrayLayout.Product(
        array.Shape.Select((length, axis) => axis == array.UnboundedAxis ? 1 : ArrayLayout.ChunksAlong(length, grid[axis])));

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> emit) => new([.. items.Select(emit)]);
}
