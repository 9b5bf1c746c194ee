using System.Text.Json.Nodes;

namespace AbiTests;

/// <summary>A layout to be written by native/memory.c, with as many frames as show its peak.</summary>
/// <param name="Name">For people.</param>
/// <param name="Settings">Without root_path.</param>
/// <param name="Frames">Of each array.</param>
/// <param name="FrameBytes">Bytes of a frame.</param>
/// <param name="Streams">Streams that are open together, each of these settings.</param>
/// <param name="Arrays">Keys of each; 0 for none.</param>
/// <param name="Metadata">Bytes of JSON of each frame; -1 for a time alone, 0 for nothing.</param>
internal sealed record MemoryLayout(string Name, JsonObject Settings, long Frames, long FrameBytes, int Streams = 1, int Arrays =
    0, int Metadata = 0)
{
    private static readonly string[] Compressions = ["none", "blosc-lz4", "blosc-zstd", "zstd"];

    public override string ToString() => Name;

    /// <summary>Layouts in which something else than pixels takes the memory.</summary>
    public static IEnumerable<MemoryLayout> Extremes() =>
    [
        Of("one frame of eight bytes", 1, 8, [], 2, 4),
        Of("a stream without an end of tiny frames", 3000, 8, [Dimension("t", null)], 2, 4),
        Of("5,000 positions with a shard open in each", 20_000, 64, [Dimension("t", 4, shard: 4), Positions(5000)], 8, 8),
        Of("20,000 positions", 20_000, 64, [Positions(20_000)], 8, 8),
        Of("5,000 positions that grow", 5000, 64, [Dimension("t", null), Positions(5000)], 8, 8),
        Of("5,000 positions with four levels", 5000, 1024, [Positions(5000)], 32, 32,
            ("pyramid", new JsonObject { ["levels"] = 4 })),
        Of("a plate of 384 wells with nine fields", 2 * 3456, 64, [Dimension("t", 2), Fields(384, 9)], 8, 8, ("plate", Plate())),
        Of("frames with times in 65 images", 65_000, 64, [Positions(65), Dimension("t", 1000, 100, 10)], 8, 8) with { Metadata =
            -1 },
        Of("as many frames with times as documents list", 10_000, 64, [Dimension("t", 10_000, 100, 10)], 8, 8) with { Metadata =
            -1 },
        Of("as much JSON as documents list", 256, 64, [Dimension("t", 1000, 100, 10)], 8, 8) with { Metadata = 1000 },
        Of("45,000 positions with JSON", 45_000, 16, [Positions(45_000), Dimension("t", 1)], 4, 4) with { Metadata = 200 },
        Of("20,000 channels", 64, 64, [Channels(20_000)], 8, 8),
        Of("100,000 coordinates", 1, 64, [Coordinates(100_000)], 8, 8),
        Of("64 channels of which one has pixels", 1, 128, [Dimension("t", null), Channels(64)], 8, 8, ("dtype", "uint16")),
        Of("64 arrays in each of four streams", 4, 64, [Dimension("t", 4)], 8, 8, ("arrays", Keys(64))) with { Arrays = 64,
            Streams = 4 },
        Of("210 streams", 4, 64, [Dimension("t", 4)], 8, 8, ("pipeline", new JsonObject { ["workers"] = 1 })) with { Streams =
            210 },
        Of("a ring of 100,000 frames", 2000, 8, [Dimension("t", null)], 2, 4,
            ("pipeline", new JsonObject { ["ring_frames"] = 100_000 })),
        Of("large frames", 100, 2048 * 2048 * 2, [Dimension("t", null)], 2048, 2048, ("dtype", "uint16"), ("layout", "auto"),
            ("compression", "blosc-lz4")),
        Of("large frames with levels", 60, 2048 * 2048 * 2, [Dimension("t", null)], 2048, 2048, ("dtype", "uint16"),
            ("layout", "auto"), ("compression", "blosc-zstd"), ("pyramid", new JsonObject())),
    ];

    /// <summary>Layouts of all kinds, the same each time.</summary>
    public static IEnumerable<MemoryLayout> Random(int count)
    {
        var random = new Random(20_261_126);
        for (var i = 0; i < count; i++)
            yield return Random(random, i);
    }

    private static MemoryLayout Random(Random random, int number)
    {
        int positions = 1 << random.Next(0, 11), t = random.Next(1, 9), z = random.Next(1, 5), side = 8 << random.Next(0, 6);
        var isGrowing = random.Next(2) == 0;
        JsonNode?[] dimensions =
        [
            Dimension("t", isGrowing ? null : t, random.Next(1, 5), random.Next(0, 4)),
            Positions(positions),
            Dimension("z", z, random.Next(1, 4), random.Next(0, 3)),
        ];
        var layout = Of(
            $"random {number}", (long)t * positions * z, side * side, dimensions, side, side,
            ("compression", Compressions[random.Next(Compressions.Length)]),
            ("pyramid", new JsonObject { ["levels"] = random.Next(1, 3) }),
            ("pipeline", new JsonObject { ["workers"] = random.Next(1, 5) }),
            ("checksum", random.Next(2) == 0),
            ("omero", random.Next(2) == 0));
        return layout with
        {
            Name = $"{layout.Name}: t {t}, p {positions}, z {z}, {side} x {side}",
            Metadata =
            random.Next(3) * 100 - 100
        };
    }

    private static MemoryLayout Of(
        string name, long frames, long frameBytes, JsonNode?[] dimensions, int height, int width,
        params (string Key, JsonNode? Value)[] members)
    {
        var settings = new JsonObject
        {
            ["dtype"] = "uint8",
            ["dimensions"] = new JsonArray([.. dimensions, Dimension("y", height), Dimension("x", width)]),
            ["durability"] = new JsonObject { ["fsync"] = "never" },
        };
        foreach (var (key, value) in members)
            settings[key] = value;
        return new MemoryLayout(name, settings, frames, frameBytes);
    }

    private static JsonObject Dimension(string name, int? count, int chunk = 0, int shard = 0) => new()
    {
        ["name"] = name,
        ["count"] = count,
        ["chunk_size"] = chunk == 0 ? null : chunk,
        ["shard_size_chunks"] = shard == 0 ? null : shard,
    };

    private static JsonObject Positions(int count) => new() { ["name"] = "p", ["type"] = "position", ["count"] = count };

    private static JsonObject Channels(int count) => new()
    {
        ["name"] = "c",
        ["type"] = "channel",
        ["coords"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode)$"channel {i}")]),
    };

    private static JsonObject Coordinates(int count) => new()
    {
        ["name"] = "t",
        ["coords"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode)(0.1 * i))]),
    };

    private static JsonObject Fields(int wells, int fields) => new()
    {
        ["name"] = "p",
        ["coords"] = new JsonArray([.. Enumerable.Range(0, wells * fields).Select(i => (JsonNode)new JsonObject
        {
            ["name"] = $"f{i % fields}",
            ["plate_row"] = RowName(i / fields / 24),
            ["plate_column"] = $"{(i / fields % 24) + 1}",
        })]),
    };

    private static JsonObject Plate() => new()
    {
        ["row_names"] = new JsonArray([.. Enumerable.Range(0, 16).Select(row => (JsonNode)RowName(row))]),
        ["column_names"] = new JsonArray([.. Enumerable.Range(1, 24).Select(column => (JsonNode)$"{column}")]),
    };

    private static JsonArray Keys(int count) =>
        new([.. Enumerable.Range(0, count).Select(i => (JsonNode)new JsonObject { ["key"] = $"k{i}" })]);

    private static string RowName(int row) => $"{(char)('A' + row)}";
}
