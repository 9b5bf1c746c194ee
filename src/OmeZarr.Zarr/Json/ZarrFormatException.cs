namespace OmeZarr.Zarr.Json;

/// <summary>
/// Stored metadata or a shard's index is damaged, or uses a part of Zarr that is not supported. The message says which.
/// </summary>
public sealed class ZarrFormatException : Exception
{
    public ZarrFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
