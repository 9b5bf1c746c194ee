namespace OmeZarr.Zarr.Codecs.Native;

/// <summary>A reused zstd compression context with its parameters set. Not thread-safe.</summary>
internal sealed unsafe class ZstdCompressor : IDisposable
{
    private nint _context;

    internal ZstdCompressor(int level, bool checksum)
    {
        _context = NativeZstd.CreateCompressionContext();
        if (_context == 0)
            throw new CodecException("zstd could not allocate a compression context.");
        Set(NativeZstd.CompressionLevelParameter, level);
        Set(NativeZstd.ChecksumFlagParameter, checksum ? 1 : 0);
    }

    ~ZstdCompressor() => Free();

    /// <summary>
    /// Writes one zstd frame and returns its size as libzstd gives it: an error code when it does not fit or memory ran out.
    /// </summary>
    internal nuint Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);

        // SAFETY: both ranges are pinned for the call, and libzstd stays inside the sizes it is given.
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = NativeZstd.Compress(_context, to, (nuint)destination.Length, from, (nuint)source.Length);
            GC.KeepAlive(this);
            return result;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        _ = NativeZstd.FreeCompressionContext(_context);
        _context = 0;
    }

    private void Set(int parameter, int value)
    {
        var result = NativeZstd.SetParameter(_context, parameter, value);
        if (!NativeZstd.IsError(result))
            return;
        Dispose();
        throw new CodecException($"zstd refused the parameter {parameter} = {value}: {NativeZstd.ErrorName(result)}.");
    }
}

/// <summary>A reused zstd decompression context. Not thread-safe.</summary>
internal sealed unsafe class ZstdDecompressor : IDisposable
{
    private nint _context;

    internal ZstdDecompressor()
    {
        _context = NativeZstd.CreateDecompressionContext();
        if (_context == 0)
            throw new CodecException("zstd could not allocate a decompression context.");
    }

    ~ZstdDecompressor() => Free();

    /// <summary>
    /// Decompresses frames and returns the number of bytes made, or libzstd's error code; hostile input is safe.
    /// </summary>
    internal nuint Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);

        // SAFETY: both ranges are pinned for the call, and libzstd stays inside the sizes it is given.
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = NativeZstd.Decompress(_context, to, (nuint)destination.Length, from, (nuint)source.Length);
            GC.KeepAlive(this);
            return result;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        _ = NativeZstd.FreeDecompressionContext(_context);
        _context = 0;
    }
}
