namespace OmeZarr.Storage.Zip;

/// <summary>A file in a zip file.</summary>
/// <param name="Header">Offset of its local header, behind which it lies.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Bound">Offset of what comes next, before which it ends.</param>
/// <param name="Crc">Its checksum.</param>
/// <param name="IsStored">Whether it is stored as it is, and can be read.</param>
public readonly record struct ZipEntry(long Header, long Bytes, long Bound, uint Crc, bool IsStored);
