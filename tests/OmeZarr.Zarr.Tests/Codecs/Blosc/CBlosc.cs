using System.Runtime.InteropServices;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Tests.Codecs.Blosc;

/// <summary>The real c-blosc 1 (Debian's libblosc1), against which ours is judged.</summary>
internal static unsafe partial class CBlosc
{
    private const string Library = "libblosc.so.1";
    private const int OverheadBytes = 16;

    internal static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>Compresses with one thread.</summary>
    internal static byte[] Compress(Compression.Blosc settings, int typeSize, byte[] chunk)
    {
        var name = settings.Compressor.ToString().ToLowerInvariant();
        var compressed = new byte[chunk.Length + OverheadBytes];

        // SAFETY: both arrays are pinned, and c-blosc is given their sizes.
        fixed (byte* from = chunk)
        fixed (byte* to = compressed)
        {
            var length = CompressContext(
                settings.Level, (int)settings.Shuffle, (nuint)typeSize, (nuint)chunk.Length, from,
                to, (nuint)compressed.Length, name, (nuint)settings.BlockSize, 1);
            return length > 0 ? compressed[..length] : throw new InvalidOperationException($"c-blosc returned {length}.");
        }
    }

    internal static byte[] Decompress(byte[] compressed, int chunkBytes)
    {
        var chunk = new byte[chunkBytes];

        // SAFETY: both arrays are pinned; the input is a valid chunk, as c-blosc reads its size from it.
        fixed (byte* from = compressed)
        fixed (byte* to = chunk)
        {
            var length = DecompressContext(from, to, (nuint)chunkBytes, 1);
            return length == chunkBytes ? chunk : throw new InvalidOperationException($"c-blosc returned {length}.");
        }
    }

    [LibraryImport(Library, EntryPoint = "blosc_compress_ctx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CompressContext(
        int level, int shuffle, nuint typeSize, nuint size, byte* source, byte* destination, nuint capacity,
        string compressor, nuint blockSize, int threads);

    [LibraryImport(Library, EntryPoint = "blosc_decompress_ctx")]
    private static partial int DecompressContext(byte* source, byte* destination, nuint capacity, int threads);
}
