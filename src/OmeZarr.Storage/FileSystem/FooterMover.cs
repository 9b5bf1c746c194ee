using System.Runtime.Versioning;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Moves the end of a file up by a hole before it, in one step of the file system (<c>FALLOC_FL_INSERT_RANGE</c> of ext4, xfs
/// and f2fs). A kill comes before or after it; a power cut may come in between.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class FooterMover
{
    /// <summary>Whether the file system of a folder can: tried with a file without a name.</summary>
    public static bool Works(Folder folder)
    {
        const int bytes = FooterSlots.PageBytes;
        if (folder is not HeldFolder held)
            return false;
        using var file = held.TryCreateNameless();
        if (file is null)
            return false;
        Span<byte> footer = stackalloc byte[1];
        try
        {
            RandomAccess.Write(file, "12"u8, bytes);
            if (UnixCalls.TryInsertHole(file, bytes, 2 * bytes) != 0)
                return false;
            return RandomAccess.GetLength(file) == 3 * bytes + 2
                && RandomAccess.Read(file, footer, 3 * bytes + 1) == 1
                && footer[0] == (byte)'2';
        }
        catch (IOException)
        {
            // A disk that is full, say.
            return false;
        }
    }
}
