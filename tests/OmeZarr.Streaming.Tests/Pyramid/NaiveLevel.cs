using System.Numerics;
using System.Runtime.InteropServices;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests.Pyramid;

/// <summary>A whole level from the one before, by definition: one block of all axes after the other.</summary>
internal static class NaiveLevel
{
    public static (byte[] Pixels, long[] Shape) Of(
        DataType type, PyramidMethod method, byte[] pixels, long[] shape, IReadOnlyList<int> step) => type switch
        {
            DataType.UInt8 => Of<byte>(method, pixels, shape, step),
            DataType.Int8 => Of<sbyte>(method, pixels, shape, step),
            DataType.UInt16 => Of<ushort>(method, pixels, shape, step),
            DataType.Int16 => Of<short>(method, pixels, shape, step),
            DataType.UInt32 => Of<uint>(method, pixels, shape, step),
            DataType.Int32 => Of<int>(method, pixels, shape, step),
            DataType.UInt64 => Of<ulong>(method, pixels, shape, step),
            DataType.Int64 => Of<long>(method, pixels, shape, step),
            DataType.Float32 => Of<float>(method, pixels, shape, step),
            _ => Of<double>(method, pixels, shape, step),
        };

    /// <summary>Bit for bit, but for the bits of a not-a-number.</summary>
    public static bool AreEqual(DataType type, byte[] a, byte[] b) => type switch
    {
        DataType.Float32 => MemoryMarshal.Cast<byte, float>(a).SequenceEqual(MemoryMarshal.Cast<byte, float>(b)),
        DataType.Float64 => MemoryMarshal.Cast<byte, double>(a).SequenceEqual(MemoryMarshal.Cast<byte, double>(b)),
        _ => a.AsSpan().SequenceEqual(b),
    };

    private static (byte[] Pixels, long[] Shape) Of<T>(PyramidMethod method, byte[] bytes, long[] shape, IReadOnlyList<int> step)
        where T : unmanaged, INumber<T>
    {
        var pixels = MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        var smaller = shape.Select((length, axis) => (length + step[axis] - 1) / step[axis]).ToArray();
        var result = new T[smaller.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < result.Length; i++)
            result[i] = NaiveDownsampling.Of(method, Block(pixels, shape, step, IndexOf(i, smaller), 0, 0));
        return (MemoryMarshal.AsBytes<T>(result).ToArray(), smaller);
    }

    private static long[] IndexOf(long number, long[] shape)
    {
        var index = new long[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
            (number, index[axis]) = Math.DivRem(number, shape[axis]);
        return index;
    }

    private static List<T> Block<T>(T[] pixels, long[] shape, IReadOnlyList<int> step, long[] index, int axis, long before)
    {
        if (axis == shape.Length)
            return [pixels[before]];
        var block = new List<T>();
        for (var i = index[axis] * step[axis]; i < Math.Min(shape[axis], (index[axis] + 1) * step[axis]); i++)
            block.AddRange(Block(pixels, shape, step, index, axis + 1, before * shape[axis] + i));
        return block;
    }
}
