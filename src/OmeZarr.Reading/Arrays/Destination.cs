using System.Collections.Immutable;

namespace OmeZarr.Reading.Arrays;

/// <summary>
/// The caller's memory for a region. A view: whoever makes it keeps the memory alive, in place and to the reader until the read
/// has returned.
/// </summary>
internal readonly unsafe struct Destination
{
    private Destination(byte* first, ImmutableArray<long> strides)
    {
        First = first;
        Strides = strides;
    }

    /// <summary>The element at index 0 along each axis.</summary>
    internal byte* First { get; }

    /// <summary>Bytes from one element to the next along each axis, not negative.</summary>
    internal ImmutableArray<long> Strides { get; }

    /// <param name="first">The first byte.</param>
    /// <param name="bytes">How many there are.</param>
    /// <param name="region">What is to be put there.</param>
    /// <param name="elementBytes">Bytes of an element.</param>
    /// <param name="strides">In bytes; empty for C order without gaps.</param>
    /// <exception cref="ReadingException">The region does not fit.</exception>
    internal static Destination Of(byte* first, long bytes, Region region, int elementBytes, ReadOnlySpan<long> strides)
    {
        if (strides.Length != 0 && strides.Length != region.Count.Length)
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"There are {strides.Length} strides for {region.Count.Length} axes.");
        var all = strides.Length == 0 ? Packed(region.Count, elementBytes) : [.. strides];
        Int128 needed = elementBytes;
        for (var axis = 0; axis < all.Length; axis++)
        {
            if (all[axis] < 0)
                throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"The stride of axis {axis} is {all[axis]}; it must not be negative.");
            needed += (Int128)all[axis] * Math.Max(0, region.Count[axis] - 1);
        }

        if (region.Elements > 0 && (needed > bytes || first == null))
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"The buffer has {bytes} bytes and the region takes {needed}.");
        return new Destination(first, all);
    }

    /// <summary>A part of it that begins elsewhere.</summary>
    internal Destination At(nint first) => new((byte*)first, Strides);

    internal static ImmutableArray<long> Packed(ImmutableArray<long> counts, int elementBytes)
    {
        var strides = new long[counts.Length];
        var stride = (long)elementBytes;
        for (var axis = strides.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride = checked(stride * Math.Max(1, counts[axis]));
        }

        return [.. strides];
    }
}
