namespace OmeZarr.Zarr.Libraries;

/// <summary>The worst case of deflate.</summary>
internal static class DeflateBound
{
    /// <summary>Headers and trailers of zlib or gzip, and the last block's end.</summary>
    private const int FramingBytes = 64;

    /// <summary>
    /// The most bytes that <paramref name="size"/> bytes can become. zlib-ng, which the runtime carries, can spend 9 bits on a
    /// byte at its fastest level, and a few bytes on each of its internal blocks.
    /// </summary>
    internal static long MaxBytes(int size) => (long)size + size / 8 + size / 64 + FramingBytes;
}
