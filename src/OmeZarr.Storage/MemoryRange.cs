using System.Runtime.InteropServices;

namespace OmeZarr.Storage;

/// <summary>
/// Bytes outside the managed heap, or pinned. A view: whoever makes it keeps the memory alive, readable and unchanged while
/// a store has it. Laid out as the system's <c>struct iovec</c>.
/// </summary>
/// <param name="First">Address of the first byte.</param>
/// <param name="Bytes">How many; not negative.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MemoryRange(nint First, nint Bytes)
{
    /// <summary>The address behind the last byte.</summary>
    public nint End => First + Bytes;

    /// <summary>The bytes; at most 2 GiB - 1 of them.</summary>
    // SAFETY: the maker vouches for the memory.
    public unsafe ReadOnlySpan<byte> Span => new((void*)First, checked((int)Bytes));

    /// <summary>Bytes of all ranges together.</summary>
    public static long Total(ReadOnlySpan<MemoryRange> ranges)
    {
        var bytes = 0L;
        foreach (var range in ranges)
            bytes = checked(bytes + range.Bytes);
        return bytes;
    }

    /// <summary>A copy of all ranges, one behind the other; at most 2 GiB - 1.</summary>
    public static byte[] Joined(ReadOnlySpan<MemoryRange> ranges)
    {
        var joined = new byte[checked((int)Total(ranges))];
        var done = 0;
        foreach (var range in ranges)
        {
            range.Span.CopyTo(joined.AsSpan(done));
            done += (int)range.Bytes;
        }

        return joined;
    }
}
