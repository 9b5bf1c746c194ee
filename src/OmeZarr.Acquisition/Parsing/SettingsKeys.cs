using System.Collections.Frozen;
using System.Collections.Immutable;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>One key of the settings document.</summary>
/// <param name="Path">Its path, with <c>[]</c> for a list's elements: <c>dimensions[].count</c>.</param>
/// <param name="Default">What an absent or null value means, as docs/settings.md writes it.</param>
public sealed record SettingsKey(string Path, string Default);

/// <summary>Every key that the settings document may have. The parser refuses all others.</summary>
public static class SettingsKeys
{
    /// <summary>All keys, in the order of docs/settings.md.</summary>
    public static ImmutableArray<SettingsKey> All { get; } =
    [
        new("root_path", "required"),
        new("dimensions", "required"),
        new("dtype", "required"),
        new("compression", "null"),
        new("storage_order", "\"ome\""),
        new("allow_nonconforming", "false"),
        new("plate", "null"),
        new("early_end", "\"cut\""),
        new("overwrite", "false"),
        new("resume", "false"),
        new("format", "\"auto\""),
        new("layout", "null"),
        new("checksum", "false"),
        new("pyramid", "null"),
        new("pipeline", "{}"),
        new("durability", "{}"),
        new("store", "null"),
        new("ome_zarr_version", "\"0.5\""),
        new("monitor", "null"),
        new("ome_xml", "null"),
        new("omero", "true"),
        new("frame", "{}"),
        new("arrays", "null"),

        new("arrays[].key", "required"),
        new("arrays[].dimensions", "that at the top"),
        new("arrays[].dtype", "that at the top"),
        new("arrays[].compression", "that at the top"),
        new("arrays[].storage_order", "that at the top"),
        new("arrays[].layout", "that at the top"),
        new("arrays[].checksum", "that at the top"),
        new("arrays[].pyramid", "that at the top"),
        new("arrays[].omero", "that at the top"),
        new("arrays[].frame", "that at the top"),

        new("dimensions[].name", "required"),
        new("dimensions[].count", "null"),
        new("dimensions[].type", "null"),
        new("dimensions[].coords", "null"),
        new("dimensions[].chunk_size", "null"),
        new("dimensions[].shard_size_chunks", "null"),
        new("dimensions[].unit", "null"),
        new("dimensions[].scale", "null"),
        new("dimensions[].translation", "null"),

        new("channel.name", "required"),
        new("channel.excitation_wavelength_nm", "null"),
        new("channel.emission_wavelength_nm", "null"),
        new("channel.fluorophore", "null"),
        new("channel.color", "null"),

        new("position.name", "required"),
        new("position.plate_row", "null"),
        new("position.plate_column", "null"),
        new("position.grid_row", "null"),
        new("position.grid_column", "null"),
        new("position.x_coord", "null"),
        new("position.y_coord", "null"),
        new("position.z_coord", "null"),
        new("position.plate_acquisition", "null"),

        new("plate.row_names", "required"),
        new("plate.column_names", "required"),
        new("plate.name", "null"),
        new("plate.acquisitions", "null"),
        new("plate.field_paths", "\"numbers\""),
        new("plate.acquisitions[].id", "its place in the list"),
        new("plate.acquisitions[].name", "null"),
        new("plate.acquisitions[].description", "null"),
        new("plate.acquisitions[].maximum_field_count", "as many as there are"),
        new("plate.acquisitions[].start_time", "null"),
        new("plate.acquisitions[].end_time", "null"),

        new("format.name", "required"),
        new("format.backend", "\"auto\""),
        new("format.suffix", "that of root_path, or \".ome.zarr\""),

        new("compression.name", "required"),
        new("compression.cname", "\"lz4\""),
        new("compression.clevel", "5"),
        new("compression.shuffle", "\"byte\""),
        new("compression.blocksize", "0"),
        new("compression.effort", "\"adaptive\""),
        new("compression.level", "3 for zstd, 5 for gzip"),
        new("compression.checksum", "false"),

        new("pyramid.levels", "\"auto\""),
        new("pyramid.method", "\"mean\""),
        new("pyramid.factors", "null"),

        new("pipeline.workers", "\"auto\""),
        new("pipeline.memory_budget_bytes", "\"auto\""),
        new("pipeline.ring_frames", "\"auto\""),
        new("pipeline.borrowed_buffers", "null"),
        new("pipeline.backpressure", "\"block\""),
        new("pipeline.append_timeout_ms", "30000"),
        new("pipeline.create_timeout_ms", "300000"),
        new("pipeline.finalize_timeout_ms", "300000"),
        new("pipeline.producers", "1"),

        new("durability.fsync", "\"finalize\""),
        new("durability.flush_interval_ms", "1000"),

        new("store.unbuffered", "false"),
        new("store.free_space", "\"warn\""),
        new("store.s3", "null"),
        new("store.s3.endpoint", "null"),
        new("store.s3.bucket", "required"),
        new("store.s3.region", "null"),
        new("store.s3.prefix", "null"),
        new("store.s3.path_style", "false"),
        new("store.s3.credentials", "null"),

        new("monitor.port", "0"),
        new("monitor.host", "\"127.0.0.1\""),

        new("omero.channels", "null"),
        new("omero.rdefs", "null"),
        new("omero.channels[].label", "the channel's name"),
        new("omero.channels[].color", "the channel's colour"),
        new("omero.channels[].active", "true"),
        new("omero.channels[].inverted", "false"),
        new("omero.channels[].window", "null"),
        new("omero.channels[].window.min", "measured"),
        new("omero.channels[].window.max", "measured"),
        new("omero.channels[].window.start", "min, if given; else measured"),
        new("omero.channels[].window.end", "max, if given; else measured"),
        new("omero.rdefs.defaultT", "0"),
        new("omero.rdefs.defaultZ", "the middle plane"),
        new("omero.rdefs.model", "by the channels"),

        new("frame.pixel_format", "the dtype"),
        new("frame.row_stride", "null"),
        new("frame.slot_bytes", "null"),
        new("frame.alpha", "\"keep\""),
        new("frame.significant_bits", "null"),
    ];

    /// <summary>The document's own keys.</summary>
    internal static IEnumerable<string> Top =>
        All.Select(key => key.Path).Where(path => !path.Contains('.', StringComparison.Ordinal));

    private static readonly FrozenDictionary<string, FrozenSet<string>> ByPrefix = All
        .GroupBy(key => key.Path[..(key.Path.LastIndexOf('.') + 1)], key => key.Path[(key.Path.LastIndexOf('.') + 1)..])
        .ToFrozenDictionary(group => group.Key, group => group.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Names of the keys directly under a prefix: empty for the root, or ending in a full stop.</summary>
    internal static FrozenSet<string> Under(string prefix) => ByPrefix[prefix];
}
