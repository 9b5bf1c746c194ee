using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Libraries;

/// <summary>The library's own memory for one direction, freed once: by its owner, or by the garbage collector.</summary>
internal sealed class ZstdContext : IDisposable
{
    private readonly Func<nint, nuint> _free;
    private nint _address;

    /// <param name="address">What the library gave; 0 when it had no memory.</param>
    /// <param name="free">Gives it back.</param>
    /// <exception cref="CodecException">The library had no memory.</exception>
    public ZstdContext(nint address, Func<nint, nuint> free)
    {
        _free = free;
        _address = address;
        if (address == 0)
            throw new CodecException("zstd could not allocate a context.");
    }

    ~ZstdContext() => Free();

    /// <summary>Keep this object alive as long as the library uses it.</summary>
    /// <exception cref="ObjectDisposedException">It has been freed.</exception>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return _address;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_address != 0)
            _ = _free(_address);
        _address = 0;
    }
}
