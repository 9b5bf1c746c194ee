using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>Where a fixture's zstd and LZ4 come from.</summary>
public enum CodecSource
{
    Native,
    Managed,
}

internal static class CodecSources
{
    extension(CodecSource source)
    {
        internal CompressionLibraries Libraries =>
            source == CodecSource.Managed ? CodecSelection.Managed() : CodecSelection.Native();

        internal ChunkCodec Codec(Compression compression, bool checksum, DataType type) =>
            new(compression, checksum, type, source.Libraries);
    }
}
