using OmeZarr.Zarr.Libraries;
using ZstdSharp.Unsafe;

namespace OmeZarr.Zarr.Managed;

/// <summary>ZstdSharp, a port of zstd 1.5.7 to C#: the same calls, on contexts in native memory.</summary>
internal readonly unsafe struct ManagedZstd : IZstd
{
    public static nint CreateCompressionContext() => (nint)Methods.ZSTD_createCCtx();

    public static nuint FreeCompressionContext(nint context) => Methods.ZSTD_freeCCtx((ZSTD_CCtx_s*)context);

    public static nuint SetParameter(nint context, int parameter, int value) =>
        Methods.ZSTD_CCtx_setParameter((ZSTD_CCtx_s*)context, (ZSTD_cParameter)parameter, value);

    public static nuint Compress(nint context, byte* destination, nuint capacity, byte* source, nuint size) =>
        Methods.ZSTD_compress2((ZSTD_CCtx_s*)context, destination, capacity, source, size);

    public static nint CreateDecompressionContext() => (nint)Methods.ZSTD_createDCtx();

    public static nuint FreeDecompressionContext(nint context) => Methods.ZSTD_freeDCtx((ZSTD_DCtx_s*)context);

    public static nuint Decompress(nint context, byte* destination, nuint capacity, byte* source, nuint size) =>
        Methods.ZSTD_decompressDCtx((ZSTD_DCtx_s*)context, destination, capacity, source, size);

    public static nuint CompressionContextBytes(int level, int sourceBytes) =>
        Methods.ZSTD_estimateCCtxSize_usingCParams(Methods.ZSTD_getCParams(level, (ulong)sourceBytes, 0));

    public static string ErrorName(nuint result) => Methods.ZSTD_getErrorName(result);
}
