using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

// A folder that is held open, and the file system that it is on: locked, flushed, told apart.
internal static partial class UnixCalls
{
    /// <summary>
    /// Locks an open folder for this descriptor: 0, or the error's number; <see cref="IsLockHeld"/> knows the usual one.
    /// </summary>
    public static int TryLock(int fd) => FLock(fd, LockExclusiveNonBlocking) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Gives a lock back.</summary>
    public static void Unlock(SafeFileHandle file)
    {
        const int unlock = 8;
        if (!file.IsClosed)
            _ = FLock((int)file.DangerousGetHandle(), unlock);
    }

    public static bool IsLockHeld(int error) => error == WouldBlock;

    /// <summary>Makes the entries of an open folder durable. 0, or the error's number.</summary>
    public static int SyncFolderAt(int fd)
    {
        while (FSync(fd) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            // Some network file systems cannot flush a folder and say EINVAL: there is nothing more to be had there.
            if (error != Eintr)
                return error == Einval ? 0 : error;
        }

        return 0;
    }

    /// <summary>Makes everything on a file system durable. 0, or the error's number.</summary>
    public static int SyncFileSystem(int fd)
    {
        while (SyncFs(fd) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Eintr)
                return Marshal.GetLastPInvokeError();
        }

        return 0;
    }

    /// <summary>The number by which the kernel knows the kind of the file system; 0 when it does not say.</summary>
    public static unsafe long FileSystemKind(int fd)
    {
        var buffer = stackalloc byte[512];
        // SAFETY: larger than the structure on every architecture, whose first member is the kind, as large as a register.
        return FStatFs(fd, buffer) == 0 ? *(nint*)buffer & 0xFFFFFFFFL : 0;
    }

    /// <summary>Bytes that this user may still write on a file system of Linux; null when the kernel does not say.</summary>
    public static unsafe long? FreeBytes(int fd)
    {
        var buffer = stackalloc byte[512];
        // SAFETY: larger than the structure on every architecture. Its first members are as large as a register on 64 bits: the
        // kind, the size of a block, the blocks, the free ones, and those of them that are not kept for the administrator.
        if (FStatFs(fd, buffer) != 0)
            return null;
        var members = (long*)buffer;
        return members[1] <= 0 || members[4] < 0
            ? null
            : (long)UInt128.Min((UInt128)members[1] * (UInt128)members[4], long.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static unsafe partial int FStatFs(int fd, byte* buffer);
}
