using System.Runtime.InteropServices;

namespace OmeZarr.Zarr.Codecs.Native;

/// <summary>The part of libzstd's stable interface that is used; see zstd.h. A context belongs to one thread at a time.</summary>
internal static unsafe partial class NativeZstd
{
    internal const int CompressionLevelParameter = 100;
    internal const int ChecksumFlagParameter = 201;

    static NativeZstd() => CodecLibraries.EnsureRegistered();

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_createCCtx")]
    internal static partial nint CreateCompressionContext();

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_freeCCtx")]
    internal static partial nuint FreeCompressionContext(nint context);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_CCtx_setParameter")]
    internal static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_compress2")]
    internal static partial nuint Compress(nint context, byte* destination, nuint capacity, byte* source, nuint size);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_createDCtx")]
    internal static partial nint CreateDecompressionContext();

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_freeDCtx")]
    internal static partial nuint FreeDecompressionContext(nint context);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_decompressDCtx")]
    internal static partial nuint Decompress(nint context, byte* destination, nuint capacity, byte* source, nuint size);

    /// <summary>The parameters that a level has for sources of one size.</summary>
    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_getCParams")]
    internal static partial ZstdParameters ParametersOf(int level, ulong sourceBytes, nuint dictionaryBytes);

    /// <summary>The most memory that a compression context of these parameters holds.</summary>
    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_estimateCCtxSize_usingCParams")]
    internal static partial nuint EstimateContextBytes(ZstdParameters parameters);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_isError")]
    private static partial uint IsErrorCode(nuint result);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_getErrorName")]
    private static partial byte* GetErrorName(nuint result);

    internal static bool IsError(nuint result) => IsErrorCode(result) != 0;

    // SAFETY: the name is a constant of the library, ended by a zero byte.
    internal static string ErrorName(nuint result) => Marshal.PtrToStringUTF8((nint)GetErrorName(result)) ?? "unknown error";
}

/// <summary>ZSTD_compressionParameters of zstd.h, handed through only.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ZstdParameters
{
    public uint WindowLog;
    public uint ChainLog;
    public uint HashLog;
    public uint SearchLog;
    public uint MinMatch;
    public uint TargetLength;
    public int Strategy;
}
