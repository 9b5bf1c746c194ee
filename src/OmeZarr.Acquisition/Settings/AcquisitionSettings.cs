using System.Collections.Immutable;
using OmeZarr.Ngff;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Settings;

/// <summary>A settings document with every default filled in; docs/settings.md is its reference. Immutable.</summary>
public sealed record AcquisitionSettings
{
    /// <summary>As given; <see cref="AcquisitionPlan.OutputPath"/> is where the dataset goes.</summary>
    public required string RootPath { get; init; }

    public required FormatSettings Format { get; init; }

    /// <summary>Whose frames the stream takes: those of <c>arrays</c>, or the only one, without a key.</summary>
    public required ImmutableArray<CameraSettings> Cameras { get; init; }

    /// <summary>Whether images may break rules of OME-Zarr, which the plan's warnings then name.</summary>
    public required bool AllowNonconforming { get; init; }

    /// <summary>Whether an acquisition that is stopped before its declared end is cut back to what came.</summary>
    public required bool CutsEarlyEnd { get; init; }

    /// <summary>Never with <c>arrays</c>.</summary>
    public required PlateSettings? Plate { get; init; }

    public required bool Overwrite { get; init; }

    /// <summary>Whether a dataset that is there is gone on with. Never with <see cref="Overwrite"/>.</summary>
    public required bool Resume { get; init; }

    public required PipelineSettings Pipeline { get; init; }

    public required DurabilitySettings Durability { get; init; }

    /// <summary>Whether shards are written past the system's page cache, where the file system can.</summary>
    public required bool Unbuffered { get; init; }

    /// <summary>What happens when the store may not have room for the acquisition.</summary>
    public required FreeSpaceCheck FreeSpace { get; init; }

    /// <summary>Where to write when it is not the file system.</summary>
    public required S3Settings? S3 { get; init; }

    /// <summary>The page that shows the running stream, or null.</summary>
    public required MonitorSettings? Monitor { get; init; }

    public required NgffVersion OmeZarrVersion { get; init; }

    /// <summary>Whether <c>OME/METADATA.ome.xml</c> is written; null leaves it to the layout.</summary>
    public required bool? OmeXml { get; init; }

    /// <summary>Whether frames are appended by the keys of <c>arrays</c>.</summary>
    public bool HasKeys => Cameras is [{ Key.Length: > 0 }, ..];
}

/// <summary>What a camera's frames are, and how their images are stored. Immutable.</summary>
public sealed record CameraSettings
{
    /// <summary>
    /// The name by which its frames are appended; empty for the only camera of a document without <c>arrays</c>.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>In acquisition order, slowest first; the last two are the frame's own.</summary>
    public required ImmutableArray<DimensionSettings> Dimensions { get; init; }

    /// <summary>Those of them that are axes of the images, in acquisition order; the others select an image.</summary>
    public ImmutableArray<DimensionSettings> Axes => ImageAxes.Of(Dimensions, AllowNonconforming);

    /// <summary>As for <see cref="AcquisitionSettings"/>.</summary>
    public required bool AllowNonconforming { get; init; }

    public required DataType DataType { get; init; }

    public required Compression Compression { get; init; }

    /// <summary>Whether each chunk ends in a crc32c.</summary>
    public required bool Checksum { get; init; }

    public required StorageOrder StorageOrder { get; init; }

    /// <summary>Whether <see cref="Acquisition.AutoLayout"/> chooses the sizes that are not given.</summary>
    public required bool AutoLayout { get; init; }

    public required PyramidSettings Pyramid { get; init; }

    public required OmeroSettings Omero { get; init; }

    public required FrameSettings Frame { get; init; }
}

/// <summary>The output format. OME-Zarr is the only one; a backend's name is accepted and has no effect.</summary>
public sealed record FormatSettings(string Backend, string Suffix);

/// <summary>The order of the axes before y and x in the arrays.</summary>
/// <param name="Kind">Which rule.</param>
/// <param name="Names">All dimensions' names for <see cref="StorageOrderKind.Explicit"/>, otherwise empty.</param>
public sealed record StorageOrder(StorageOrderKind Kind, ImmutableArray<string> Names);

/// <summary>How the order of the axes is given.</summary>
public enum StorageOrderKind
{
    /// <summary>Time, channel, others, space, as OME-Zarr wants it.</summary>
    Ome,
    Acquisition,
    Explicit,
}

/// <summary>What a dimension means. A dimension without a type is a custom axis.</summary>
public enum DimensionType
{
    Space,
    Time,
    Channel,
    Position,
    Other,
}

/// <summary>One dimension of the acquisition.</summary>
public sealed record DimensionSettings
{
    public required string Name { get; init; }

    /// <summary>Indices along it, or null when it is unbounded.</summary>
    public required long? Count { get; init; }

    public required DimensionType? Type { get; init; }

    /// <summary>For a channel dimension with <c>coords</c>, otherwise empty.</summary>
    public ImmutableArray<ChannelSettings> Channels { get; init; } = [];

    /// <summary>For a position dimension, otherwise empty.</summary>
    public ImmutableArray<PositionSettings> Positions { get; init; } = [];

    /// <summary><c>coords</c> of any other dimension: strings and numbers.</summary>
    public ImmutableArray<Coordinate> Coordinates { get; init; } = [];

    /// <summary>Elements of a chunk as given, at least 1, or null.</summary>
    public required int? ChunkSize { get; init; }

    /// <summary>Chunks of a shard as given, at least 1, or null.</summary>
    public required int? ShardSizeChunks { get; init; }

    /// <summary>The OME-Zarr name for space and time; anything else as given.</summary>
    public required string? Unit { get; init; }

    /// <summary>Physical size of one element in <see cref="Unit"/>; not 0.</summary>
    public required double? Scale { get; init; }

    /// <summary>Physical place of the first element in <see cref="Unit"/>.</summary>
    public required double? Translation { get; init; }
}

/// <summary>A value along a dimension that is neither channel nor position: one of the two is set.</summary>
public readonly record struct Coordinate(string? Text, double? Number);

/// <summary>A channel. Wavelengths in nanometres; the colour as six hexadecimal digits, RGB.</summary>
public sealed record ChannelSettings(
    string Name,
    int? ExcitationWavelengthNm = null,
    int? EmissionWavelengthNm = null,
    string? Fluorophore = null,
    string? Color = null);

/// <summary>A stage position; coordinates in the units of the spatial dimensions.</summary>
public sealed record PositionSettings(string Name)
{
    public string? PlateRow { get; init; }

    public string? PlateColumn { get; init; }

    public int? GridRow { get; init; }

    public int? GridColumn { get; init; }

    public double? X { get; init; }

    public double? Y { get; init; }

    public double? Z { get; init; }

    /// <summary>The <see cref="PlateAcquisitionSettings.Id"/> in which it is acquired, or null for the only one.</summary>
    public int? PlateAcquisition { get; init; }
}

/// <summary>A multi-well plate: all its rows and columns, acquired or not, and the runs in which it is acquired.</summary>
/// <param name="RowNames">All rows.</param>
/// <param name="ColumnNames">All columns.</param>
/// <param name="Name">A name for people, or null.</param>
/// <param name="Acquisitions">The runs; empty when there is only one.</param>
/// <param name="NamesFields">Whether the paths of a well's fields are made from their names; else fields are numbered.</param>
public sealed record PlateSettings(
    ImmutableArray<string> RowNames,
    ImmutableArray<string> ColumnNames,
    string? Name,
    ImmutableArray<PlateAcquisitionSettings> Acquisitions,
    bool NamesFields);

/// <summary>A run in which a plate is acquired. Times in seconds since 1970-01-01 UTC.</summary>
/// <param name="Id">Unique in the plate, from 0.</param>
/// <param name="Name">A name for people, or null.</param>
/// <param name="Description">For people, or null.</param>
/// <param name="MaximumFieldCount">The most images of a well in this run; null counts those of this dataset.</param>
/// <param name="StartTime">When it began, or null.</param>
/// <param name="EndTime">When it ended, or null.</param>
public sealed record PlateAcquisitionSettings(
    int Id, string? Name, string? Description, int? MaximumFieldCount, long? StartTime, long? EndTime);

/// <summary>How frames are taken in. Null means that the engine chooses.</summary>
public sealed record PipelineSettings
{
    /// <summary>What <see cref="MemoryBudgetBytes"/> is when it is not given.</summary>
    public const long DefaultMemoryBudgetBytes = 2L << 30;

    /// <summary>Worker threads, at least 1.</summary>
    public int? Workers { get; init; }

    /// <summary>The most native memory that the stream may hold.</summary>
    public long? MemoryBudgetBytes { get; init; }

    /// <summary>Frames that the ring holds.</summary>
    public int? RingFrames { get; init; }

    /// <summary>
    /// Buffers that the host lends, all that it has; the ring has no slots then, unless <see cref="RingFrames"/> asks for some.
    /// </summary>
    public int? BorrowedBuffers { get; init; }

    public Backpressure Backpressure { get; init; } = Backpressure.Block;

    /// <summary>Milliseconds that an append waits for a free slot under <see cref="Backpressure.Block"/>; -1 for ever.</summary>
    public int AppendTimeoutMs { get; init; } = 30_000;

    /// <summary>Milliseconds that a create waits for the store; -1 for ever.</summary>
    public int CreateTimeoutMs { get; init; } = 300_000;

    /// <summary>Milliseconds that a finalize or an abort waits for the store; -1 for ever.</summary>
    public int FinalizeTimeoutMs { get; init; } = 300_000;

    /// <summary>Threads that append at the same time; above 1 each frame carries its own index.</summary>
    public int Producers { get; init; } = 1;
}

/// <summary>What an append does when there is no free slot.</summary>
public enum Backpressure
{
    Block,
    Fail,
    Drop,
}

/// <summary>What happens when there may be no room for the acquisition.</summary>
public enum FreeSpaceCheck
{
    /// <summary>It is logged.</summary>
    Warn,

    /// <summary>It is not begun, if it may need more than is free; logged while it runs.</summary>
    Require,

    /// <summary>Nothing.</summary>
    Ignore,
}

/// <summary>When data must survive a power cut.</summary>
/// <param name="Fsync">When files are synced.</param>
/// <param name="FlushIntervalMs">How often what is complete becomes visible to readers, in milliseconds.</param>
public sealed record DurabilitySettings(Fsync Fsync, int FlushIntervalMs);

/// <summary>When files are synced to the disk.</summary>
public enum Fsync
{
    Never,
    Finalize,
    Flush,
}

/// <summary>An S3 bucket. Holds no credentials in any text form.</summary>
public sealed record S3Settings(string? Endpoint, string Bucket, string? Region, string? Prefix, bool PathStyle);

/// <summary>Where the running stream is shown.</summary>
/// <param name="Port">0 for any that is free.</param>
/// <param name="Host">An address of this machine.</param>
public sealed record MonitorSettings(int Port, string Host)
{
    /// <summary>Reached from this machine only.</summary>
    public const string ThisMachine = "127.0.0.1";
}

/// <summary>How viewers show the image at first, beyond what the channels say.</summary>
/// <param name="IsWritten">Whether there is <c>omero</c> metadata.</param>
/// <param name="Channels">One for each channel, or empty.</param>
/// <param name="DefaultT">Time point shown first; null: the first.</param>
/// <param name="DefaultZ">Plane shown first; null: the middle one.</param>
/// <param name="Model"><c>color</c> or <c>greyscale</c>; null: by the channels' colours.</param>
public sealed record OmeroSettings(
    bool IsWritten, ImmutableArray<OmeroChannelSettings> Channels, long? DefaultT, long? DefaultZ, string? Model);

/// <summary>How a channel is shown. Null leaves a member to the channel's own settings and the data type.</summary>
public sealed record OmeroChannelSettings
{
    public string? Label { get; init; }

    /// <summary>Six hexadecimal digits, RGB.</summary>
    public string? Color { get; init; }

    public bool? Active { get; init; }

    public bool? Inverted { get; init; }

    /// <summary>The intensity window: its limits (min, max) and the part shown (start, end), or null.</summary>
    public IntensityWindow? Window { get; init; }
}

/// <summary>Intensities in the data's own units; a null member follows the data type.</summary>
public sealed record IntensityWindow(double? Min, double? Max, double? Start, double? End);
