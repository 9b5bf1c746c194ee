using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OmeZarr.Storage.FileSystem;

/// <summary>What .NET has no call for on Linux and macOS: flushing folders and file systems, limits, folder locks.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixCalls
{
    private const int OpenReadOnly = 0;
    private const int LockExclusiveNonBlocking = 2 | 4;
    private const int Eintr = 4;
    private const int Einval = 22;

    private static int OpenDirectory => OperatingSystem.IsMacOS() ? 0x100000 : IsArm ? 0x4000 : 0x10000;
    private static int OpenNoFollow => OperatingSystem.IsMacOS() ? 0x100 : IsArm ? 0x8000 : 0x20000;
    private static int OpenCloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private const int ResourceFileSize = 1;

    private static int ResourceOpenFiles => OperatingSystem.IsMacOS() ? 8 : 7;
    private static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>Makes a folder's entries durable: what was created in it, renamed into it or removed.</summary>
    public static void SyncFolder(string path)
    {
        var fd = OpenFolder(path);
        try
        {
            // Some network file systems cannot flush a folder and say EINVAL: there is nothing more to be had there.
            if (Repeat(() => FSync(fd)) != 0 && Marshal.GetLastPInvokeError() != Einval)
                throw Failure(path);
        }
        finally
        {
            _ = Close(fd);
        }
    }

    /// <summary>
    /// The most files this process may have open (the soft limit of RLIMIT_NOFILE), or null when that is unknown.
    /// </summary>
    public static long? OpenFileLimit()
    {
        if (GetResourceLimit(ResourceOpenFiles, out var limit) != 0)
            return null;
        return limit.Soft > long.MaxValue ? long.MaxValue : (long)limit.Soft;
    }

    /// <summary>
    /// Locks a folder for this process. Null: another holds it. The descriptor is -1 where the file system has no such
    /// locks; otherwise it is released with <see cref="Unlock(int)"/> or by the end of the process.
    /// </summary>
    public static int? TryLockFolder(string path)
    {
        var fd = OpenFolder(path, OpenNoFollow);
        if (FLock(fd, LockExclusiveNonBlocking) == 0)
            return fd;
        var errno = Marshal.GetLastPInvokeError();
        _ = Close(fd);
        return errno == WouldBlock ? null : -1;
    }

    /// <summary>Gives a lock of <see cref="TryLockFolder"/> back.</summary>
    public static void Unlock(int fd)
    {
        if (fd >= 0)
            _ = Close(fd);
    }

    /// <summary>Opens a folder by its path, to be held. Negative: the error's number with a minus sign.</summary>
    public static int TryOpenFolder(string path)
    {
        var fd = Repeat(() => Open(path, OpenReadOnly | OpenDirectory | OpenCloseOnExec));
        return fd >= 0 ? fd : -Marshal.GetLastPInvokeError();
    }

    /// <summary>The largest file this process may write (the soft limit of RLIMIT_FSIZE), in bytes.</summary>
    public static long FileSizeLimit() =>
        GetResourceLimit(ResourceFileSize, out var limit) != 0 || limit.Soft > long.MaxValue ? long.MaxValue : (long)limit.Soft;

    /// <summary>Shaped like the runtime's own: HResult is the error's number.</summary>
    public static IOException Failure(int error, string path)
    {
        var reason = error == Eloop && OperatingSystem.IsLinux()
            ? "A symbolic link is in the way; nothing is read or written through one"
            : new Win32Exception(error).Message;
        return new IOException($"{reason} : '{path}'", error);
    }

    private static int OpenFolder(string path, int flags = 0)
    {
        var fd = Repeat(() => Open(path, OpenReadOnly | OpenDirectory | OpenCloseOnExec | flags));
        return fd >= 0 ? fd : throw Failure(path);
    }

    private static int Repeat(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Eintr);
        return result;
    }

    private static IOException Failure(string path) => Failure(Marshal.GetLastPInvokeError(), path);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    // open is variadic in C, but its two fixed parameters are all that is passed without O_CREAT.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int fd);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(int fd);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetResourceLimit(int resource, out ResourceLimit limit);
}
