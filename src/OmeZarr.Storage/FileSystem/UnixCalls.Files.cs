using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace OmeZarr.Storage.FileSystem;

// Whole files by descriptor and UTF-8 path, where the runtime's own calls would make objects for each.
internal static partial class UnixCalls
{
    private const int OpenCreate = 0x40;
    private const int OpenExclusive = 0x80;
    private const int ReadableAndWritable = 0x1B6; // rw-rw-rw-, less the process's umask.

    /// <summary>Writes ranges one after the other, whole, the first one at the file's start.</summary>
    /// <param name="fd">Of <see cref="TryCreateFileAt"/>.</param>
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
    /// <param name="fd">Of <see cref="TryCreateFileAt"/>.</param>
    /// <param name="path">For messages.</param>
    /// <param name="mustSucceed">False when another failure is on its way already.</param>
    [SupportedOSPlatform("linux")]
    public static void CloseFile(int fd, ReadOnlySpan<byte> path, bool mustSucceed)
    {
        // Interrupted, it is closed all the same.
        if (Close(fd) != 0 && mustSucceed && Marshal.GetLastPInvokeError() != Eintr)
            throw Failure(Text(path));
    }

    /// <summary>Closes a descriptor that nothing was written by.</summary>
    public static void CloseFile(int fd) => _ = Close(fd);

    /// <summary>A path for messages.</summary>
    public static string Text(ReadOnlySpan<byte> path) => Encoding.UTF8.GetString(path[..^1]);
}
