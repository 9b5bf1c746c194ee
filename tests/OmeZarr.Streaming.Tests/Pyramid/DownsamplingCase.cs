using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Streaming.Pyramid.Blocks;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Tests.Codecs;

namespace OmeZarr.Streaming.Tests.Pyramid;

/// <summary>What pixels a region has.</summary>
internal enum Content
{
    /// <summary>Any bits.</summary>
    Noise,

    /// <summary>A few neighbouring values, so that many are the same and many means are ties.</summary>
    FewValues,

    /// <summary>The type's least and greatest values, 0, and what is not finite.</summary>
    Extremes,
}

/// <summary>A region of planes in memory that ends with its last pixel.</summary>
internal sealed record DownsamplingCase(
    DataType Type,
    PyramidMethod Method,
    int Planes,
    int FactorY,
    int FactorX,
    int Rows,
    int Columns,
    int Padding,
    int MissingPlanes,
    Content Content,
    int Seed)
{
    /// <summary>What the target's memory holds before.</summary>
    private const byte Canary = 0xA5;

    internal static Gen<DownsamplingCase> Any(Gen<int> planes, Gen<int> factors, Gen<int> rows, Gen<int> columns) =>
        from type in Gen.Elements(Enum.GetValues<DataType>())
        from method in Gen.Elements(Enum.GetValues<PyramidMethod>())
        from content in Gen.Elements(Enum.GetValues<Content>())
        from depth in planes
        from factorY in factors
        from factorX in factors
        from height in rows
        from width in columns
        from padding in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 70))
        from missing in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, int.MaxValue)))
        from seed in Gen.Choose(0, int.MaxValue)
        select new DownsamplingCase(type, method, depth, factorY, factorX, height, width, padding, missing, content, seed);

    internal void Check()
    {
        switch (Type)
        {
            case DataType.UInt8: Check<byte>(); break;
            case DataType.UInt16: Check<ushort>(); break;
            case DataType.UInt32: Check<uint>(); break;
            case DataType.UInt64: Check<ulong>(); break;
            case DataType.Int8: Check<sbyte>(); break;
            case DataType.Int16: Check<short>(); break;
            case DataType.Int32: Check<int>(); break;
            case DataType.Int64: Check<long>(); break;
            case DataType.Float32: Check<float>(); break;
            default: Check<double>(); break;
        }
    }

    private void Check<T>()
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var random = new Random(Seed);
        T[]?[] planes = [.. Enumerable.Range(0, Planes).Select(plane => IsMissing(plane) ? null : Pixels<T>(random))];
        var blocksDown = (Rows + FactorY - 1) / FactorY;
        var blocksAcross = (Columns + FactorX - 1) / FactorX;
        var target = Downsampled(planes, blocksDown, blocksAcross, out var stride);
        for (var y = 0; y < blocksDown; y++)
        {
            var row = target.AsSpan(y * stride, Math.Min(stride, target.Length - y * stride));
            var pixels = MemoryMarshal.Cast<byte, T>(row[..(blocksAcross * Type.Size())]);
            for (var x = 0; x < blocksAcross; x++)
            {
                var expected = NaiveDownsampling.Of(Method, Block(planes, y, x));
                if (!AreSame(pixels[x], expected))
                    Assert.Fail($"{pixels[x]} is not {expected} at {y}, {x} of {this}");
            }

            if (row[(blocksAcross * Type.Size())..].ContainsAnyExcept(Canary))
                Assert.Fail($"something was written behind row {y} of {this}");
        }
    }

    // Each plane, and the target, ends with its last pixel in front of memory that nobody may touch.
    private unsafe byte[] Downsampled<T>(T[]?[] planes, int blocksDown, int blocksAcross, out int stride)
        where T : unmanaged
    {
        var rowBytes = Columns * sizeof(T) + Padding;
        stride = blocksAcross * sizeof(T) + Padding;
        var memory = new List<GuardedMemory>();
        var sources = new ChunkPlane[Planes];
        using var target = new GuardedMemory((blocksDown - 1) * stride + blocksAcross * sizeof(T));
        target.Span.Fill(Canary);
        for (var plane = 0; plane < Planes; plane++)
        {
            if (planes[plane] is not { } pixels)
                continue;
            var guarded = new GuardedMemory((Rows - 1) * rowBytes + Columns * sizeof(T));
            memory.Add(guarded);
            guarded.Span.Fill(Canary);
            for (var y = 0; y < Rows; y++)
                MemoryMarshal.AsBytes(pixels.AsSpan(y * Columns, Columns)).CopyTo(guarded.Span[(y * rowBytes)..]);
            sources[plane] = new ChunkPlane((nint)Unsafe.AsPointer(ref guarded.Span[0]), rowBytes);
        }

        using (var downsampler = new BlockDownsampler(Type, Method, FactorY, FactorX))
        {
            fixed (byte* to = target.Span)
                downsampler.Downsample(sources, Rows, Columns, to, stride);
        }

        memory.ForEach(guarded => guarded.Dispose());
        return target.Span.ToArray();
    }

    private List<T> Block<T>(T[]?[] planes, int blockRow, int block)
        where T : unmanaged
    {
        var pixels = new List<T>();
        foreach (var plane in planes)
        {
            for (var y = blockRow * FactorY; y < Math.Min(Rows, (blockRow + 1) * FactorY); y++)
            {
                for (var x = block * FactorX; x < Math.Min(Columns, (block + 1) * FactorX); x++)
                    pixels.Add(plane is null ? default : plane[y * Columns + x]);
            }
        }

        return pixels;
    }

    private T[] Pixels<T>(Random random)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var pixels = new T[Rows * Columns];
        if (Content == Content.Noise)
        {
            random.NextBytes(MemoryMarshal.AsBytes(pixels.AsSpan()));
            return pixels;
        }

        var negative = T.IsNegative(T.MinValue);
        T[] values = Content == Content.Extremes
            ? [T.MinValue, T.MaxValue, T.MaxValue - T.One, T.Zero, -T.Zero, .. NotFinite<T>()]
            : [.. Enumerable.Range(random.Next(100) - (negative ? 50 : 0), random.Next(1, 6)).Select(T.CreateChecked)];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = values[random.Next(values.Length)];
        return pixels;
    }

    private static T[] NotFinite<T>()
        where T : unmanaged, INumber<T>
    {
        double[] values = [double.NaN, double.NegativeInfinity, double.PositiveInfinity, -0.0, float.Epsilon];
        return default(T) is float or double ? [.. values.Select(T.CreateChecked)] : [];
    }

    // Bit for bit, which equality of numbers is not for -0; the bits of a not-a-number are anything.
    private static bool AreSame<T>(T a, T b)
        where T : unmanaged, INumber<T> => (T.IsNaN(a) && T.IsNaN(b)) || (a == b && T.IsNegative(a) == T.IsNegative(b));

    private bool IsMissing(int plane) => (MissingPlanes >> (plane % 31) & 1) != 0;
}
