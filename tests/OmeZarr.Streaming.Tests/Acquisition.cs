using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests;

/// <summary>A random acquisition: its settings, and which of its frames come.</summary>
public sealed record Acquisition
{
    /// <summary>Frames that a ring has room for that holds every block of a stack, whatever else is taken meanwhile.</summary>
    private const int LongRing = 1000;

    public required JsonObject Settings { get; init; }

    /// <summary>For each frame number in acquisition order: appended (true) or skipped.</summary>
    public required bool[] Comes { get; init; }

    public AcquisitionPlan Plan => AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes(Settings.ToJsonString()));

    /// <summary>Frames may come in any order: none waits for a slot, nor does a pyramid's block of them.</summary>
    public void GiveEveryFrameASlot() => Settings["pipeline"]!["ring_frames"] = Comes.Length + LongRing;

    /// <summary>Pixels of a frame: each byte tells frame and place, so that a misplaced one shows.</summary>
    public static byte[] Pixels(AcquisitionPlan plan, long frame) => Pixels(plan.Cameras.Single(), frame);

    /// <summary>The same of one of several cameras.</summary>
    public static byte[] Pixels(CameraPlan plan, long frame)
    {
        var pixels = new byte[plan.FrameBytes];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(1 + (frame * 31 + i * 7 + i / 251) % 255);
        return pixels;
    }

    /// <summary>All that a reader of an image's finished array must see, computed without any code of the data plane.</summary>
    public byte[] Expected(AcquisitionPlan plan, out long[] shape, int image = 0) =>
        Expected(plan.Cameras.Single(), out shape, image);

    /// <summary>The same of one of several cameras.</summary>
    public byte[] Expected(CameraPlan plan, out long[] shape, int image = 0)
    {
        var array = plan.Arrays[image];
        shape = [.. array.Shape];
        if (array.UnboundedAxis >= 0)
            shape[array.UnboundedAxis] = plan.Router.UnboundedExtent(Math.Max(1, Comes.Length));
        var expected = new byte[shape.Aggregate(1L, (a, b) => a * b) * array.DataType.Size()];
        var index = new long[plan.Router.FrameAxes];
        for (var frame = 0; frame < Comes.Length; frame++)
        {
            if (!Comes[frame] || plan.Router.Locate(frame, index) != image)
                continue;
            long linear = 0;
            for (var axis = 0; axis < index.Length; axis++)
                linear = linear * shape[axis] + index[axis];
            Pixels(plan, frame).CopyTo(expected, linear * plan.FrameBytes);
        }

        return expected;
    }

    public override string ToString() => $"{Settings.ToJsonString()} frames {string.Concat(Comes.Select(c => c ? '+' : '-'))}";

    /// <summary>Up to five dimensions in any order, any chunking, sharding, type, codec, ring and skip pattern.</summary>
    public static Arbitrary<Acquisition> Any { get; } = (
        from axes in Gen.Choose(0, 3)
        from names in Gen.Shuffle(new[] { "t", "c", "z" })
        from counts in Gen.ArrayOf(Gen.Choose(1, 5), axes)
        from height in Gen.Choose(1, 21)
        from width in Gen.Choose(1, 21)
        from unbounded in Gen.Elements(true, false, false)
        from sharded in Gen.Elements(true, false)
        from chunks in Gen.ArrayOf(Gen.Choose(1, 6), axes + 2)
        from shards in Gen.ArrayOf(Gen.Choose(1, 3), axes + 2)
        from type in Gen.Elements(DataTypes.Names.ToArray())
        from codec in Gen.Elements(Codecs)
        from order in Gen.Elements("ome", "acquisition")
        from workers in Gen.Choose(1, 3)
        from ring in Gen.Elements(0, 0, 2, 3, 8, LongRing)
        from levels in Gen.Elements(1, 1, 2, 3, 5)
        from factors in Gen.ArrayOf(Gen.Elements(1, 2, 2, 3), 3)
        from method in Gen.Elements("mean", "mean", "decimate", "min", "max", "median", "mode")
        from missing in Gen.Elements(0, 0, 3, 10)
        from comes in Gen.ArrayOf(Gen.Choose(0, 10).Select(n => n >= missing), counts.Aggregate(1, (a, b) => a * b))
        select new Acquisition
        {
            Settings = Document(names, counts, height, width, unbounded && axes > 0, sharded, chunks, shards, type, codec, order,
                workers, ring, new Levels(levels, factors[0], factors[1], factors[2], method)),
            Comes = comes,
        }).ToArbitrary();

    private static readonly string[] Codecs =
    [
        "\"none\"",
        "{\"name\":\"none\",\"checksum\":true}",
        "{\"name\":\"blosc\",\"cname\":\"lz4\",\"clevel\":1,\"shuffle\":\"byte\"}",
        "{\"name\":\"blosc\",\"cname\":\"zstd\",\"clevel\":1,\"shuffle\":\"bit\",\"checksum\":true}",
        "{\"name\":\"zstd\",\"level\":1}",
        "{\"name\":\"gzip\",\"level\":1,\"checksum\":true}",
    ];

    private static JsonObject Document(
        string[] names, int[] counts, int height, int width, bool unbounded, bool sharded, int[] chunks, int[] shards,
        string type, string codec, string order, int workers, int ring, Levels levels)
    {
        var dimensions = new JsonArray();
        for (var i = 0; i < chunks.Length; i++)
        {
            var isFrame = i >= counts.Length;
            var dimension = new JsonObject
            {
                ["name"] = isFrame ? (i == counts.Length ? "y" : "x") : names[i],
                ["count"] = i == 0 && unbounded ? null : isFrame ? (i == counts.Length ? height : width) : counts[i],
                ["chunk_size"] = chunks[i],
            };
            if (sharded)
                dimension["shard_size_chunks"] = shards[i];
            dimensions.Add(dimension);
        }

        var pipeline = new JsonObject { ["workers"] = workers };
        if (ring > 0)
            pipeline["ring_frames"] = ring;
        var stack = Array.IndexOf(names, "z") is var z && z < counts.Length ? counts[z] : 0;
        return new JsonObject
        {
            ["root_path"] = "memory",
            ["pyramid"] = levels.Document(stack, grows: unbounded && names[0] == "z", ring is > 0 and < LongRing, height, width),
            ["dtype"] = type,
            ["dimensions"] = dimensions,
            ["storage_order"] = order,
            ["allow_nonconforming"] = true,
            ["compression"] = JsonNode.Parse(codec),
            ["pipeline"] = pipeline,
        };
    }

    /// <summary>Resolution levels: how many are asked for, and how much each shrinks.</summary>
    private sealed record Levels(int Count, int Z, int Y, int X, string Method)
    {
        /// <summary>
        /// No more levels than these frames can have, of which a growing stack is no part. A short ring has no room for frames
        /// that wait for others of their block.
        /// </summary>
        public JsonObject Document(int stack, bool grows, bool isShort, int height, int width)
        {
            var byZ = stack == 0 || isShort ? 1 : Z;
            var possible = 1;
            for (long z = grows ? 1 : stack, y = height, x = width; (byZ > 1 && z > 1) || (Y > 1 && y > 1)
                || (X > 1 && x > 1); possible++)
                (z, y, x) = ((z + byZ - 1) / byZ, (y + Y - 1) / Y, (x + X - 1) / X);
            var factors = new JsonObject { ["y"] = Y, ["x"] = X };
            if (stack > 0)
                factors["z"] = byZ;
            return new JsonObject { ["levels"] = Math.Min(Count, possible), ["method"] = Method, ["factors"] = factors };
        }
    }
}
