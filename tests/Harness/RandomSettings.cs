using System.Text.Json.Nodes;

namespace OmeZarr.Harness;

/// <summary>Random settings documents, every key that changes what is written among them.</summary>
/// <param name="random">Where it all comes from.</param>
/// <param name="mayBeWide">Also shards whose files look gigabytes long while they are written.</param>
internal sealed class RandomSettings(Random random, bool mayBeWide)
{
    private static readonly string[] DataTypes =
        ["uint8", "uint16", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32", "float64"];

    private static readonly string[] Codecs =
    [
        "null", "\"none\"", "\"blosc-lz4\"", "\"blosc-zstd\"", "\"zstd\"",
        "{\"name\":\"none\",\"checksum\":true}",
        "{\"name\":\"blosc\",\"cname\":\"lz4hc\",\"clevel\":1,\"shuffle\":\"bit\"}",
        "{\"name\":\"blosc\",\"cname\":\"zstd\",\"clevel\":1,\"shuffle\":\"none\",\"checksum\":true}",
        "{\"name\":\"zstd\",\"level\":1,\"checksum\":true}",
        "{\"name\":\"gzip\",\"level\":1}",
    ];

    private static readonly string[] Methods = ["mean", "mean", "decimate", "min", "max", "median", "mode"];

    private static readonly (string Format, string Type, int Planes)[] Packed =
    [
        ("mono10p", "uint16", 1), ("mono12p", "uint16", 1), ("mono12packed", "uint16", 1), ("rgb8", "uint8", 3),
        ("rgba8", "uint8", 4), ("bgr8", "uint8", 3), ("bgra8", "uint8", 4), ("bgrx8", "uint8", 3), ("rgb16", "uint16", 3),
        ("bgr16", "uint16", 3), ("rgba16", "uint16", 4), ("bgra16", "uint16", 4),
    ];

    /// <summary>Whether the frames' own dimension grows, so that the length of the run is free.</summary>
    public bool IsUnbounded { get; private set; }

    /// <summary>A whole document without its path, and a word for it.</summary>
    public (string Name, JsonObject Settings) Next()
    {
        var kind = Any("image", "image", "image", "packed", "positions", "plate", "arrays", "auto", "wide shards");
        if (kind == "wide shards" && !mayBeWide)
            kind = "image";
        var document = kind switch
        {
            "arrays" => Cameras(),
            "packed" => Packing(),
            "auto" => Automatic(),
            "wide shards" => Wide(),
            _ => Camera(mayGrow: true),
        };
        if (kind is "positions" or "plate")
            AddPositions(document, isPlate: kind == "plate");
        AddShared(document);
        if (kind == "wide shards")
            document["durability"]!["flush_interval_ms"] = 10;
        return (kind, document);
    }

    public T Any<T>(params T[] choices) => choices[random.Next(choices.Length)];

    public bool OneIn(int count) => random.Next(count) == 0;

    private JsonObject Cameras()
    {
        var cameras = Enumerable.Range(0, random.Next(1, 4)).Select(i =>
        {
            var camera = Camera(mayGrow: true);
            camera["key"] = $"cam{i}";
            return (JsonNode)camera;
        });
        return new JsonObject { ["arrays"] = new JsonArray([.. cameras]) };
    }

    private JsonObject Camera(bool mayGrow)
    {
        var names = Shuffled("t", "c", "z")[..random.Next(0, 4)];
        var dimensions = names.Select(name => Dimension(name, Any(1, 2, 3, 5, 9), 4)).ToList();
        if (dimensions.Count > 0 && mayGrow && OneIn(2))
        {
            dimensions[0]["count"] = null;
            IsUnbounded = true;
        }
        else if (dimensions.Count > 0 && OneIn(2))
        {
            dimensions[0]["count"] = random.Next(1, 120);
        }

        var document = new JsonObject { ["dtype"] = Any(DataTypes) };
        Complete(document, dimensions, random.Next(1, 41), random.Next(1, 41));
        AddLevels(document);
        return document;
    }

    private JsonObject Packing()
    {
        var (format, type, planes) = Any(Packed);
        List<JsonObject> dimensions = [Dimension("t", random.Next(1, 60), 4)];
        if (OneIn(2))
        {
            dimensions[0]["count"] = null;
            IsUnbounded = true;
        }

        if (OneIn(3))
            dimensions.Add(Dimension("z", random.Next(1, 4), 3));
        if (planes > 1)
            dimensions.Add(Dimension("c", planes, planes));
        var width = random.Next(1, 41);
        var document = new JsonObject { ["dtype"] = type, ["frame"] = new JsonObject { ["pixel_format"] = format } };
        Complete(document, dimensions, random.Next(1, 41), width);
        AddLevels(document);
        if (OneIn(4))
            document["frame"]!["row_stride"] = width * 8 + random.Next(0, 9);
        return document;
    }

    private JsonObject Automatic()
    {
        IsUnbounded = OneIn(2);
        JsonObject t = new() { ["name"] = "t", ["count"] = IsUnbounded ? null : random.Next(1, 100) };
        return new JsonObject
        {
            ["dtype"] = "uint16",
            ["layout"] = "auto",
            ["compression"] = JsonNode.Parse(Any(Codecs)),
            ["dimensions"] = new JsonArray(t, Side("y", random.Next(16, 129)), Side("x", random.Next(16, 129))),
        };

        static JsonObject Side(string name, int count) => new() { ["name"] = name, ["count"] = count };
    }

    // The index of such a shard has up to 16 MiB, and is published again and again.
    private JsonObject Wide()
    {
        IsUnbounded = true;
        JsonObject t = new() { ["name"] = "t", ["chunk_size"] = 1, ["shard_size_chunks"] = 1 << random.Next(16, 21) };
        return new JsonObject
        {
            ["dtype"] = "uint8",
            ["dimensions"] = new JsonArray(t, new JsonObject { ["name"] = "y", ["count"] = 2 },
                new JsonObject { ["name"] = "x", ["count"] = 3 }),
        };
    }

    private void Complete(JsonObject document, List<JsonObject> dimensions, int height, int width)
    {
        dimensions.Add(Dimension("y", height, height));
        dimensions.Add(Dimension("x", width, width));
        if (OneIn(2))
        {
            foreach (var dimension in dimensions)
                dimension["shard_size_chunks"] = random.Next(1, 5);
        }

        document["dimensions"] = new JsonArray([.. dimensions]);
        document["compression"] = JsonNode.Parse(Any(Codecs));
        document["storage_order"] = Any("ome", "ome", "acquisition");
        document["checksum"] = OneIn(4);
    }

    private JsonObject Dimension(string name, int count, int longestChunk) => new()
    {
        ["name"] = name,
        ["count"] = count,
        // A tenth of the frame's sides at least: no more than some hundred chunks a frame.
        ["chunk_size"] = name is "y" or "x" ? random.Next(Math.Max(1, count / 4), longestChunk + 1)
            : random.Next(1, longestChunk + 1),
    };

    private void AddLevels(JsonObject document)
    {
        if (OneIn(2))
            return;
        var dimensions = document["dimensions"]!.AsArray();
        var factors = new JsonObject { ["y"] = Any(1, 2, 2, 3), ["x"] = Any(2, 2, 3) };
        if (dimensions.Any(dimension => (string)dimension!["name"]! == "z"))
            factors["z"] = Any(1, 2, 2, 3);
        document["pyramid"] = new JsonObject { ["levels"] = random.Next(1, 4), ["method"] = Any(Methods), ["factors"] = factors };
    }

    private void AddPositions(JsonObject document, bool isPlate)
    {
        var dimensions = document["dimensions"]!.AsArray();
        var first = dimensions.Count > 2 && dimensions[0]!["count"] is null ? 1 : 0;
        var positions = Enumerable.Range(0, random.Next(1, 6)).Select(i =>
        {
            var position = new JsonObject { ["name"] = $"f{i}" };
            if (isPlate)
            {
                position["plate_row"] = i % 2 == 0 ? "B" : "A";
                position["plate_column"] = "1";
            }

            return (JsonNode)position;
        });
        dimensions.Insert(random.Next(first, dimensions.Count - 1),
            new JsonObject { ["name"] = "p", ["coords"] = new JsonArray([.. positions]) });
        if (isPlate)
            document["plate"] =
                new JsonObject { ["row_names"] = new JsonArray("A", "B"), ["column_names"] = new JsonArray("1", "2") };
    }

    private void AddShared(JsonObject document)
    {
        document["pipeline"] = new JsonObject { ["workers"] = random.Next(1, 4), ["append_timeout_ms"] = 20_000 };
        document["durability"] = new JsonObject
        {
            ["flush_interval_ms"] = Any(10, 10, 20, 50, 100, 300, 1000),
            ["fsync"] = Any("never", "never", "flush", "finalize"),
        };
        if (OneIn(4))
            document["store"] = new JsonObject { ["unbuffered"] = true };
        if (OneIn(4))
            document["ome_xml"] = false;
        // For `storage_order`: "acquisition", whatever the order.
        document["allow_nonconforming"] = true;
    }

    private string[] Shuffled(params string[] names)
    {
        random.Shuffle(names);
        return names;
    }
}
