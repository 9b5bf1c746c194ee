namespace OmeZarr.Zarr.Libraries;

/// <summary>
/// The part of zstd's stable interface that is used; see zstd.h. A context is native memory and belongs to one thread at a time.
/// Sizes come back as zstd gives them, see <see cref="ZstdResult"/>.
/// </summary>
internal unsafe interface IZstd
{
    /// <summary>A context, or 0 where memory ran out.</summary>
    static abstract nint CreateCompressionContext();

    static abstract nuint FreeCompressionContext(nint context);

    static abstract nuint SetParameter(nint context, int parameter, int value);

    static abstract nuint Compress(nint context, byte* destination, nuint capacity, byte* source, nuint size);

    /// <summary>A context, or 0 where memory ran out.</summary>
    static abstract nint CreateDecompressionContext();

    static abstract nuint FreeDecompressionContext(nint context);

    /// <summary>Hostile input is safe: nothing outside the two ranges is touched.</summary>
    static abstract nuint Decompress(nint context, byte* destination, nuint capacity, byte* source, nuint size);

    /// <summary>The most memory that a compression context of a level holds, for sources of one size.</summary>
    static abstract nuint CompressionContextBytes(int level, int sourceBytes);

    static abstract string ErrorName(nuint result);
}

/// <summary>What zstd's calls return: a size, or an error code at the upper end of the range.</summary>
internal static class ZstdResult
{
    /// <summary>ZSTD_error_maxCode of zstd_errors.h, which no version changes.</summary>
    private const int MaxErrorCode = 120;

    internal static bool IsError(nuint result) => result > unchecked((nuint)(-MaxErrorCode));
}

/// <summary>ZSTD_cParameter of zstd.h.</summary>
internal static class ZstdParameter
{
    internal const int CompressionLevel = 100;
    internal const int ChecksumFlag = 201;
    internal const int HashLog = 102;
    internal const int ChainLog = 103;
    internal const int MinMatch = 105;
    internal const int TargetLength = 106;
    internal const int Strategy = 107;

    /// <summary>ZSTD_c_literalCompressionMode: of the experimental part of zstd.h, and unchanged since version 1.3.8.</summary>
    internal const int LiteralCompression = 1002;
}
