using OmeZarr.Memory;

namespace OmeZarr.Zarr.Libraries;

/// <summary>Compresses LZ4 blocks with a state that is used again. Not thread-safe.</summary>
internal abstract class Lz4Compressor : IDisposable
{
    /// <summary>Returns the bytes written, or 0 when they do not fit.</summary>
    internal abstract int Compress(ReadOnlySpan<byte> source, Span<byte> destination);

    public abstract void Dispose();
}

/// <param name="acceleration">1 compresses best; each step more skips more of what does not compress.</param>
internal sealed unsafe class Lz4FastCompressor<TLz4>(int acceleration) : Lz4Compressor
    where TLz4 : ILz4
{
    private readonly NativeBuffer _state = new(TLz4.SizeOfState());

    internal override int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // SAFETY: both ranges are pinned for the call, and LZ4 stays inside the sizes it is given.
        fixed (byte* from = source)
        fixed (byte* to = destination)
            return TLz4.CompressFast(_state.Pointer, from, to, source.Length, destination.Length, acceleration);
    }

    public override void Dispose() => _state.Dispose();
}

internal sealed unsafe class Lz4HcCompressor<TLz4>(int level) : Lz4Compressor
    where TLz4 : ILz4
{
    private readonly NativeBuffer _state = new(TLz4.SizeOfStateHC());

    internal override int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // SAFETY: both ranges are pinned for the call, and LZ4 stays inside the sizes it is given.
        fixed (byte* from = source)
        fixed (byte* to = destination)
            return TLz4.CompressHC(_state.Pointer, from, to, source.Length, destination.Length, level);
    }

    public override void Dispose() => _state.Dispose();
}
