using System.Runtime.InteropServices;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Native;

/// <summary>libzstd.</summary>
internal readonly unsafe partial struct NativeZstd : IZstd
{
    static NativeZstd() => CodecLibraries.EnsureRegistered();

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateCompressionContext();

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeCompressionContext(nint context);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_compress2")]
    public static partial nuint Compress(nint context, byte* destination, nuint capacity, byte* source, nuint size);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecompressionContext();

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompressionContext(nint context);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_decompressDCtx")]
    public static partial nuint Decompress(nint context, byte* destination, nuint capacity, byte* source, nuint size);

    public static nuint CompressionContextBytes(int level, int sourceBytes) =>
        EstimateContextBytes(ParametersOf(level, (ulong)sourceBytes, 0));

    // SAFETY: the name is a constant of the library, ended by a zero byte.
    public static string ErrorName(nuint result) => Marshal.PtrToStringUTF8((nint)GetErrorName(result)) ?? "unknown error";

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_getCParams")]
    private static partial Parameters ParametersOf(int level, ulong sourceBytes, nuint dictionaryBytes);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_estimateCCtxSize_usingCParams")]
    private static partial nuint EstimateContextBytes(Parameters parameters);

    [LibraryImport(CodecLibraries.Zstd, EntryPoint = "ZSTD_getErrorName")]
    private static partial byte* GetErrorName(nuint result);

    /// <summary>ZSTD_compressionParameters of zstd.h, handed through only.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Parameters
    {
        public uint WindowLog;
        public uint ChainLog;
        public uint HashLog;
        public uint SearchLog;
        public uint MinMatch;
        public uint TargetLength;
        public int Strategy;
    }
}
