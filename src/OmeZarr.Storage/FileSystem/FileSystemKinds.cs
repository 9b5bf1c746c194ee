namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// What is known of file systems: by the kernel's number on Linux
/// (<see href="https://man7.org/linux/man-pages/man2/statfs.2.html">statfs(2)</see>), by name elsewhere.
/// </summary>
internal static class FileSystemKinds
{
    private const long Ext = 0xEF53;
    private const long Xfs = 0x58465342;
    private const long Tmpfs = 0x01021994;
    private const long Btrfs = 0x9123683E;
    private const long F2fs = 0xF2F52010;
    private const long Zfs = 0x2FC12FC1;

    // FAT in its kinds, exFAT, HFS: a shard's footer far behind its data would have everything between written out.
    private static readonly long[] WithoutHoles = [0x4D44, 0x2011BAB0, 0x4244, 0x482B];
    private static readonly string[] NamesWithoutHoles = ["vfat", "msdos", "fat", "fat32", "exfat", "hfs", "hfsplus"];

    /// <summary>Whether unwritten parts of a file take no space.</summary>
    public static bool HasHoles(Folder folder)
    {
        if (OperatingSystem.IsLinux() && folder is HeldFolder held)
            return !WithoutHoles.Contains(held.FileSystemKind);
        try
        {
            return !NamesWithoutHoles.Contains(new DriveInfo(folder.Path).DriveFormat.ToLowerInvariant());
        }
        catch (Exception e) when (IoFailure.IsIo(e) || e is ArgumentException)
        {
            // A path that is no drive (a network share).
            return true;
        }
    }

    /// <summary>Whether blocks are written faster that were given away before (docs/performance.md).</summary>
    public static bool WritesFasterIntoReserved(Folder folder) =>
        OperatingSystem.IsLinux() && folder is HeldFolder held && (held.FileSystemKind is Ext or Xfs);

    /// <summary>
    /// Whether a write within one page is done whole or not at all when the process is killed meanwhile: those that copy into the
    /// page cache by the kernel's common way.
    /// </summary>
    public static bool WritePagesWhole(Folder folder) =>
        OperatingSystem.IsLinux() && folder is HeldFolder { FileSystemKind: Ext or Xfs or Tmpfs or Btrfs or F2fs };

    /// <summary>Whether files keep their numbers; some network file systems and those in user space make them up.</summary>
    public static bool HaveStableNumbers(long kind) => kind is Ext or Xfs or Tmpfs or Btrfs or F2fs or Zfs;
}
