using System.Runtime.InteropServices;

namespace OmeZarr.Zarr.Codecs.Native;

/// <summary>
/// Working memory of a codec outside the managed heap, aligned to cache lines and not cleared. It is freed by
/// <see cref="Dispose"/> only, so its owner must be disposed of.
/// </summary>
internal sealed unsafe class NativeScratch : IDisposable
{
    private const nuint CacheLineBytes = 64;
    private void* _memory;

    internal NativeScratch(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);

        // SAFETY: throws when there is no memory; freed once, in Dispose.
        _memory = NativeMemory.AlignedAlloc((nuint)bytes, CacheLineBytes);
        Length = bytes;
    }

    internal int Length { get; }

    internal Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);

            // SAFETY: the allocation is this long, and lives until Dispose.
            return new Span<byte>(_memory, Length);
        }
    }

    internal byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return (byte*)_memory;
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
