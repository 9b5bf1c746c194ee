using System.Collections.Immutable;

namespace OmeZarr.Reading.Arrays;

/// <summary>
/// A part of an array: along each axis where it begins, how many elements it has, and how far these lie from each other.
/// </summary>
public sealed record Region
{
    private Region(ImmutableArray<long> start, ImmutableArray<long> count, ImmutableArray<long> step) =>
        (Start, Count, Step) = (start, count, step);

    /// <summary>The first element along each axis.</summary>
    public ImmutableArray<long> Start { get; }

    /// <summary>Elements along each axis; 0 is allowed.</summary>
    public ImmutableArray<long> Count { get; }

    /// <summary>From one element to the next along each axis, at least 1.</summary>
    public ImmutableArray<long> Step { get; }

    /// <summary>Elements in all.</summary>
    public long Elements => Product(Count);

    /// <summary>Makes a region of an array.</summary>
    /// <param name="shape">The array's.</param>
    /// <param name="start">As <see cref="Start"/>.</param>
    /// <param name="count">As <see cref="Count"/>.</param>
    /// <param name="step">As <see cref="Step"/>; empty for 1 along each axis.</param>
    /// <exception cref="ReadingException">It does not lie in the array; the message names the axis.</exception>
    public static Region Of(
        ReadOnlySpan<long> shape, ReadOnlySpan<long> start, ReadOnlySpan<long> count, ReadOnlySpan<long> step = default)
    {
        if (start.Length != shape.Length || count.Length != shape.Length || (step.Length != shape.Length && step.Length != 0))
        {
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"The array has {shape.Length} axes; {start.Length} starts, {count.Length} counts and {step.Length} steps are "
                + "given.");
        }

        var steps = new long[shape.Length];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            steps[axis] = step.Length == 0 ? 1 : step[axis];
            Check(axis, shape[axis], start[axis], count[axis], steps[axis]);
        }

        return new Region([.. start], [.. count], [.. steps]);
    }

    /// <summary>All of an array.</summary>
    public static Region Whole(ReadOnlySpan<long> shape) => Of(shape, new long[shape.Length], shape);

    /// <summary>The part of this region in a plane of the array.</summary>
    /// <param name="index">The plane's indices along all axes but the last two.</param>
    internal Region Plane(ReadOnlySpan<long> index) => new(
        [.. index, .. Start.AsSpan()[index.Length..]],
        [.. Enumerable.Repeat(1L, index.Length), .. Count.AsSpan()[index.Length..]],
        [.. Enumerable.Repeat(1L, index.Length), .. Step.AsSpan()[index.Length..]]);

    private static void Check(int axis, long length, long start, long count, long step)
    {
        if (start < 0 || count < 0 || step < 1)
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"Axis {axis}: start {start}, count {count} and step {step} are out of range.");
        // Int128: start + (count - 1) * step can exceed 64 bits.
        if (count > 0 ? (Int128)start + (Int128)(count - 1) * step >= length : start > length)
        {
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"Axis {axis} has {length} elements; {count} from {start} on, in steps of {step}, reach beyond.");
        }
    }

    private static long Product(ImmutableArray<long> lengths)
    {
        var product = 1L;
        foreach (var length in lengths)
            product = checked(product * length);
        return product;
    }
}
