namespace OmeZarr.Zarr.Libraries;

/// <summary>
/// The part of LZ4's stable interface that is used; see lz4.h and lz4hc.h. A state is the caller's memory, aligned for pointers,
/// need not be initialised, and belongs to one thread at a time.
/// </summary>
internal unsafe interface ILz4
{
    /// <summary>Bytes of a state for <see cref="CompressFast"/>; at least 1.</summary>
    static abstract int SizeOfState();

    /// <summary>Bytes of a state for <see cref="CompressHC"/>; at least 1.</summary>
    static abstract int SizeOfStateHC();

    /// <summary>Returns the compressed size, or 0 when it exceeds <paramref name="capacity"/>.</summary>
    static abstract int CompressFast(byte* state, byte* source, byte* destination, int size, int capacity, int acceleration);

    /// <summary>Returns the compressed size, or 0 when it exceeds <paramref name="capacity"/>.</summary>
    static abstract int CompressHC(byte* state, byte* source, byte* destination, int size, int capacity, int level);

    /// <summary>
    /// Returns the decompressed size, or a negative number for damaged input. Never reads or writes outside its ranges.
    /// </summary>
    static abstract int Decompress(byte* source, byte* destination, int size, int capacity);
}
