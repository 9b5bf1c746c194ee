using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

// The way of the data. Footers always go through the page cache; data past it where the file is a direct one.
internal sealed partial class FileObjectWriter
{
    // Known on every system, while DirectWrite runs on Linux only.
    internal const int DirectBlock = FooterSlots.PageBytes;

    /// <summary>The least and the most disk that is reserved ahead of the data, in bytes.</summary>
    private const long LeastReserved = 1 << 20;
    private const long MostReserved = 32 << 20;

    private long _reserved;

    /// <summary>Once, before the first append: direct writes go on side by side only inside a file's length.</summary>
    public void MakeRoom()
    {
        if (_file.IsDirect && _roomForData <= _store.FileSizeLimit)
        {
            try
            {
                using var lease = _file.Use();
                RandomAccess.SetLength(lease.Handle, _roomForData);
            }
            catch (IOException e) when (IoFailure.IsTooLarge(e))
            {
                // What the file system has as its own limit: the file grows as it is written, which is as right.
            }
        }

        if (_footerBytes is { } bytes)
            ReserveForFooter(bytes);
    }

    public long Append(ReadOnlySpan<MemoryRange> ranges)
    {
        _store.Stop.ThrowIfCancelled(_path);
        var bytes = MemoryRange.Total(ranges);
        var offset = _cursor.Take(bytes, _file.IsDirect ? DirectBlock : 1);
        try
        {
            if (bytes > 0)
                WriteData(ranges, offset);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_path, $"appending {bytes} bytes at {offset}", e);
        }

        return offset;
    }

    private void WriteData(ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        var end = offset + MemoryRange.Total(ranges);
        // Of an object whose footer is known, the limit on file sizes leaves room for that.
        if (end > Math.Min(_roomForData, _store.FileSizeLimit))
            throw IoFailure.TooLarge();
        if (_isFull)
            throw IoFailure.Full();
        using var lease = _file.Use();
        if (OperatingSystem.IsLinux() && _store.ReservesDisk)
            Reserve(lease.Handle, end);
        try
        {
            if (OperatingSystem.IsLinux() && _file.IsDirect)
                DirectWrite.Write(lease.Handle, ranges, offset);
            else
                WriteCached(lease.Handle, ranges, offset);
        }
        catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.NoSpace)
        {
            Free(lease.Handle, offset, end - offset);
            throw;
        }
    }

    // What was written of a piece for which there was no room: nobody will name it, and there is better use for its disk now.
    private static void Free(SafeFileHandle handle, long offset, long bytes)
    {
        if (OperatingSystem.IsLinux())
            UnixCalls.TryFree(handle, offset, bytes);
    }

    // Disk for what comes next: the file system then only fills blocks in, in large runs, and lets direct writes go on side by
    // side. A part of what is there already, so that many open shards hold little that they may not need. What is left
    // over goes when the file is cut.
    [SupportedOSPlatform("linux")]
    private void Reserve(SafeFileHandle handle, long end)
    {
        var reserved = Volatile.Read(ref _reserved);
        if (end <= reserved || _roomForData < LeastReserved)
            return;
        var next = Math.Min(_roomForData, end + Math.Clamp(end / 4, LeastReserved, MostReserved));
        // Who comes second writes without: never wrong, and rarely slower.
        if (next > reserved && Interlocked.CompareExchange(ref _reserved, next, reserved) == reserved)
            _ = UnixCalls.TryReserve(handle, reserved, next - reserved);
    }

    /// <summary>Writes ranges one after the other from an offset on, whole, through the page cache.</summary>
    internal static void WriteCached(SafeFileHandle handle, ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        if (!OperatingSystem.IsWindows())
        {
            UnixCalls.WriteRanges(handle, ranges, offset);
            return;
        }

        foreach (var range in ranges)
        {
            RandomAccess.Write(handle, range.Span, offset);
            offset += range.Bytes;
        }
    }

    // A direct file takes whole blocks only: whatever else is written to it goes through a handle of its own.
    private Opened Open() => _file.IsDirect ? new Opened(_file.OpenAgain()) : new Opened(_file.Use());

    /// <summary>An open file for one operation through the page cache.</summary>
    private readonly struct Opened : IDisposable
    {
        private readonly PooledFile.Lease? _lease;

        public Opened(PooledFile.Lease lease) => (_lease, Handle) = (lease, lease.Handle);

        public Opened(SafeFileHandle own) => Handle = own;

        public SafeFileHandle Handle { get; }

        public void Dispose()
        {
            if (_lease is { } lease)
                lease.Dispose();
            else
                Handle.Dispose();
        }
    }
}
