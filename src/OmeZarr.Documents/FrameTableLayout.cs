using System.Globalization;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Text;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Documents;

/// <summary>The arrays that hold what is known of each frame; docs/frame-metadata.md describes them to readers.</summary>
public static class FrameTableLayout
{
    /// <summary>
    /// The group of the arrays, from the dataset's root; with keys, of a group for each camera. No image can be there: the name
    /// OME is taken.
    /// </summary>
    public const string GroupPath = $"{GroupNames.OmeGroup}/frame_metadata";

    /// <summary>The index of a frame's image among all the dataset's images, -1 for a frame without metadata.</summary>
    public const string Image = "image";

    /// <summary>Where the frame (or the first of its planes) is in that image's array.</summary>
    public const string StorageIndex = "storage_index";

    /// <summary>First byte of the frame's JSON in <see cref="Json"/>.</summary>
    public const string JsonOffset = "json_offset";

    /// <summary>Bytes of the frame's JSON, 0 for none.</summary>
    public const string JsonLength = "json_length";

    /// <summary>The JSON of all frames, in UTF-8.</summary>
    public const string Json = "json";

    /// <summary>Frames in a chunk of an acquisition that has more.</summary>
    public const int MostFramesPerChunk = 8192;

    /// <summary>Bytes of JSON in a chunk.</summary>
    public const int JsonBytesPerChunk = 256 << 10;

    /// <summary>A number that is not known, with the bits that the arrays' fill value has.</summary>
    public static double Unknown => BitConverter.UInt64BitsToDouble(NotANumber);

    /// <summary>The version of this layout, in the group's attributes.</summary>
    private const int Version = 1;

    private const ulong NotANumber = 0x7FF8_0000_0000_0000;
    private const ulong LeastInt64 = 0x8000_0000_0000_0000;
    private const ulong MinusOne32 = uint.MaxValue;
    private const ulong MinusOne64 = ulong.MaxValue;

    private static readonly Compression Numbers = new Compression.Blosc(BloscCompressor.Zstd, 3, BloscShuffle.Byte, 0);
    private static readonly Compression Texts = new Compression.Zstd(3, Checksum: false);

    /// <summary>The group of a camera's arrays, from the dataset's root.</summary>
    public static string PathOf(CameraPlan plan) => plan.Path.Length == 0 ? GroupPath : $"{GroupPath}/{plan.Path}";

    /// <summary>Frames in a chunk of the arrays over frames.</summary>
    public static int FramesPerChunk(CameraPlan plan) =>
        (int)Math.Clamp(plan.Router.TotalFrames ?? MostFramesPerChunk, 1, MostFramesPerChunk);

    /// <summary>The array of a name: one of the constants here, or of a <see cref="FrameProperty"/>.</summary>
    public static ArrayMetadata Column(CameraPlan plan, string name)
    {
        var frames = FramesPerChunk(plan);
        return name switch
        {
            Image => OverFrames(DataType.Int32, MinusOne32, null),
            StorageIndex => OverFrames(DataType.Int64, MinusOne64, null) with
            {
                ChunkShape = [frames, Math.Max(1, plan.Router.FrameAxes)],
                DimensionNames = ["frame", "axis"],
                Attributes =
                    new JsonObject { ["axes"] = new JsonArray([.. plan.Axes.SkipLast(2).Select(axis => (JsonNode)axis.Name)]) },
            },
            JsonOffset => OverFrames(DataType.UInt64, 0, null),
            JsonLength => OverFrames(DataType.UInt32, 0, null),
            Json => new ArrayMetadata
            {
                DataType = DataType.UInt8,
                ChunkShape = [JsonBytesPerChunk],
                Compression = Texts,
                DimensionNames = ["byte"],
            },
            FramePropertyNames.Timestamp => OverFrames(DataType.Int64, LeastInt64, "nanosecond"),
            _ when name.StartsWith("position", StringComparison.Ordinal) =>
                OverFrames(DataType.Float64, NotANumber, "micrometer"),
            _ => OverFrames(DataType.Float64, NotANumber, "second"),
        };

        ArrayMetadata OverFrames(DataType type, ulong fill, string? unit) => new()
        {
            DataType = type,
            ChunkShape = [frames],
            Compression = Numbers,
            FillValue = new FillValue(fill),
            DimensionNames = ["frame"],
            Attributes = unit is null ? null : new JsonObject { ["unit"] = unit },
        };
    }

    /// <summary>
    /// The group of the arrays of time points. They are not beside the levels of their images: some readers take every array
    /// there for a level.
    /// </summary>
    public static MetadataDocument TimePointsGroup(CameraPlan plan) => Group(TimePointsPath(plan), null);

    /// <summary>The array of one of a camera's images, called by the image's index among all the dataset's.</summary>
    public static string TimePointsPath(CameraPlan plan, int image) =>
        string.Create(CultureInfo.InvariantCulture, $"{TimePointsPath(plan)}/{plan.FirstImage + image}");

    private static string TimePointsPath(CameraPlan plan) => $"{PathOf(plan)}/time_points";

    /// <summary>The array of the times of an image's time points, in seconds.</summary>
    /// <param name="axis">Name of the image's time axis.</param>
    /// <param name="length">Its length.</param>
    /// <param name="originNs">The timestamp that counts as 0, or null when times are those that the frames were given.</param>
    public static ArrayMetadata TimePoints(string axis, long length, long? originNs)
    {
        var attributes = new JsonObject { ["unit"] = "second" };
        if (originNs is { } origin)
            attributes["origin_timestamp_ns"] = origin;
        return new ArrayMetadata
        {
            DataType = DataType.Float64,
            ChunkShape = [(int)Math.Clamp(length, 1, MostFramesPerChunk)],
            Compression = Numbers,
            FillValue = new FillValue(NotANumber),
            DimensionNames = [axis],
            Attributes = attributes,
        };
    }

    /// <summary>The groups around a camera's arrays that the dataset does not have anyway.</summary>
    public static IReadOnlyList<MetadataDocument> Groups(AcquisitionPlan plan, CameraPlan camera)
    {
        var attributes =
            new JsonObject { [DatasetMetadata.OwnNamespace] = new JsonObject { ["frame_metadata_version"] = Version } };
        return
        [
            .. plan.Structure == DatasetStructure.Image && !plan.HasOmeXml
                ? [Group(GroupNames.OmeGroup, null)]
                : Array.Empty<MetadataDocument>(),
            .. plan.Settings.HasKeys ? [Group(GroupPath, null)] : Array.Empty<MetadataDocument>(),
            Group(PathOf(camera), attributes),
        ];
    }

    private static MetadataDocument Group(string path, JsonObject? attributes) =>
        new($"{path}/{ArrayMetadata.Key}", new GroupMetadata(attributes).Encode());

    /// <summary>The document of an array, with what others added to the stored one.</summary>
    public static MetadataDocument Document(string path, ArrayMetadata array, ReadOnlySpan<long> shape, byte[]? stored) =>
        new($"{path}/{ArrayMetadata.Key}", StoredMetadata.Merge(array.Encode(shape), stored));
}
