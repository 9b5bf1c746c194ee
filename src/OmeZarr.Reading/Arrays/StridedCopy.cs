using System.Runtime.CompilerServices;

namespace OmeZarr.Reading.Arrays;

/// <summary>Copies elements between two memories of any strides.</summary>
internal static unsafe class StridedCopy
{
    /// <summary>Copies <paramref name="counts"/> elements along each axis; strides are in bytes.</summary>
    // SAFETY: the caller vouches for every element of both.
    internal static void Copy(byte* from, ReadOnlySpan<long> fromStrides, byte* to, ReadOnlySpan<long> toStrides,
        ReadOnlySpan<long> counts, int elementBytes)
    {
        Span<Axis> axes = stackalloc Axis[counts.Length];
        var rank = 0;
        for (var axis = 0; axis < counts.Length; axis++)
        {
            if (counts[axis] == 0)
                return;
            if (counts[axis] > 1)
                axes[rank++] = new Axis(counts[axis], fromStrides[axis], toStrides[axis]);
        }

        axes = axes[..rank];
        // Writes go to neighbouring places: the axis that lies closest in the destination comes last.
        axes.Sort(static (one, other) => other.To.CompareTo(one.To));
        Walk(from, to, Merged(axes), elementBytes);
    }

    /// <summary>Writes the same element everywhere.</summary>
    // SAFETY: as above.
    internal static void Fill(
        ReadOnlySpan<byte> element, byte* to, ReadOnlySpan<long> toStrides, ReadOnlySpan<long> counts)
    {
        // A stride of 0 reads the one element again and again.
        fixed (byte* from = element)
            Copy(from, stackalloc long[counts.Length], to, toStrides, counts, element.Length);
    }

    /// <summary>Axes that follow each other without a gap in both memories are one.</summary>
    private static ReadOnlySpan<Axis> Merged(Span<Axis> axes)
    {
        var first = axes.Length - 1;
        for (var axis = first - 1; axis >= 0; axis--)
        {
            var inner = axes[first];
            if (axes[axis].From == inner.From * inner.Count && axes[axis].To == inner.To * inner.Count)
                axes[first] = inner with { Count = inner.Count * axes[axis].Count };
            else
                axes[--first] = axes[axis];
        }

        return axes[Math.Max(0, first)..];
    }

    private static void Walk(byte* from, byte* to, ReadOnlySpan<Axis> axes, int elementBytes)
    {
        if (axes.IsEmpty)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)elementBytes);
            return;
        }

        var (count, fromStride, toStride) = axes[0];
        if (axes.Length == 1)
        {
            Row(from, fromStride, to, toStride, count, elementBytes);
            return;
        }

        for (var i = 0L; i < count; i++)
            Walk(from + i * fromStride, to + i * toStride, axes[1..], elementBytes);
    }

    private static void Row(byte* from, long fromStride, byte* to, long toStride, long count, int elementBytes)
    {
        if (fromStride == elementBytes && toStride == elementBytes)
        {
            Buffer.MemoryCopy(from, to, count * elementBytes, count * elementBytes);
            return;
        }

        switch (elementBytes)
        {
            case 1:
                Elements<byte>(from, fromStride, to, toStride, count);
                break;
            case 2:
                Elements<ushort>(from, fromStride, to, toStride, count);
                break;
            case 4:
                Elements<uint>(from, fromStride, to, toStride, count);
                break;
            case 8:
                Elements<ulong>(from, fromStride, to, toStride, count);
                break;
            default:
                for (var i = 0L; i < count; i++)
                    Unsafe.CopyBlockUnaligned(to + i * toStride, from + i * fromStride, (uint)elementBytes);
                break;
        }
    }

    private static void Elements<T>(byte* from, long fromStride, byte* to, long toStride, long count)
        where T : unmanaged
    {
        if (fromStride == 0 && toStride == sizeof(T))
        {
            var value = Unsafe.ReadUnaligned<T>(from);
            for (; count > int.MaxValue; count -= int.MaxValue, to += (long)int.MaxValue * sizeof(T))
                new Span<T>(to, int.MaxValue).Fill(value);
            new Span<T>(to, (int)count).Fill(value);
            return;
        }

        for (var i = 0L; i < count; i++)
            Unsafe.WriteUnaligned(to + i * toStride, Unsafe.ReadUnaligned<T>(from + i * fromStride));
    }

    private readonly record struct Axis(long Count, long From, long To);
}
