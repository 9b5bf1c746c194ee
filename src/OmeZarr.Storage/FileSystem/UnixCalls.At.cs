using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OmeZarr.Storage.FileSystem;

// What is done below a folder that is held open: by its descriptor, never by a path from above, and through no link.
internal static partial class UnixCalls
{
    /// <summary>Error numbers of Linux that say what lies at a name.</summary>
    public const int Enoent = 2;
    public const int Eexist = 17;
    public const int Enotdir = 20;
    public const int Eisdir = 21;
    public const int Eloop = 40;
    public const int Enosys = 38;
    public const int Enotempty = 39;
    public const int Eopnotsupp = 95;

    public const int Enospc = 28;

    private const int Eperm = 1;
    private const int Eagain = 11;
    private const int OpenReadWrite = 2;
    private const int OpenNonBlocking = 0x800;
    private const int OpenPath = 0x200000;
    private const int RemoveFolderFlag = 0x200;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const ulong ResolveBeneath = 0x08;
    private const ulong ResolveNoSymbolicLinks = 0x04;
    private const int MostTries = 16;

    // Numbers of calls that libraries of the supported systems may not have a function for. Linux on x64, on 32-bit Arm, and
    // everywhere else.
    private static nint NumberOpenAt2 => 437;
    private static nint NumberRenameAt2 => IsX64 ? 316 : IsArm32 ? 382 : 276;
    private static nint NumberStatX => IsX64 ? 332 : IsArm32 ? 397 : 291;
    private static nint NumberListFolder => IsX64 || IsArm32 ? 217 : 61;
    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static bool IsArm32 => RuntimeInformation.ProcessArchitecture == Architecture.Arm;

    // One call walks a whole path without following a link; older kernels and some sandboxes do not have it.
    private static volatile bool _cannotWalk;

    /// <summary>For tests: walks part by part, as on kernels without the call.</summary>
    internal static bool CannotWalk
    {
        get => _cannotWalk;
        set => _cannotWalk = value;
    }

    /// <summary>
    /// Opens a folder below another, following no link. Negative: the error's number with a minus sign.
    /// </summary>
    /// <param name="at">The folder's descriptor.</param>
    /// <param name="path">Relative, ends in a NUL.</param>
    /// <param name="toRead">Whether it is to be listed, locked or flushed; otherwise it only leads to what is in it.</param>
    public static int TryOpenFolderAt(int at, ReadOnlySpan<byte> path, bool toRead)
    {
        var flags = OpenDirectory | OpenCloseOnExec | (toRead ? OpenReadOnly : OpenPath);
        return TryOpenBelow(at, path, flags, 0);
    }

    /// <summary>Opens a file below a folder, following no link. Negative: the error's number with a minus sign.</summary>
    public static int TryOpenFileAt(int at, ReadOnlySpan<byte> path, bool toWrite) =>
        // Without waiting for the other end of a pipe that lies there.
        TryOpenBelow(at, path, OpenCloseOnExec | OpenNonBlocking | OpenNoFollow | (toWrite ? OpenReadWrite : OpenReadOnly), 0);

    /// <summary>What lies below a folder, behind no link. 0, or the error's number.</summary>
    public static int StatBelow(int at, ReadOnlySpan<byte> path, out FileStatus status)
    {
        status = default;
        var fd = TryOpenBelow(at, path, OpenPath | OpenNoFollow | OpenCloseOnExec, 0);
        if (fd < 0)
            return -fd;
        var error = StatAt(fd, "\0"u8, out status);
        _ = Close(fd);
        return error;
    }

    /// <summary>
    /// Makes a file right in a folder, which must not be there. Negative: the error's number with a minus sign.
    /// </summary>
    public static unsafe int TryCreateFileAt(int at, ReadOnlySpan<byte> name)
    {
        const int flags = OpenReadWrite | OpenCreate | OpenExclusive;
        int fd;
        do
        {
            // SAFETY: pinned for the call, and ended by a NUL.
            fixed (byte* first = name)
                fd = OpenAt(at, first, flags | OpenCloseOnExec | OpenNoFollow, ReadableAndWritable);
        }
        while (fd < 0 && Marshal.GetLastPInvokeError() == Eintr);
        return fd >= 0 ? fd : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Makes a file without a name in a folder; it is gone when it is closed. Negative: it cannot be had.</summary>
    public static unsafe int TryCreateNamelessFile(int at)
    {
        var flags = OpenReadWrite | OpenDirectory | 0x400000 | OpenCloseOnExec;
        var here = ".\0"u8;
        // SAFETY: pinned for the call, and ended by a NUL.
        fixed (byte* first = here)
            return OpenAt(at, first, flags, ReadableAndWritable) is var fd and >= 0 ? fd : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Whether an error says that a file system does not know a way of renaming, or of reserving.</summary>
    public static bool IsUnknown(int error) => error is Einval or Enosys or Eopnotsupp;

    private static unsafe int TryOpenBelow(int at, ReadOnlySpan<byte> path, int flags, int mode)
    {
        if (!_cannotWalk)
        {
            const ulong resolve = ResolveBeneath | ResolveNoSymbolicLinks;
            var how = new OpenHow { Flags = (ulong)flags, Mode = (ulong)mode, Resolve = resolve };
            for (var i = 0; i < MostTries; i++)
            {
                // SAFETY: pinned for the call, and ended by a NUL; the structure is the kernel's.
                fixed (byte* first = path)
                {
                    var fd = SystemCall(NumberOpenAt2, at, (nint)first, (nint)(&how), sizeof(OpenHow), 0);
                    if (fd >= 0)
                        return (int)fd;
                }

                var error = Marshal.GetLastPInvokeError();
                // Interrupted, or something was renamed just now.
                if (error is Eintr or Eagain)
                    continue;
                if (error is not (Enosys or Eperm))
                    return -error;
                break;
            }

            // A sandbox may refuse the call altogether; a path that may not be opened is refused below once more.
        }

        return WalkBelow(at, path, flags, mode);
    }

    // Part by part, holding each folder while the next one is opened in it.
    private static unsafe int WalkBelow(int at, ReadOnlySpan<byte> path, int flags, int mode)
    {
        var folder = at;
        Span<byte> part = stackalloc byte[UnixPath.MaxPartBytes];
        var rest = path[..^1];
        while (true)
        {
            var slash = rest.IndexOf((byte)'/');
            var name = slash < 0 ? rest : rest[..slash];
            if (name.Length >= part.Length)
                return Closed(folder, at, -UnixPath.NameTooLong);
            name.CopyTo(part);
            part[name.Length] = 0;
            var partFlags = slash < 0 ? flags : OpenDirectory | OpenPath | OpenCloseOnExec;
            int next;
            do
            {
                // SAFETY: on this method's stack, and ended by a NUL.
                fixed (byte* first = part)
                    next = OpenAt(folder, first, partFlags | OpenNoFollow, mode);
            }
            while (next < 0 && Marshal.GetLastPInvokeError() == Eintr);
            var error = next < 0 ? Marshal.GetLastPInvokeError() : 0;
            // A link to a folder is first of all no folder.
            if (error == Enotdir
                && StatAt(folder, part[..(name.Length + 1)], out var status) == 0 && status.Kind == EntryKind.Link)
                error = Eloop;
            if (error != 0)
                return Closed(folder, at, -error);
            _ = Closed(folder, at, 0);
            if (slash < 0)
                return next;
            folder = next;
            rest = rest[(slash + 1)..];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Closed(int folder, int except, int result)
    {
        if (folder != except)
            _ = Close(folder);
        return result;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    // Variadic in C; on Linux a variadic argument is passed like any other.
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static unsafe partial int OpenAt(int at, byte* path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e);
}
