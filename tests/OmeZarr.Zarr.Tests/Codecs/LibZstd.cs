using System.Runtime.InteropServices;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>
/// The libzstd whose version is that of the managed one: the system's, or the one that the readers of the conformance tests
/// were installed with.
/// </summary>
internal sealed unsafe class LibZstd
{
    private const string SystemLibrary = "libzstd.so.1";

    private readonly nint _handle;

    private LibZstd(nint handle) => _handle = handle;

    internal static LibZstd? OfVersion(uint version)
    {
        // The system's first, and kept: whoever asks for it by its name afterwards would be given the other one.
        var ofReaders = Path.Combine(Readers(), "python/usr/lib/x86_64-linux-gnu", SystemLibrary);
        foreach (var candidate in new[] { SystemLibrary, ofReaders })
        {
            if (NativeLibrary.TryLoad(candidate, out var handle) && new LibZstd(handle).Version == version)
                return new LibZstd(handle);
        }

        return null;
    }

    internal byte[] Compress(int level, bool checksum, byte[] source)
    {
        // SAFETY: the signatures are those of zstd.h; both arrays are pinned, and libzstd is given their sizes.
        var context = ((delegate* unmanaged<nint>)Function("ZSTD_createCCtx"))();
        var set = (delegate* unmanaged<nint, int, int, nuint>)Function("ZSTD_CCtx_setParameter");
        _ = set(context, ZstdParameter.CompressionLevel, level);
        _ = set(context, ZstdParameter.ChecksumFlag, checksum ? 1 : 0);
        var destination = new byte[source.Length + source.Length / 128 + 1024];
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var compress = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint>)Function("ZSTD_compress2");
            var size = compress(context, to, (nuint)destination.Length, from, (nuint)source.Length);
            _ = ((delegate* unmanaged<nint, nuint>)Function("ZSTD_freeCCtx"))(context);
            return !ZstdResult.IsError(size)
                ? destination[..(int)size]
                : throw new InvalidOperationException($"libzstd returned {size}.");
        }
    }

    private uint Version => ((delegate* unmanaged<uint>)Function("ZSTD_versionNumber"))();

    private nint Function(string name) => NativeLibrary.GetExport(_handle, name);

    /// <summary>As tests/ConformanceTests/readers/setup.sh has it.</summary>
    private static string Readers()
    {
        if (Environment.GetEnvironmentVariable("OMEZARR_READERS") is { Length: > 0 } readers)
            return readers;
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "omezarr-native", "readers");
    }
}
