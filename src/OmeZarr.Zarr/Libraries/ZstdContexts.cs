using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Libraries;

/// <summary>Compresses with a context that is used again. Not thread-safe.</summary>
internal abstract class ZstdCompressor : IDisposable
{
    /// <summary>
    /// Writes one zstd frame and returns its size, or an error (<see cref="ZstdResult"/>) when it does not fit or memory ran out.
    /// </summary>
    internal abstract nuint Compress(ReadOnlySpan<byte> source, Span<byte> destination);

    internal abstract string ErrorName(nuint result);

    public abstract void Dispose();
}

/// <summary>Decompresses with a context that is used again. Not thread-safe.</summary>
internal abstract class ZstdDecompressor : IDisposable
{
    /// <summary>
    /// Decompresses frames and returns the number of bytes made, or an error (<see cref="ZstdResult"/>); hostile input is safe.
    /// </summary>
    internal abstract nuint Decompress(ReadOnlySpan<byte> source, Span<byte> destination);

    internal abstract string ErrorName(nuint result);

    public abstract void Dispose();
}

internal sealed unsafe class ZstdCompressor<TZstd> : ZstdCompressor
    where TZstd : IZstd
{
    private const int LongestMinMatch = 7;

    private readonly ZstdContext _context = new(TZstd.CreateCompressionContext(), TZstd.FreeCompressionContext);

    internal ZstdCompressor(int level, bool checksum)
    {
        Set(ZstdParameter.CompressionLevel, level);
        Set(ZstdParameter.ChecksumFlag, checksum ? 1 : 0);
    }

    /// <summary>Looks for repeats of seven bytes and more.</summary>
    internal static ZstdCompressor<TZstd> OfLongRepeats()
    {
        var compressor = new ZstdCompressor<TZstd>(level: 1, checksum: false);
        compressor.Set(ZstdParameter.MinMatch, LongestMinMatch);
        return compressor;
    }

    /// <summary>Codes bytes by how often they occur: a search that steps over everything finds no repeats.</summary>
    internal static ZstdCompressor<TZstd> OfEntropyAlone()
    {
        // The fastest strategy, its smallest table, its longest step; and literals coded, which it would leave as they are.
        const int Fast = 1, SmallestLog = 6, LongestStep = 1 << 17, Always = 1;
        var compressor = new ZstdCompressor<TZstd>(level: 1, checksum: false);
        compressor.Set(ZstdParameter.Strategy, Fast);
        compressor.Set(ZstdParameter.HashLog, SmallestLog);
        compressor.Set(ZstdParameter.ChainLog, SmallestLog);
        compressor.Set(ZstdParameter.MinMatch, LongestMinMatch);
        compressor.Set(ZstdParameter.TargetLength, LongestStep);
        compressor.Set(ZstdParameter.LiteralCompression, Always);
        return compressor;
    }

    /// <summary>The library's context, for tests of how much memory it holds.</summary>
    internal nint Context => _context.Address;

    internal override nuint Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // SAFETY: both ranges are pinned for the call, and zstd stays inside the sizes it is given.
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = TZstd.Compress(_context.Address, to, (nuint)destination.Length, from, (nuint)source.Length);
            GC.KeepAlive(_context);
            return result;
        }
    }

    internal override string ErrorName(nuint result) => TZstd.ErrorName(result);

    public override void Dispose() => _context.Dispose();

    private void Set(int parameter, int value)
    {
        var result = TZstd.SetParameter(_context.Address, parameter, value);
        if (!ZstdResult.IsError(result))
            return;
        Dispose();
        throw new CodecException($"zstd refused the parameter {parameter} = {value}: {TZstd.ErrorName(result)}.");
    }
}

internal sealed unsafe class ZstdDecompressor<TZstd> : ZstdDecompressor
    where TZstd : IZstd
{
    private readonly ZstdContext _context = new(TZstd.CreateDecompressionContext(), TZstd.FreeDecompressionContext);

    internal override nuint Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // SAFETY: both ranges are pinned for the call, and zstd stays inside the sizes it is given.
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = TZstd.Decompress(_context.Address, to, (nuint)destination.Length, from, (nuint)source.Length);
            GC.KeepAlive(_context);
            return result;
        }
    }

    internal override string ErrorName(nuint result) => TZstd.ErrorName(result);

    public override void Dispose() => _context.Dispose();
}
