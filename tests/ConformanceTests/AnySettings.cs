using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.ConformanceTests;

/// <summary>
/// Random settings of any kind: dimensions of every type in any order, bounded or not, in one image or in many, on plates, by
/// several cameras; names of all sorts; levels, scales and storage orders that may or may not be possible.
/// </summary>
internal static class AnySettings
{
    private static readonly (string Name, string? Type)[] Kinds =
    [
        ("t", null), ("c", null), ("z", null), ("angle", "other"), ("phase", null), ("lag", "time"), ("dye", "channel"),
        ("w", "space"), ("Z", "space"),
    ];

    private static readonly string[] Names =
    [
        "Pos #1", "50% EtOH", "a b", "a%20b", "a/b", "..", "NUL", "é", "e\u0301", "A", "a", "OME", "zarr.json", "__x", "位置",
        "Pos:1", "fov_0", "\u0007bell", "C:\\x",
    ];

    /// <summary>Documents without <c>root_path</c>.</summary>
    public static Gen<JsonObject> Document { get; } =
        from camera in Camera
        from others in Camera.ArrayOf(2)
        from kind in Gen.Frequency((5, Gen.Constant("one")), (2, Gen.Constant("plate")), (2, Gen.Constant("arrays")))
        from positions in Gen.Elements(Names).NonEmptyListOf()
        from place in Gen.Choose(0, 6)
        from nonconforming in Gen.Frequency((4, Gen.Constant<bool?>(null)), (1, Gen.Constant<bool?>(true)))
        from xml in Gen.Elements<bool?>(null, null, true, false)
        from version in Gen.Frequency((2, Gen.Constant<string?>(null)), (1, Gen.Constant<string?>("0.6")))
        from budget in Gen.Frequency((9, Gen.Constant<int?>(null)), (1, Gen.Choose(20, 60).Select(size => (int?)size)))
        select Of(camera, others, kind, [.. positions.Distinct().Take(5)], place, nonconforming, xml, version, budget);

    private static Gen<JsonObject> Camera =>
        from outer in Gen.Elements(Kinds).ListOf()
        from counts in Gen.Choose(1, 4).ArrayOf(4)
        from grows in Gen.Elements(true, false)
        from scales in Gen.Frequency((30, Gen.Elements<double?>(null, 1, 0.5, -2)), (1, Gen.Constant<double?>(0))).ArrayOf(6)
        from height in Gen.Choose(1, 40)
        from width in Gen.Choose(1, 40)
        from order in Gen.Elements("ome", "ome", "ome", "acquisition", "list")
        from pyramid in Gen.Elements(
            null, null, "{}", """{"levels": 2}""", """{"levels": 2, "factors": {"z": 4}}""",
            """{"levels": 3, "method": "decimate", "factors": {"z": 2, "y": 1}}""")
        from dtype in Gen.Elements("uint8", "uint16", "float32", "int64")
        from layout in Gen.Elements(null, "auto")
        from codec in Gen.Elements("none", "blosc-lz4", "zstd")
        select Of([.. outer.Distinct().Take(4)], counts, grows, scales, height, width, order, pyramid, dtype, layout, codec);

    private static JsonObject Of((string Name, string? Type)[] outer, int[] counts, bool grows, double?[] scales, int height,
        int width, string order, string? pyramid, string dtype, string? layout, string codec)
    {
        List<JsonObject> dimensions = [.. outer.Select((kind, i) => new JsonObject
        {
            ["name"] = kind.Name,
            ["type"] = kind.Type,
            ["count"] = i == 0 && grows ? null : counts[i],
        }), new JsonObject { ["name"] = "y", ["count"] = height }, new JsonObject { ["name"] = "x", ["count"] = width }];
        foreach (var (i, dimension) in dimensions.Index())
            dimension["scale"] = scales[i];
        return new JsonObject
        {
            ["dtype"] = dtype,
            ["dimensions"] = new JsonArray([.. dimensions]),
            ["storage_order"] = order == "list"
                ? new JsonArray([.. outer.Select(kind => (JsonNode)kind.Name).Reverse(), "y", "x"]) : order,
            ["pyramid"] = pyramid is null ? null : JsonNode.Parse(pyramid),
            ["layout"] = layout,
            ["compression"] = codec,
        };
    }

    private static JsonObject Of(JsonObject camera, JsonObject[] others, string kind, string[] positions, int place,
        bool? nonconforming, bool? xml, string? version, int? budget)
    {
        var document = kind == "arrays"
            ? new JsonObject { ["arrays"] = new JsonArray([.. others.Zip(positions, Keyed)]) }
            : camera.DeepClone().AsObject();
        if (kind != "arrays" && (kind == "plate" || positions.Length > 2))
            AddPositions(document, positions, place, kind == "plate");
        document["allow_nonconforming"] = nonconforming;
        document["ome_xml"] = xml;
        document["ome_zarr_version"] = version;
        if (budget is { } size)
            document["pipeline"] = new JsonObject { ["memory_budget_bytes"] = size << 20 };
        return document;
    }

    private static JsonNode Keyed(JsonObject camera, string key)
    {
        var keyed = camera.DeepClone().AsObject();
        keyed["key"] = key;
        return keyed;
    }

    private static void AddPositions(JsonObject document, string[] names, int place, bool isPlate)
    {
        var dimensions = document["dimensions"]!.AsArray();
        var first = dimensions[0]!["count"] is null ? 1 : 0;
        dimensions.Insert(Math.Clamp(place, first, dimensions.Count - 2), new JsonObject
        {
            ["name"] = "p",
            ["type"] = "position",
            ["coords"] = new JsonArray([.. names.Select((name, i) => new JsonObject
            {
                ["name"] = name,
                ["x_coord"] = 100.5 * i,
                ["plate_row"] = isPlate ? "AB"[i / 2 % 2].ToString() : null,
                ["plate_column"] = isPlate ? "1" : null,
            })]),
        });
        if (document["storage_order"] is JsonArray order)
            order.Insert(0, "p");
        if (isPlate)
            document["plate"] =
                new JsonObject { ["row_names"] = new JsonArray("A", "B"), ["column_names"] = new JsonArray("1", "2") };
    }
}
