using System.Text.Json.Nodes;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Writes settings with all defaults filled in, as a document that would be read as the same settings.</summary>
internal static class SettingsWriter
{
    public static JsonObject Write(AcquisitionSettings settings)
    {
        var only = settings.HasKeys ? new JsonObject() : Camera(settings.Cameras[0]);
        var values = new JsonObject
        {
            ["root_path"] = settings.RootPath,
            ["allow_nonconforming"] = settings.AllowNonconforming,
            ["plate"] = settings.Plate is { } plate ? Plate(plate) : null,
            ["early_end"] = settings.CutsEarlyEnd ? "cut" : "keep",
            ["overwrite"] = settings.Overwrite,
            ["resume"] = settings.Resume,
            ["format"] = new JsonObject
            {
                ["name"] = "ome-zarr",
                ["backend"] = settings.Format.Backend,
                ["suffix"] = settings.Format.Suffix,
            },
            ["pipeline"] = Pipeline(settings.Pipeline),
            ["durability"] = new JsonObject
            {
                ["fsync"] = Word(settings.Durability.Fsync),
                ["flush_interval_ms"] = settings.Durability.FlushIntervalMs,
            },
            ["store"] = Store(settings),
            ["ome_zarr_version"] = settings.OmeZarrVersion.Name,
            ["monitor"] = settings.Monitor is not { } monitor ? null
                : new JsonObject { ["port"] = monitor.Port, ["host"] = monitor.Host },
            ["ome_xml"] = settings.OmeXml,
            ["arrays"] = settings.HasKeys ? new JsonArray([.. settings.Cameras.Select(KeyedCamera)]) : null,
        };
        // All keys in the order of the reference.
        return new JsonObject(SettingsKeys.Top.Select(key => KeyValuePair.Create(key, (only[key] ?? values[key])?.DeepClone())));
    }

    private static JsonObject? Store(AcquisitionSettings settings)
    {
        var store = new JsonObject();
        if (settings.Unbuffered)
            store["unbuffered"] = true;
        if (settings.FreeSpace != FreeSpaceCheck.Warn)
            store["free_space"] = Word(settings.FreeSpace);
        return store.Count == 0 ? null : store;
    }

    private static JsonObject KeyedCamera(CameraSettings camera)
    {
        var json = Camera(camera);
        json.Insert(0, "key", camera.Key);
        return json;
    }

    private static JsonObject Camera(CameraSettings camera) => new()
    {
        ["dimensions"] = new JsonArray([.. camera.Dimensions.Select(Dimension)]),
        ["dtype"] = camera.DataType.Name(),
        ["compression"] = Compression(camera.Compression),
        ["storage_order"] = camera.StorageOrder.Kind == StorageOrderKind.Explicit
            ? Texts(camera.StorageOrder.Names)
            : Word(camera.StorageOrder.Kind),
        ["layout"] = camera.AutoLayout ? "auto" : null,
        ["checksum"] = camera.Checksum,
        ["pyramid"] = Pyramid(camera.Pyramid),
        ["omero"] = Omero(camera.Omero),
        ["frame"] = new JsonObject
        {
            ["pixel_format"] = camera.Frame.PixelFormat.Name(camera.DataType),
            ["row_stride"] = camera.Frame.RowStride,
            ["slot_bytes"] = camera.Frame.SlotBytes,
            ["alpha"] = camera.Frame.KeepsAlpha ? "keep" : "drop",
            ["significant_bits"] = camera.Frame.SignificantBits,
        },
    };

    /// <summary>The dimension's <c>coords</c>, or null when it has none.</summary>
    public static JsonArray? Coordinates(DimensionSettings dimension)
    {
        var count = Math.Max(dimension.Channels.Length, Math.Max(dimension.Positions.Length, dimension.Coordinates.Length));
        return count == 0 ? null : new JsonArray([.. Enumerable.Range(0, count).Select(i => Coordinate(dimension, i))]);
    }

    /// <summary>One of <see cref="Coordinates"/>, or null when the dimension has none.</summary>
    public static JsonNode? Coordinate(DimensionSettings dimension, int index)
    {
        if (dimension.Channels.Length > 0)
            return Channel(dimension.Channels[index]);
        if (dimension.Positions.Length > 0)
            return Position(dimension.Positions[index]);
        return dimension.Coordinates.Length == 0 ? null : Plain(dimension.Coordinates[index]);
    }

    private static JsonNode? Plain(Coordinate at) => at.Text is { } text ? text : at.Number;

    private static JsonObject Dimension(DimensionSettings dimension) => new()
    {
        ["name"] = dimension.Name,
        ["count"] = dimension.Count,
        ["type"] = dimension.Type is { } type ? Word(type) : null,
        ["coords"] = Coordinates(dimension),
        ["chunk_size"] = dimension.ChunkSize,
        ["shard_size_chunks"] = dimension.ShardSizeChunks,
        ["unit"] = dimension.Unit,
        ["scale"] = dimension.Scale,
        ["translation"] = dimension.Translation,
    };

    private static JsonObject Channel(ChannelSettings channel) => new()
    {
        ["name"] = channel.Name,
        ["excitation_wavelength_nm"] = channel.ExcitationWavelengthNm,
        ["emission_wavelength_nm"] = channel.EmissionWavelengthNm,
        ["fluorophore"] = channel.Fluorophore,
        ["color"] = channel.Color is { } color ? $"#{color}" : null,
    };

    /// <summary>A position with all its members; null where there is nothing.</summary>
    public static JsonObject Position(PositionSettings position) => new()
    {
        ["name"] = position.Name,
        ["plate_row"] = position.PlateRow,
        ["plate_column"] = position.PlateColumn,
        ["grid_row"] = position.GridRow,
        ["grid_column"] = position.GridColumn,
        ["x_coord"] = position.X,
        ["y_coord"] = position.Y,
        ["z_coord"] = position.Z,
        ["plate_acquisition"] = position.PlateAcquisition,
    };

    private static JsonObject Plate(PlateSettings plate) => new()
    {
        ["row_names"] = Texts(plate.RowNames),
        ["column_names"] = Texts(plate.ColumnNames),
        ["name"] = plate.Name,
        ["acquisitions"] = plate.Acquisitions.IsEmpty ? null : new JsonArray([.. plate.Acquisitions.Select(Acquisition)]),
        ["field_paths"] = plate.NamesFields ? "names" : "numbers",
    };

    private static JsonObject Acquisition(PlateAcquisitionSettings acquisition) => new()
    {
        ["id"] = acquisition.Id,
        ["name"] = acquisition.Name,
        ["description"] = acquisition.Description,
        ["maximum_field_count"] = acquisition.MaximumFieldCount,
        ["start_time"] = acquisition.StartTime,
        ["end_time"] = acquisition.EndTime,
    };

    private static JsonObject Compression(Compression compression) => compression switch
    {
        Compression.Blosc blosc => new()
        {
            ["name"] = "blosc",
            ["cname"] = Word(blosc.Compressor),
            ["clevel"] = blosc.Level,
            ["shuffle"] = Word(blosc.Shuffle),
            ["blocksize"] = blosc.BlockSize,
            ["effort"] = Word(blosc.Effort),
        },
        Compression.Zstd zstd => new() { ["name"] = "zstd", ["level"] = zstd.Level, ["checksum"] = zstd.Checksum },
        Compression.Gzip gzip => new() { ["name"] = "gzip", ["level"] = gzip.Level },
        _ => new() { ["name"] = "none" },
    };

    private static JsonObject Pyramid(PyramidSettings pyramid) => new()
    {
        ["levels"] = OrAuto(pyramid.Levels),
        ["method"] = pyramid.Method.Word(),
        ["factors"] = new JsonObject(pyramid.Factors.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
    };

    private static JsonObject Pipeline(PipelineSettings pipeline) => new()
    {
        ["workers"] = OrAuto(pipeline.Workers),
        ["memory_budget_bytes"] = OrAuto(pipeline.MemoryBudgetBytes),
        ["ring_frames"] = OrAuto(pipeline.RingFrames),
        ["borrowed_buffers"] = pipeline.BorrowedBuffers,
        ["backpressure"] = Word(pipeline.Backpressure),
        ["append_timeout_ms"] = pipeline.AppendTimeoutMs,
        ["create_timeout_ms"] = pipeline.CreateTimeoutMs,
        ["finalize_timeout_ms"] = pipeline.FinalizeTimeoutMs,
        ["producers"] = pipeline.Producers,
    };

    private static JsonNode? Omero(OmeroSettings omero)
    {
        var rdefs = new JsonObject { ["defaultT"] = omero.DefaultT, ["defaultZ"] = omero.DefaultZ, ["model"] = omero.Model };
        var bare = omero.Channels.IsEmpty && rdefs.All(pair => pair.Value is null);
        if (bare)
            return omero.IsWritten;
        return new JsonObject
        {
            ["channels"] = omero.Channels.IsEmpty ? null : new JsonArray([.. omero.Channels.Select(OmeroChannel)]),
            ["rdefs"] = rdefs,
        };
    }

    private static JsonObject OmeroChannel(OmeroChannelSettings channel) => new()
    {
        ["label"] = channel.Label,
        ["color"] = channel.Color is { } color ? $"#{color}" : null,
        ["active"] = channel.Active,
        ["inverted"] = channel.Inverted,
        ["window"] = channel.Window is not { } window ? null : new JsonObject
        {
            ["min"] = window.Min,
            ["max"] = window.Max,
            ["start"] = window.Start,
            ["end"] = window.End,
        },
    };

    private static JsonNode OrAuto(long? number) => number is { } known ? known : "auto";

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
