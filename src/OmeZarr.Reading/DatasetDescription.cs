using System.Text.Json.Nodes;
using OmeZarr.Ngff;
using OmeZarr.Ngff.Stored;

namespace OmeZarr.Reading;

/// <summary>Describes datasets as JSON, for programs that are no .NET. docs/reading.md has an example of each member.</summary>
public static class DatasetDescription
{
    /// <summary>What there is, image by image; each one's own metadata are <see cref="Of(DatasetImage)"/>.</summary>
    public static JsonObject Of(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var json = new JsonObject
        {
            ["kind"] = dataset.Kind.ToString().ToLowerInvariant(),
            ["version"] = dataset.Version,
            ["complete"] = dataset.Own?.IsComplete,
            ["images"] = List(dataset.Images, image => Place(image, dataset.Plate)),
        };
        if (dataset.Plate is { } plate)
        {
            json["plate"] = new JsonObject
            {
                ["name"] = plate.Name,
                ["rows"] = List(plate.Rows, row => row),
                ["columns"] = List(plate.Columns, column => column),
            };
        }

        if (dataset.Own is { } own)
            json["missing_frames"] = List(own.MissingFrames, run => new JsonArray(run.First, run.Count));
        json["attributes"] = WithoutOme(dataset.Attributes);
        return json;
    }

    /// <summary>An image: axes, levels, channels and whatever else its attributes have.</summary>
    public static JsonObject Of(DatasetImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new JsonObject
        {
            ["path"] = image.Place.Path,
            ["name"] = image.Name,
            ["axes"] = List(image.Axes, Axis),
            ["levels"] = List(image.Levels, Level),
            ["channels"] = List(image.Channels, Channel),
            ["attributes"] = WithoutOme(image.Attributes),
        };
    }

    private static JsonObject Place(ImagePlace image, StoredPlate? plate)
    {
        var json = new JsonObject { ["path"] = image.Path };
        if (image.Well is { } well && plate is not null)
        {
            json["well"] = well.Path;
            json["row"] = plate.Rows[well.Row];
            json["column"] = plate.Columns[well.Column];
            json["field"] = image.Field;
        }

        return json;
    }

    private static JsonObject Axis(Axis axis) => new() { ["name"] = axis.Name, ["type"] = axis.Type, ["unit"] = axis.Unit };

    private static JsonObject Level(ImageLevel level)
    {
        var array = level.Array.Metadata;
        return new JsonObject
        {
            ["path"] = level.Path,
            ["shape"] = List(array.Shape, length => length),
            ["data_type"] = array.Type.Name,
            ["element_bytes"] = array.Type.Size,
            ["chunk_shape"] = List(array.Chunk.Innermost.Shape, length => length),
            ["shard_shape"] = array.Chunk.Shard is null ? null : List(array.Chunk.Shape, length => length),
            ["codecs"] = array.Codecs.DeepClone(),
            ["scale"] = List(level.Scale, Real),
            ["translation"] = List(level.Translation, Real),
        };
    }

    private static JsonObject Channel(StoredChannel channel) => new()
    {
        ["label"] = channel.Label,
        ["color"] = channel.Color,
        ["window"] = channel.Window is not { } window ? null : new JsonObject
        {
            ["min"] = Real(window.Min),
            ["max"] = Real(window.Max),
            ["start"] = Real(window.Start),
            ["end"] = Real(window.End),
        },
        ["active"] = channel.IsActive,
        ["inverted"] = channel.IsInverted,
    };

    private static JsonObject WithoutOme(JsonObject? attributes)
    {
        var copy = attributes?.DeepClone().AsObject() ?? [];
        copy.Remove(NgffVersions.AttributeName);
        return copy;
    }

    /// <summary>JSON has no infinity, which a document's 1e999 is.</summary>
    private static JsonNode? Real(double number) => double.IsFinite(number) ? JsonValue.Create(number) : null;

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> emit) => new([.. items.Select(emit)]);
}
