using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>
/// A chunk whose planes lie apart, each in memory that ends with its last row, and the same chunk in one piece.
/// </summary>
internal sealed unsafe class ScatteredChunk : IDisposable
{
    private readonly Layout _layout;
    private readonly GuardedMemory?[] _memory;
    private readonly ChunkPlane[] _planes;

    internal ScatteredChunk(Layout layout)
    {
        _layout = layout;
        _memory = new GuardedMemory?[layout.Missing.Length];
        _planes = new ChunkPlane[layout.Missing.Length];
        var data = layout.Seed % 4 == 0
            ? ChunkSamples.Noise(layout.PlaneMemoryBytes, layout.Seed)
            : ChunkSamples.CameraLike(layout.PlaneMemoryBytes, layout.Seed);
        for (var i = 0; i < _planes.Length; i++)
        {
            if (layout.Missing[i])
                continue;
            var memory = _memory[i] = new GuardedMemory(data);
            fixed (byte* first = memory.Span)
                _planes[i] = new ChunkPlane((nint)first, layout.Stride);
            Array.Reverse(data);
        }
    }

    internal ChunkPixels Rows => new()
    {
        Planes = _planes,
        PlaneRows = _layout.Rows,
        RowBytes = _layout.RowBytes,
        ValidRows = _layout.ValidRows,
        ValidRowBytes = _layout.ValidRowBytes,
    };

    /// <summary>The chunk in one piece, put together byte by byte.</summary>
    internal byte[] Copied()
    {
        var chunk = new byte[_planes.Length * _layout.Rows * _layout.RowBytes];
        for (var plane = 0; plane < _planes.Length; plane++)
        {
            if (_memory[plane] is not { } memory)
                continue;
            for (var row = 0; row < _layout.ValidRows; row++)
            {
                for (var column = 0; column < _layout.ValidRowBytes; column++)
                    chunk[(plane * _layout.Rows + row) * _layout.RowBytes + column] = memory.Span[row * _layout.Stride + column];
            }
        }

        return chunk;
    }

    public void Dispose()
    {
        foreach (var memory in _memory)
            memory?.Dispose();
    }

    /// <summary>Shapes with ragged edges, missing planes, rows close together and far apart, on every element type.</summary>
    internal static Arbitrary<Layout> Any { get; } =
        (from type in Gen.Elements(Enum.GetValues<DataType>())
         from missing in Gen.NonEmptyListOf(Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true))))
         from rows in Gen.OneOf(Gen.Choose(1, 4), Gen.Choose(1, 40))
         from row in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(1, 400), Gen.Choose(1, 40).Select(n => n * 8))
         from missingRows in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, rows - 1))
         from missingColumns in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, row - 1))
         from padding in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 100))
         from seed in Gen.Choose(0, int.MaxValue)
         select new Layout(type, [.. missing.Take(6)], rows, row, rows - missingRows, row - missingColumns, padding, seed))
             .ToArbitrary();

    /// <param name="Type">The elements.</param>
    /// <param name="Missing">For each plane whether it is missing.</param>
    /// <param name="Rows">Rows of a plane.</param>
    /// <param name="Row">Elements of a row.</param>
    /// <param name="ValidRows">Rows that are there.</param>
    /// <param name="ValidRow">Elements of a row that are there.</param>
    /// <param name="Padding">Bytes between what is there of a row and the next.</param>
    /// <param name="Seed">Of the data.</param>
    internal sealed record Layout(
        DataType Type, bool[] Missing, int Rows, int Row, int ValidRows, int ValidRow, int Padding, int Seed)
    {
        internal int RowBytes => Row * Type.Size();

        internal int ValidRowBytes => ValidRow * Type.Size();

        internal int Stride => ValidRowBytes + Padding;

        internal int PlaneMemoryBytes => Stride * (ValidRows - 1) + ValidRowBytes;
    }
}
