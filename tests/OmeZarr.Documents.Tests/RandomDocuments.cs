using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Documents.Tests;

/// <summary>Random settings that are accepted and have OME-XML: images, collections, several cameras and plates.</summary>
internal static class RandomDocuments
{
    private static readonly string[] Types =
        ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"];

    private static readonly string[] Colors = ["#123456", "lime", "rgb(1, 2, 3)"];

    public static Gen<JsonObject> Any { get; } = Gen.Choose(0, int.MaxValue).Select(seed => Make(new Random(seed)));

    private static JsonObject Make(Random random)
    {
        var document = new JsonObject { ["root_path"] = "data/run.ome.zarr", ["ome_xml"] = true, ["dtype"] = Of(random, Types) };
        var kind = random.Next(4);
        if (kind == 3)
        {
            document["arrays"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(i => (JsonNode)new JsonObject
            {
                ["key"] = $"camera{i}", ["dtype"] = Of(random, Types), ["dimensions"] = Dimensions(random, wells: null),
            })]);
        }
        else
        {
            document["dimensions"] = Dimensions(random, wells: kind == 2 ? (2, 3) : null);
            if (kind == 2)
                document["plate"] = Plate(random);
        }

        if (random.Next(3) == 0)
            document["omero"] = random.Next(2) == 0;
        if (random.Next(3) == 0)
            document["pyramid"] = new JsonObject { ["levels"] = 2 };
        if (random.Next(3) == 0)
            document["storage_order"] = "ome";
        return document;
    }

    private static JsonArray Dimensions(Random random, (int Rows, int Columns)? wells)
    {
        var outer = new List<JsonObject>();
        if (wells is { } plate)
            outer.Add(Wells(random, plate.Rows, plate.Columns));
        else if (random.Next(2) == 0)
            outer.Add(Positions(random));
        if (random.Next(2) == 0)
            outer.Add(Axis(random, Of(random, "t", "time", "T"), ["s", "ms", "min"]));
        if (random.Next(2) == 0)
            outer.Add(Channels(random));
        if (random.Next(2) == 0)
            outer.Add(Axis(random, Of(random, "z", "Z", "depth"), ["um", "nm"], type: "space"));
        if (random.Next(4) == 0)
            outer.Add(Axis(random, "angle", ["degree"]));
        JsonObject[] shuffled = [.. outer.OrderBy(_ => random.Next())];
        if (shuffled.Length > 0 && !shuffled[0].ContainsKey("coords") && random.Next(2) == 0)
            shuffled[0].Remove("count");
        // Rows called x and columns y are allowed, and so are other names.
        var (rows, columns) = Of(random, ("y", "x"), ("x", "y"), ("row", "column"), ("Y", "X"));
        return [.. shuffled, Frame(random, rows), Frame(random, columns)];
    }

    private static JsonObject Frame(Random random, string name)
    {
        var axis = Axis(random, name, ["um", "mm"], type: "space");
        axis["count"] = random.Next(3, 9);
        return axis;
    }

    private static JsonObject Axis(Random random, string name, string[] units, string? type = null)
    {
        var axis = new JsonObject { ["name"] = name, ["count"] = random.Next(1, 6) };
        if (type is not null)
            axis["type"] = type;
        if (random.Next(2) == 0)
            axis["unit"] = Of(random, units);
        if (random.Next(2) == 0)
            axis["scale"] = Of(random, 0.5, 2, 0.325, -1.5, 1);
        if (random.Next(4) == 0)
            axis["translation"] = random.Next(-5, 5);
        return axis;
    }

    private static JsonObject Channels(Random random)
    {
        var channels = new JsonObject { ["name"] = "c", ["type"] = "channel" };
        var count = random.Next(1, 5);
        if (random.Next(3) == 0)
        {
            channels["count"] = count;
            return channels;
        }

        channels["coords"] = new JsonArray([.. Enumerable.Range(0, count).Select(i =>
        {
            var channel = new JsonObject { ["name"] = $"dye {i}" };
            if (random.Next(2) == 0)
                channel["color"] = Of(random, Colors);
            if (random.Next(2) == 0)
                channel["emission_wavelength_nm"] = random.Next(400, 800);
            return (JsonNode)channel;
        })]);
        return channels;
    }

    private static JsonObject Positions(Random random) => new()
    {
        ["name"] = "p",
        ["type"] = "position",
        ["coords"] =
            new JsonArray([.. Enumerable.Range(0, random.Next(1, 5)).Select(i => (JsonNode)Position(random, $"Pos #{i} <&é>"))]),
    };

    private static JsonObject Wells(Random random, int rows, int columns)
    {
        var positions = new JsonArray();
        for (var well = 0; well < rows * columns; well++)
        {
            for (var field = random.Next(well == 0 ? 1 : 0, 3); field > 0; field--)
            {
                var position = Position(random, $"field {field}");
                position["plate_row"] = $"{(char)('A' + well / columns)}";
                position["plate_column"] = $"{1 + well % columns}";
                positions.Add((JsonNode)position);
            }
        }

        return new JsonObject { ["name"] = "p", ["type"] = "position", ["coords"] = positions };
    }

    private static JsonObject Position(Random random, string name)
    {
        var position = new JsonObject { ["name"] = name };
        foreach (var letter in new[] { "x", "y", "z" })
        {
            if (random.Next(2) == 0)
                position[$"{letter}_coord"] = Of(random, 0, -300.25, 1e4);
        }

        return position;
    }

    private static JsonObject Plate(Random random)
    {
        var plate = new JsonObject { ["row_names"] = new JsonArray("A", "B"), ["column_names"] = new JsonArray("1", "2", "3") };
        if (random.Next(2) == 0)
            plate["name"] = "screen <1>";
        if (random.Next(2) == 0)
        {
            var run = new JsonObject { ["id"] = random.Next(3) };
            if (random.Next(2) == 0)
                run["name"] = "first";
            plate["acquisitions"] = new JsonArray((JsonNode)run);
        }

        return plate;
    }

    private static T Of<T>(Random random, params T[] items) => items[random.Next(items.Length)];
}
