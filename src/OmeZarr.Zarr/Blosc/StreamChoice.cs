namespace OmeZarr.Zarr.Blosc;

/// <summary>What is done with a stream of a block.</summary>
internal enum StreamChoice : byte
{
    /// <summary>The compressor looks for repeated bytes, as in c-blosc.</summary>
    Search,

    /// <summary>
    /// zstd looks for long repeats at its first level: nearly all bytes repeat, so that any level makes the stream small, beside
    /// noise that makes up most of the chunk.
    /// </summary>
    Quick,

    /// <summary>zstd codes bytes by how often they occur, and looks for no repeats.</summary>
    Entropy,

    /// <summary>The bytes as they are.</summary>
    Store,
}
