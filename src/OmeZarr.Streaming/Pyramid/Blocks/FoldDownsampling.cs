using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>A method that takes the pixels of a block one after the other and remembers little of them.</summary>
/// <typeparam name="T">The pixels.</typeparam>
/// <typeparam name="TState">What is remembered.</typeparam>
internal interface IPixelFold<T, TState>
    where T : unmanaged
    where TState : unmanaged
{
    /// <summary>The state of a block without pixels.</summary>
    static abstract TState Empty { get; }

    /// <summary>The state with a pixel more.</summary>
    static abstract TState Add(TState state, T pixel);

    /// <summary>The block's pixel.</summary>
    /// <param name="state">What was made of all its pixels.</param>
    /// <param name="count">How many that were, at least 1.</param>
    static abstract T Result(TState state, int count);
}

/// <summary>
/// Folds the blocks of a row together, source row by source row as they lie in memory. The pixels of each block come in C
/// order: plane by plane, row by row, column by column.
/// </summary>
internal sealed unsafe class FoldDownsampling<T, TState, TFold> : RowDownsampling
    where T : unmanaged
    where TState : unmanaged
    where TFold : struct, IPixelFold<T, TState>
{
    /// <summary>Blocks that are folded together: their states stay in a core's first cache and on the stack.</summary>
    private const int PieceBlocks = 256;

    // SAFETY: there are as many states as a piece has blocks, and the target has a pixel for each block of the row.
    public override void Downsample(in BlockSource source, long blockRow, long first, byte* target)
    {
        var states = stackalloc TState[PieceBlocks];
        for (var block = first; block < source.BlocksAcross; block += PieceBlocks)
        {
            var count = (int)Math.Min(PieceBlocks, source.BlocksAcross - block);
            new Span<TState>(states, count).Fill(TFold.Empty);
            Fold(source, blockRow, block, count, states);
            Finish(source, blockRow, block, count, states, (T*)target + block);
        }
    }

    private static void Fold(in BlockSource source, long blockRow, long block, int count, TState* states)
    {
        var column = block * source.FactorX;
        var pixels = (int)Math.Min((long)count * source.FactorX, source.Columns - column);
        var rows = source.RowsOf(blockRow);
        for (var plane = 0; plane < source.Planes.Length; plane++)
        {
            for (var row = 0; row < rows; row++)
            {
                var line = (T*)source.Row(plane, blockRow, row);
                if (line == null)
                    AddZero(states, count);
                else
                    AddRow(line + column, pixels, source.FactorX, states);
            }
        }
    }

    // SAFETY: pixels are no more than the row has from there on, and the states reach to the last one's block.
    private static void AddRow(T* row, int pixels, int factor, TState* states)
    {
        switch (factor)
        {
            case 1:
                for (var i = 0; i < pixels; i++)
                    states[i] = Add(states[i], row + i);
                break;
            case 2:
                for (var i = 0; i < pixels / 2; i++)
                    states[i] = Add(Add(states[i], row + 2 * i), row + 2 * i + 1);
                if (pixels % 2 != 0)
                    states[pixels / 2] = Add(states[pixels / 2], row + pixels - 1);
                break;
            default:
                for (var first = 0; first < pixels; first += factor, states++)
                    *states = AddRun(*states, row + first, Math.Min(factor, pixels - first));
                break;
        }
    }

    private static TState AddRun(TState state, T* row, int pixels)
    {
        for (var i = 0; i < pixels; i++)
            state = Add(state, row + i);
        return state;
    }

    // Repeated zeros change a minimum or maximum as much as a single one, and do not change a sum.
    private static void AddZero(TState* states, int count)
    {
        for (var i = 0; i < count; i++)
            states[i] = TFold.Add(states[i], default);
    }

    private static void Finish(in BlockSource source, long blockRow, long block, int count, TState* states, T* target)
    {
        var depth = source.Planes.Length * source.RowsOf(blockRow);
        var whole = depth * source.FactorX;
        for (var i = 0; i < count - 1; i++)
            Unsafe.WriteUnaligned(target + i, TFold.Result(states[i], whole));
        var last = TFold.Result(states[count - 1], depth * source.ColumnsOf(block + count - 1));
        Unsafe.WriteUnaligned(target + count - 1, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TState Add(TState state, T* pixel) => TFold.Add(state, Unsafe.ReadUnaligned<T>(pixel));
}
