using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>What .NET has no call for on Windows: sparse files, opening a folder, a quota.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsCalls
{
    private const uint FsctlSetSparse = 0x000900C4;
    private const uint AccessDelete = 0x00010000;
    private const uint ShareRead = 1;
    private const uint ShareWrite = 2;
    private const uint OpenExisting = 3;
    private const uint FlagBackupSemantics = 0x02000000;
    private const uint FlagOpenReparsePoint = 0x00200000;
    private const int ErrorSharingViolation = 32;

    /// <summary>
    /// Lets holes of a file take no space. Best effort: false where the file system has no sparse files, and holes are
    /// then filled with zeros by the system.
    /// </summary>
    public static bool TrySetSparse(SafeFileHandle file) =>
        DeviceIoControl(file, FsctlSetSparse, 0, 0, 0, 0, out _, 0);

    /// <summary>
    /// Locks a folder: two handles that want to delete and do not let others delete exclude one another, while files in
    /// the folder are made and read as usual. Null: another holds it; an invalid handle: it cannot be locked.
    /// </summary>
    public static SafeFileHandle? TryLockFolder(string path)
    {
        var handle = CreateFile(
            path, AccessDelete, ShareRead | ShareWrite, 0, OpenExisting, FlagBackupSemantics | FlagOpenReparsePoint, 0);
        return handle.IsInvalid && Marshal.GetLastPInvokeError() == ErrorSharingViolation ? null : handle;
    }

    /// <summary>
    /// Bytes that this user may still write where a folder lies, a quota minded; null when the system does not say.
    /// </summary>
    public static long? FreeBytes(string path) =>
        GetDiskFreeSpace(path, out var free, 0, 0) ? (long)Math.Min(free, long.MaxValue) : null;

    [LibraryImport(
        "kernel32", EntryPoint = "GetDiskFreeSpaceExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetDiskFreeSpace(string folder, out ulong freeToCaller, nint total, nint totalFree);

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(
        string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "DeviceIoControl", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool DeviceIoControl(
        SafeFileHandle file, uint code, nint input, uint inputSize, nint output, uint outputSize, out uint returned,
        nint overlapped);
}
