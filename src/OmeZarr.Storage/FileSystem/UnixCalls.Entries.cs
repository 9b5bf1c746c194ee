using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

// What lies in a folder that is held open: looked at, listed, made, renamed and removed by the folder's descriptor.
internal static partial class UnixCalls
{
    /// <summary>Makes a folder right in another. 0, or the error's number.</summary>
    public static unsafe int MakeFolderAt(int at, ReadOnlySpan<byte> name)
    {
        const int everything = 0x1FF; // rwxrwxrwx, less the process's umask.
        // SAFETY: pinned for the call, and ended by a NUL.
        fixed (byte* first = name)
            return MkDirAt(at, first, everything) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Removes a file or an empty folder right in a folder. 0, or the error's number.</summary>
    public static unsafe int RemoveAt(int at, ReadOnlySpan<byte> name, bool folder)
    {
        // SAFETY: pinned for the call, and ended by a NUL.
        fixed (byte* first = name)
            return UnlinkAt(at, first, folder ? RemoveFolderFlag : 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Renames within a folder, replacing what has the new name. 0, or the error's number.</summary>
    public static unsafe int RenameAt(int at, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        // SAFETY: both pinned for the call, and ended by a NUL.
        fixed (byte* old = from)
        fixed (byte* name = to)
            return RenameAt(at, old, at, name) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Renames within a folder in a way that not every file system has. 0, or the error's number.</summary>
    public static unsafe int RenameAt(int at, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, RenameMode mode)
    {
        if (mode == RenameMode.Replace)
            return RenameAt(at, from, to);
        // SAFETY: both pinned for the call, and ended by a NUL.
        fixed (byte* old = from)
        fixed (byte* name = to)
        {
            nint flags = mode == RenameMode.Exchange ? 2 : 1;
            return SystemCall(NumberRenameAt2, at, (nint)old, at, (nint)name, flags) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>What lies at a name in a folder, or (with an empty name) the folder itself. 0, or the error's number.</summary>
    public static unsafe int StatAt(int at, ReadOnlySpan<byte> name, out FileStatus status, bool follow = false)
    {
        const int basic = 0x7FF;
        var buffer = default(StatBuffer);
        var error = 0;
        // SAFETY: the name is pinned for the call and ended by a NUL; the buffer is as large as the kernel's structure.
        fixed (byte* first = name)
        {
            nint flags = (name.Length <= 1 ? EmptyPath : 0) | (follow ? 0 : NoFollow);
            if (SystemCall(NumberStatX, at, (nint)first, flags, basic, (nint)(&buffer)) != 0)
                error = Marshal.GetLastPInvokeError();
        }

        status = new FileStatus(
            (buffer.Mode & 0xF000) switch
            {
                0x4000 => EntryKind.Folder,
                0x8000 => EntryKind.File,
                0xA000 => EntryKind.Link,
                _ => EntryKind.Other,
            },
            new FileIdentity(((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor, buffer.Inode),
            (long)buffer.Size);
        return error;
    }

    /// <summary>What lies at a path, links followed. 0, or the error's number.</summary>
    public static int StatPath(string path, out FileStatus status)
    {
        const int currentFolder = -100;
        var text = new UnixPath(stackalloc byte[UnixPath.MaxBytes]);
        text.Append(path);
        return StatAt(currentFolder, text.Terminated, out status, follow: true);
    }

    /// <summary>What tells an open file from every other one; null when the system does not say.</summary>
    public static FileIdentity? IdentityOf(SafeFileHandle file)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return StatAt((int)file.DangerousGetHandle(), "\0"u8, out var status) == 0 ? status.Identity : null;
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    /// <summary>
    /// Reads entries of a folder into a buffer; the bytes read, 0 at the end, or the error's number with a minus sign.
    /// </summary>
    public static unsafe int ListFolder(int fd, Span<byte> buffer)
    {
        // SAFETY: pinned for the call.
        fixed (byte* first = buffer)
        {
            var read = SystemCall(NumberListFolder, fd, (nint)first, buffer.Length, 0, 0);
            return read >= 0 ? (int)read : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Begins a listing anew.</summary>
    public static void Rewind(int fd) => _ = Seek(fd, 0, 0);

    // struct statx, the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatBuffer
    {
        [FieldOffset(0x1C)]
        public ushort Mode;

        [FieldOffset(0x20)]
        public ulong Inode;

        [FieldOffset(0x28)]
        public ulong Size;

        [FieldOffset(0x88)]
        public uint DeviceMajor;

        [FieldOffset(0x8C)]
        public uint DeviceMinor;
    }

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static unsafe partial int MkDirAt(int at, byte* path, int mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static unsafe partial int UnlinkAt(int at, byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static unsafe partial int RenameAt(int fromAt, byte* from, int toAt, byte* to);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial nint Seek(int fd, nint offset, int whence);
}
