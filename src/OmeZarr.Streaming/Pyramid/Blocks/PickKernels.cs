using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>The first pixel of each block.</summary>
internal readonly unsafe struct DecimationKernel<T> : IPairKernel<T>
    where T : unmanaged
{
    public static bool Takes(int rows) => true;

    // SAFETY: two vectors of each row from the column on are the caller's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Downsample(T** rows, int count, nint column) =>
        Pairs.Left(Vector.Load(rows[0] + column), Vector.Load(rows[0] + column + Vector<T>.Count));
}

/// <summary><see cref="LeastPixel{T}"/>.</summary>
internal readonly unsafe struct LeastKernel<T> : IPairKernel<T>
    where T : unmanaged
{
    public static bool Takes(int rows) => true;

    // SAFETY: two vectors of each row from the column on are the caller's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Downsample(T** rows, int count, nint column)
    {
        var low = Vector.Load(rows[0] + column);
        var high = Vector.Load(rows[0] + column + Vector<T>.Count);
        for (var i = 1; i < count; i++)
        {
            low = Vector.Min(low, Vector.Load(rows[i] + column));
            high = Vector.Min(high, Vector.Load(rows[i] + column + Vector<T>.Count));
        }

        return Vector.Min(Pairs.Left(low, high), Pairs.Right(low, high));
    }
}

/// <summary><see cref="GreatestPixel{T}"/>.</summary>
internal readonly unsafe struct GreatestKernel<T> : IPairKernel<T>
    where T : unmanaged
{
    public static bool Takes(int rows) => true;

    // SAFETY: two vectors of each row from the column on are the caller's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Downsample(T** rows, int count, nint column)
    {
        var low = Vector.Load(rows[0] + column);
        var high = Vector.Load(rows[0] + column + Vector<T>.Count);
        for (var i = 1; i < count; i++)
        {
            low = Vector.Max(low, Vector.Load(rows[i] + column));
            high = Vector.Max(high, Vector.Load(rows[i] + column + Vector<T>.Count));
        }

        return Vector.Max(Pairs.Left(low, high), Pairs.Right(low, high));
    }
}

/// <summary>The median of four pixels: two rows of one plane, or one row of two.</summary>
internal readonly unsafe struct MedianKernel<T> : IPairKernel<T>
    where T : unmanaged
{
    public static bool Takes(int rows) => rows == 2;

    // SAFETY: two vectors of each row from the column on are the caller's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Downsample(T** rows, int count, nint column)
    {
        var four = new FourPixels<T>(rows, column);
        // Of the two lesser of each row and the two greater, those nearer the middle. Adding 0 makes 0 of -0.
        return Vector.Min(Vector.Max(four.Least0, four.Least1), Vector.Min(four.Greatest0, four.Greatest1)) + Vector<T>.Zero;
    }
}

/// <summary>The mode of four pixels that are integers: two rows of one plane, or one row of two.</summary>
internal readonly unsafe struct ModeKernel<T> : IPairKernel<T>
    where T : unmanaged
{
    public static bool Takes(int rows) => rows == 2;

    // SAFETY: two vectors of each row from the column on are the caller's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Downsample(T** rows, int count, nint column)
    {
        var four = new FourPixels<T>(rows, column);
        var least = Vector.Min(four.Least0, four.Least1);
        var greatest = Vector.Max(four.Greatest0, four.Greatest1);
        var between0 = Vector.Max(four.Least0, four.Least1);
        var between1 = Vector.Min(four.Greatest0, four.Greatest1);
        var lower = Vector.Min(between0, between1);
        var upper = Vector.Max(between0, between1);
        // In order, equal ones are neighbours; the first such pair is the least, unless three are equal, which is the same pair.
        var mode = Vector.ConditionalSelect(Vector.Equals(upper, greatest), upper, least);
        mode = Vector.ConditionalSelect(Vector.Equals(lower, upper), lower, mode);
        return Vector.ConditionalSelect(Vector.Equals(least, lower), least, mode);
    }
}

/// <summary>Blocks of four pixels, each row's in order.</summary>
internal readonly unsafe ref struct FourPixels<T>
    where T : unmanaged
{
    public readonly Vector<T> Least0;
    public readonly Vector<T> Greatest0;
    public readonly Vector<T> Least1;
    public readonly Vector<T> Greatest1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FourPixels(T** rows, nint column)
    {
        (Least0, Greatest0) = Order(rows[0] + column);
        (Least1, Greatest1) = Order(rows[1] + column);
    }

    // SAFETY: two vectors of the row are the caller's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<T> Least, Vector<T> Greatest) Order(T* row)
    {
        var first = Vector.Load(row);
        var second = Vector.Load(row + Vector<T>.Count);
        var left = Pairs.Left(first, second);
        var right = Pairs.Right(first, second);
        return (Vector.Min(left, right), Vector.Max(left, right));
    }
}
