using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests.PixelFormats;

/// <summary>A random acquisition of frames whose pixels are not of the dtype.</summary>
internal sealed record PackedAcquisition(JsonObject Settings, bool[] Comes, HandOver HandOver, int Padding, int Seed)
{
    public AcquisitionPlan Plan { get; } = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(Settings.ToJsonString()));

    /// <summary>Bytes from row to row, and whether the frames must say so themselves.</summary>
    public (long Bytes, bool OfFrame) Stride =>
        Plan.Camera.Settings.Frame.RowStride == 0 && PaddingOfFrame > 0
            ? (Plan.FrameRowBytes + PaddingOfFrame, true)
            : (Plan.FrameRowStride, false);

    // As many bytes as unpacked pixels have are for the settings to say.
    private long PaddingOfFrame => !Plan.PixelFormat.IsPacked()
        ? PaddingOfColors
        : Math.Max(0, Math.Min(Padding, Plan.FrameWidth * Plan.DataType.Size() - 1 - Plan.FrameRowBytes));

    // Three colours are not padded to four.
    private long PaddingOfColors =>
        Padding == Plan.FrameWidth * Plan.PixelFormat.Colors()!.Value.PartBytes ? Padding + 1 : Padding;

    /// <summary>A frame of noise, also between its rows.</summary>
    public byte[] Frame(int number)
    {
        var bytes = new byte[Stride.Bytes * (Plan.FrameHeight - 1) + Plan.FrameRowBytes];
        new Random(Seed + number).NextBytes(bytes);
        return bytes;
    }

    /// <summary>All that a reader must see.</summary>
    public byte[] Expected(out long[] shape)
    {
        var array = Plan.Arrays[0];
        shape = [.. array.Shape];
        if (array.UnboundedAxis >= 0)
            shape[array.UnboundedAxis] = Plan.Router.UnboundedExtent(Comes.Length);
        var size = array.DataType.Size();
        var expected = new byte[shape.Aggregate(1L, (a, b) => a * b) * size];
        var index = new long[Plan.Router.FrameAxes];
        for (var frame = 0; frame < Comes.Length; frame++)
        {
            if (!Comes[frame])
                continue;
            var pixels = Frame(frame);
            for (var plane = 0; plane < Plan.Router.PlanesPerFrame; plane++)
            {
                Plan.Router.Locate(frame, plane, index);
                var linear = 0L;
                for (var axis = 0; axis < index.Length; axis++)
                    linear = linear * shape[axis] + index[axis];
                Store(pixels, plane, expected.AsSpan((int)(linear * Plan.FrameHeight * Plan.FrameWidth * size)), size);
            }
        }

        return expected;
    }

    public override string ToString() =>
        $"{Settings.ToJsonString()} {HandOver} padding {Padding} seed {Seed} frames "
            + $"{string.Concat(Comes.Select(c => c ? '+' : '-'))}";

    public static Arbitrary<PackedAcquisition> Any { get; } = (
        from format in Gen.Elements(global::OmeZarr.Acquisition.Settings.PixelFormats.Unpacked.ToArray())
        from keepsAlpha in Gen.Elements(true, false)
        from axes in Gen.Choose(0, 2)
        from names in Gen.Shuffle(new[] { "t", "z" })
        from counts in Gen.ArrayOf(Gen.Choose(1, 4), axes)
        from frame in Gen.Two(Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(1, 80)))
        from unbounded in Gen.Elements(true, false)
        from chunks in Gen.ArrayOf(Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(1, 60)), 5)
        from shards in Gen.Elements(0, 1, 2)
        from codec in Gen.Elements(Codecs)
        from order in Gen.Elements("ome", "acquisition")
        from pipeline in Gen.Elements("{\"workers\":2}", "{\"workers\":1}", "{\"workers\":2,\"ring_frames\":2}",
            "{\"workers\":3,\"ring_frames\":3}")
        from padding in Gen.Elements(0, 0, 1, 30)
        from padsAll in Gen.Elements(true, false)
        from levels in Gen.Choose(1, 2)
        from handOver in Gen.Elements(Enum.GetValues<HandOver>())
        from comes in Gen.ArrayOf(Gen.Frequency((5, Gen.Constant(true)), (1, Gen.Constant(false))),
            counts.Aggregate(1, (a, b) => a * b))
        from seed in Gen.Choose(0, 1 << 20)
        select new PackedAcquisition(
            Document(format, keepsAlpha, [.. names.Zip(counts)], frame, unbounded
                && axes > 0, chunks, shards, codec, order, pipeline, padsAll ? padding : 0, levels),
            comes,
            handOver,
            padding,
            seed)).ToArbitrary();

    private static readonly string[] Codecs =
    [
        "\"none\"",
        "{\"name\":\"none\",\"checksum\":true}",
        "{\"name\":\"blosc\",\"cname\":\"lz4\",\"clevel\":1,\"shuffle\":\"byte\"}",
        "{\"name\":\"blosc\",\"cname\":\"lz4\",\"clevel\":1,\"shuffle\":\"bit\"}",
        "{\"name\":\"zstd\",\"level\":1}",
    ];

    private static JsonObject Document(
        PixelFormat format, bool keepsAlpha, (string Name, int Count)[] axes, (int Height, int Width) frame, bool unbounded,
        int[] chunks,
        int shards,
        string codec, string order, string pipeline, int padding, int levels)
    {
        var type = format.StoredAs()!.Value;
        (string Name, int Count)[] channels = format.Planes() > 1 ? [("c", format.Planes(keepsAlpha))] : [];
        (string Name, int Count)[] all = [.. axes, .. channels, ("y", frame.Height), ("x", frame.Width)];
        var dimensions = all.Select((axis, i) => new JsonObject
        {
            ["name"] = axis.Name,
            ["count"] = i == 0 && unbounded ? null : axis.Count,
            ["chunk_size"] = chunks[i],
            ["shard_size_chunks"] = shards == 0 ? null : shards,
        });
        // A short ring has no room for frames that wait for others of their block.
        var factors = new JsonObject { ["y"] = 2, ["x"] = 3 };
        if (!pipeline.Contains("ring", StringComparison.Ordinal) && axes.Any(axis => axis.Name == "z"))
            factors["z"] = 2;
        return new JsonObject
        {
            ["root_path"] = "memory",
            ["pyramid"] = new JsonObject { ["levels"] = frame is (1, 1) ? 1 : levels, ["factors"] = factors },
            ["dtype"] = type.Name(),
            ["dimensions"] = new JsonArray([.. dimensions]),
            ["storage_order"] = order,
            ["allow_nonconforming"] = true,
            ["compression"] = JsonNode.Parse(codec),
            ["pipeline"] = JsonNode.Parse(pipeline),
            ["frame"] = new JsonObject
            {
                ["pixel_format"] = format.Name(type),
                ["alpha"] = keepsAlpha ? "keep" : "drop",
                ["row_stride"] = padding == 0 ? null : format.RowBytes(type, frame.Width) + padding,
            },
        };
    }

    private void Store(byte[] pixels, int plane, Span<byte> target, int size)
    {
        for (var y = 0; y < Plan.FrameHeight; y++)
        {
            var row = pixels.AsSpan((int)(y * Stride.Bytes), (int)Plan.FrameRowBytes);
            for (var x = 0; x < Plan.FrameWidth; x++)
            {
                var value = NaivePixels.At(Plan.PixelFormat, row, x, plane);
                var at = target[(int)((y * Plan.FrameWidth + x) * size)..];
                at[0] = (byte)value;
                if (size == 2)
                    at[1] = (byte)(value >> 8);
            }
        }
    }
}

/// <summary>How frames reach the session.</summary>
internal enum HandOver
{
    Copied,
    Borrowed,
    InSlots,
}
