using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Writes to a file that bypasses the page cache, which takes whole blocks only: of the file, of memory and of its
/// addresses. Memory that is so already is written from where it lies; the last, broken block is filled up with zeros.
/// </summary>
/// <remarks>No lock and no managed allocation; any number of threads, each to offsets of its own.</remarks>
[SupportedOSPlatform("linux")]
internal static class DirectWrite
{
    /// <summary>Bytes of a block: those of every disk in use, or a multiple.</summary>
    public const int BlockBytes = FileObjectWriter.DirectBlock;

    /// <summary>What unaligned memory is copied through, in bytes: little enough for a worker's stack.</summary>
    private const int BounceBytes = 16 * BlockBytes;

    /// <param name="file">Opened past the cache.</param>
    /// <param name="ranges">What to write, as one piece.</param>
    /// <param name="offset">A multiple of <see cref="BlockBytes"/>; up to the next one behind the ranges' end is written.</param>
    /// <exception cref="IOException">The system refused; HResult is its error number.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        if (ranges.Length < UnixCalls.MaxRanges && AreAligned(ranges))
            WriteInPlace(file, ranges, offset);
        else
            WriteThroughCopy(file, ranges, offset);
    }

    private static bool AreAligned(ReadOnlySpan<MemoryRange> ranges)
    {
        foreach (var range in ranges)
        {
            if (range.First % BlockBytes != 0)
                return false;
        }

        foreach (var range in ranges[..Math.Max(0, ranges.Length - 1)])
        {
            if (range.Bytes % BlockBytes != 0)
                return false;
        }

        return true;
    }

    private static unsafe void WriteInPlace(SafeFileHandle file, ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        if (ranges.IsEmpty)
            return;
        var room = stackalloc byte[2 * BlockBytes];
        var block = AlignedBlock(room, BlockBytes);
        var last = ranges[^1];
        var broken = last.Bytes % BlockBytes;
        if (broken == 0)
        {
            UnixCalls.WriteRanges(file, ranges, offset);
            return;
        }

        new MemoryRange(last.End - broken, broken).Span.CopyTo(block);
        block[(int)broken..].Clear();
        var padded = stackalloc MemoryRange[ranges.Length + 1];
        ranges.CopyTo(new Span<MemoryRange>(padded, ranges.Length));
        padded[ranges.Length - 1] = last with { Bytes = last.Bytes - broken };
        // SAFETY: on this method's stack until the call has returned.
        fixed (byte* first = block)
            padded[ranges.Length] = new MemoryRange((nint)first, BlockBytes);
        UnixCalls.WriteRanges(file, new ReadOnlySpan<MemoryRange>(padded, ranges.Length + 1), offset);
    }

    private static unsafe void WriteThroughCopy(SafeFileHandle file, ReadOnlySpan<MemoryRange> ranges, long offset)
    {
        var room = stackalloc byte[BounceBytes + BlockBytes];
        var copy = AlignedBlock(room, BounceBytes);
        var filled = 0;
        foreach (var range in ranges)
        {
            for (nint done = 0; done < range.Bytes;)
            {
                var count = Math.Min(range.Bytes - done, BounceBytes - filled);
                new MemoryRange(range.First + done, count).Span.CopyTo(copy[filled..]);
                done += count;
                filled += (int)count;
                if (filled == BounceBytes)
                {
                    WriteBlocks(file, copy, offset);
                    offset += filled;
                    filled = 0;
                }
            }
        }

        if (filled == 0)
            return;
        var blocks = (filled + BlockBytes - 1) / BlockBytes * BlockBytes;
        copy[filled..blocks].Clear();
        WriteBlocks(file, copy[..blocks], offset);
    }

    private static unsafe void WriteBlocks(SafeFileHandle file, ReadOnlySpan<byte> blocks, long offset)
    {
        // SAFETY: on the caller's stack, which outlives the call.
        fixed (byte* first = blocks)
        {
            var range = new MemoryRange((nint)first, blocks.Length);
            UnixCalls.WriteRanges(file, new ReadOnlySpan<MemoryRange>(in range), offset);
        }
    }

    // SAFETY: the room has a block more than the length, so that an aligned part of that length lies in it.
    private static unsafe Span<byte> AlignedBlock(byte* room, int length) =>
        new((byte*)(((nint)room + BlockBytes - 1) & ~(nint)(BlockBytes - 1)), length);
}
