using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Codecs.Libraries;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>Where a fixture's zstd and LZ4 come from.</summary>
public enum CodecSource
{
    Native,
    Managed,
}

internal static class CodecSources
{
    internal static CompressionLibraries Libraries(this CodecSource source) =>
        source == CodecSource.Managed ? CodecSelection.Managed() : CodecSelection.Native();

    internal static ChunkCodec Codec(this CodecSource source, Compression compression, bool checksum, DataType type) =>
        new(compression, checksum, type, source.Libraries());
}
