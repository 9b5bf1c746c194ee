using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

// Writing from several places at once, and past the page cache.
internal static partial class UnixCalls
{
    /// <summary>The most ranges that one call of the system takes (IOV_MAX of Linux and macOS).</summary>
    public const int MaxRanges = 1024;

    private const int GetFlags = 3;
    private const int SetFlags = 4;

    private static int FlagDirect => IsArm ? 0x10000 : 0x4000;

    /// <summary>Has an open file written past the page cache, or through it again; whether the file system agrees.</summary>
    [SupportedOSPlatform("linux")]
    public static bool TrySetDirect(SafeFileHandle file, bool direct)
    {
        var flags = FileControl(file, GetFlags, 0);
        return flags >= 0 && FileControl(file, SetFlags, direct ? flags | FlagDirect : flags & ~FlagDirect) == 0;
    }

    /// <summary>Reserves disk for a part of a file, whose length stays. 0, or the error's number.</summary>
    [SupportedOSPlatform("linux")]
    public static int TryReserve(SafeFileHandle file, long offset, long bytes)
    {
        const int keepSize = 1;
        return TryAllocate(file, keepSize, offset, bytes);
    }

    /// <summary>
    /// Gives the disk of a part of a file back, which then reads as zeros. Where that cannot be, nothing happens.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static void TryFree(SafeFileHandle file, long offset, long bytes)
    {
        const int keepSize = 1, punchHole = 2;
        _ = TryAllocate(file, keepSize | punchHole, offset, bytes);
    }

    /// <summary>Moves what a file has from an offset on up, before it a hole. 0, or the error's number.</summary>
    [SupportedOSPlatform("linux")]
    public static int TryInsertHole(SafeFileHandle file, long offset, long bytes)
    {
        const int insertRange = 0x20;
        return TryAllocate(file, insertRange, offset, bytes);
    }

    /// <summary>Writes ranges one after the other from an offset on, whole; no allocation.</summary>
    /// <param name="file">Open for writing.</param>
    /// <param name="ranges">Any number of them.</param>
    /// <param name="offset">In bytes from the file's start.</param>
    /// <exception cref="IOException">The system refused; HResult is its error number.</exception>
    public static void WriteRanges(SafeFileHandle file, ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            WriteRanges((int)file.DangerousGetHandle(), ranges, offset);
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    private static int TryAllocate(SafeFileHandle file, int mode, long offset, long bytes)
    {
        for (var i = 0; ; i++)
        {
            if (Allocate(file, mode, (nint)offset, (nint)bytes) == 0)
                return 0;
            if (Marshal.GetLastPInvokeError() != Eintr || i == MostTries)
                return Marshal.GetLastPInvokeError();
        }
    }

    private static void WriteRanges(int fd, ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        while (!ranges.IsEmpty)
        {
            var next = ranges[..Math.Min(ranges.Length, MaxRanges)];
            WriteFew(fd, next, offset);
            offset += MemoryRange.Total(next);
            ranges = ranges[next.Length..];
        }
    }

    private static void WriteFew(int fd, ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        var total = MemoryRange.Total(ranges);
        var inVain = 0;
        for (var done = 0L; done < total;)
        {
            var written = done == 0 ? WriteAll(fd, ranges, offset) : WriteRest(fd, ranges, done, offset);
            inVain = written == 0 ? inVain + 1 : 0;
            if (inVain > MostTries)
                throw new IOException($"The system wrote nothing (at {offset + done})");
            if (written >= 0)
                done += written;
            else if (Marshal.GetLastPInvokeError() != Eintr)
                throw Failure(offset);
        }
    }

    private static unsafe nint WriteAll(int fd, ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        // SAFETY: laid out as struct iovec; the maker of the ranges vouches for their memory.
        fixed (MemoryRange* first = ranges)
            return PWriteV(fd, first, ranges.Length, (nint)offset);
    }

    // After a short write: what is left of the range in which it ended. Rare, so that one range at a time will do.
    private static unsafe nint WriteRest(int fd, ReadOnlySpan<MemoryRange> ranges, long done, long offset)
    {
        var before = 0L;
        var number = 0;
        while (before + ranges[number].Bytes <= done)
            before += ranges[number++].Bytes;
        var within = (nint)(done - before);
        var rest = new MemoryRange(ranges[number].First + within, ranges[number].Bytes - within);
        // SAFETY: as above, a part of one of the ranges.
        return PWriteV(fd, &rest, 1, (nint)(offset + done));
    }

    private static IOException Failure(long offset)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{new System.ComponentModel.Win32Exception(errno).Message} (at {offset})", errno);
    }

    // Variadic in C; on Linux a variadic argument is passed like any other.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, nint offset, nint bytes);

    [LibraryImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    private static unsafe partial nint PWriteV(int fd, MemoryRange* ranges, int count, nint offset);
}
