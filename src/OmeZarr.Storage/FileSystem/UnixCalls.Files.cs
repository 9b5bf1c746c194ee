using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace OmeZarr.Storage;

// Whole files by descriptor and UTF-8 path, where the runtime's own calls would make objects for each.
internal static partial class UnixCalls
{
    private const int OpenWriteOnly = 1;
    private const int OpenCreate = 0x40;
    private const int OpenExclusive = 0x80;
    private const int ReadableAndWritable = 0x1B6; // rw-rw-rw-, less the process's umask.

    /// <summary>Makes a file that must not exist, for writing; its descriptor, to be given to <see cref="CloseFile"/>.</summary>
    /// <param name="path">Ends in a NUL.</param>
    [SupportedOSPlatform("linux")]
    public static unsafe int CreateFile(ReadOnlySpan<byte> path)
    {
        const int flags = OpenWriteOnly | OpenCreate | OpenExclusive;
        int fd;
        do
        {
            // SAFETY: pinned for the call, and ended by a NUL.
            fixed (byte* name = path)
                fd = OpenNew(name, flags | OpenCloseOnExec, ReadableAndWritable);
        }
        while (fd < 0 && Marshal.GetLastPInvokeError() == Eintr);
        return fd >= 0 ? fd : throw Failure(Text(path));
    }

    /// <summary>Writes ranges one after the other, whole, the first one at the file's start.</summary>
    /// <param name="fd">Of <see cref="CreateFile"/>.</param>
    /// <param name="ranges">What to write.</param>
    [SupportedOSPlatform("linux")]
    public static void WriteFile(int fd, ReadOnlySpan<MemoryRange> ranges) => WriteRanges(fd, ranges, 0);

    /// <summary>Makes the bytes of a file durable.</summary>
    [SupportedOSPlatform("linux")]
    public static void SyncFile(int fd, ReadOnlySpan<byte> path)
    {
        while (FSync(fd) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Eintr)
                throw Failure(Text(path));
        }
    }

    /// <summary>Closes a file. Some file systems say only now that something was not written.</summary>
    /// <param name="fd">Of <see cref="CreateFile"/>.</param>
    /// <param name="path">For messages.</param>
    /// <param name="mustSucceed">False when another failure is on its way already.</param>
    [SupportedOSPlatform("linux")]
    public static void CloseFile(int fd, ReadOnlySpan<byte> path, bool mustSucceed)
    {
        // Interrupted, it is closed all the same.
        if (Close(fd) != 0 && mustSucceed && Marshal.GetLastPInvokeError() != Eintr)
            throw Failure(Text(path));
    }

    /// <summary>Renames a file, replacing what has the new name.</summary>
    [SupportedOSPlatform("linux")]
    public static unsafe void RenameFile(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        // SAFETY: both pinned for the call, and ended by a NUL.
        fixed (byte* old = from)
        fixed (byte* name = to)
        {
            if (Rename(old, name) != 0)
                throw Failure(Text(to));
        }
    }

    /// <summary>Removes a file; whether it is gone.</summary>
    [SupportedOSPlatform("linux")]
    public static unsafe bool TryRemoveFile(ReadOnlySpan<byte> path)
    {
        // SAFETY: pinned for the call, and ended by a NUL.
        fixed (byte* name = path)
            return Unlink(name) == 0;
    }

    private static string Text(ReadOnlySpan<byte> path) => Encoding.UTF8.GetString(path[..^1]);

    // Variadic in C; on Linux a variadic argument is passed like any other.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static unsafe partial int OpenNew(byte* path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static unsafe partial int Rename(byte* from, byte* to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true)]
    private static unsafe partial int Unlink(byte* path);
}
