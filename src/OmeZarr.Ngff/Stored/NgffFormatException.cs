namespace OmeZarr.Ngff.Stored;

/// <summary>
/// Stored OME-Zarr metadata contradicts the specification, or is of a version that is not supported. The message says which
/// member.
/// </summary>
public sealed class NgffFormatException(string message) : Exception(message);
