using System.Numerics;

namespace OmeZarr.Streaming.Encoders;

/// <summary>The minimum and maximum of many pixels, several at a time where the processor can.</summary>
internal static unsafe class PixelMinMax
{
    /// <summary>Looks at every pixel of some rows. Not-a-number and infinite pixels are ignored.</summary>
    /// <param name="first">The first row; need not be aligned.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Pixels of a row.</param>
    /// <returns>Both, or null when every pixel is ignored.</returns>
    public static (T Least, T Greatest)? Of<T>(byte* first, long stride, int rows, long columns)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var least = T.MaxValue;
        var greatest = T.MinValue;
        for (var row = 0; row < rows; row++)
            OfRow((T*)(first + row * stride), columns, ref least, ref greatest);
        return least <= greatest ? (least, greatest) : null;
    }

    // SAFETY: the caller vouches for the row; loads need no alignment.
    private static void OfRow<T>(T* row, long columns, ref T least, ref T greatest)
        where T : unmanaged, INumber<T>
    {
        var x = 0L;
        if (columns >= Vector<T>.Count)
        {
            var low = new Vector<T>(least);
            var high = new Vector<T>(greatest);
            for (; x <= columns - Vector<T>.Count; x += Vector<T>.Count)
            {
                var pixels = Vector.Load(row + x);
                low = Vector.Min(low, FiniteOr(pixels, low));
                high = Vector.Max(high, FiniteOr(pixels, high));
            }

            for (var pipeline = 0; pipeline < Vector<T>.Count; pipeline++)
            {
                least = T.Min(least, low[pipeline]);
                greatest = T.Max(greatest, high[pipeline]);
            }
        }

        for (; x < columns; x++)
        {
            var pixel = System.Runtime.CompilerServices.Unsafe.ReadUnaligned<T>(row + x);
            if (!T.IsFinite(pixel))
                continue;
            least = T.Min(least, pixel);
            greatest = T.Max(greatest, pixel);
        }
    }

    // A value that is not finite gives something other than 0 when subtracted from itself. For integers this compiles to nothing.
    private static Vector<T> FiniteOr<T>(Vector<T> pixels, Vector<T> other) =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double)
            ? Vector.ConditionalSelect(Vector.Equals(pixels - pixels, Vector<T>.Zero), pixels, other)
            : pixels;
}
