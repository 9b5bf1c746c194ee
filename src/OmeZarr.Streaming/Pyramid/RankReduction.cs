using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// Gathers the pixels of blocks as keys, sorts those of each block and picks one. Small blocks are sorted side by side, one in
/// each lane of a vector, without a branch that depends on pixels.
/// </summary>
/// <param name="scratch">
/// Room for the keys of a block, or null when a block of as many planes as there can be fits <see cref="RankMemory.StackBytes"/>.
/// </param>
internal sealed unsafe class RankReduction<TKey, TOrder, TPick>(byte* scratch) : RowReduction
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    where TOrder : struct, IPixelOrder<TKey>
    where TPick : struct, IRankPick<TKey>
{
    /// <summary>Keys of a block up to which blocks are sorted side by side: the work grows with the square of it.</summary>
    private const int FewKeys = 64;

    private readonly TKey* _scratch = (TKey*)scratch;

    // SAFETY: the stack memory holds vectors for few keys, and where there is no scratch memory every block's keys; the target
    // has a pixel for each block.
    public override void Reduce(in BlockSource source, long blockRow, long first, byte* target)
    {
        var stack = stackalloc byte[RankMemory.StackBytes];
        var depth = source.Planes.Length * source.RowsOf(blockRow);
        for (var block = first; block < source.BlocksAcross;)
        {
            var columns = source.ColumnsOf(block);
            var blocks = columns < source.FactorX ? 1 : (int)Math.Min(Vector<TKey>.Count, source.Columns / source.FactorX - block);
            var pixels = (TKey*)target + block;
            if (depth * columns <= FewKeys)
            {
                var keys = (Vector<TKey>*)stack;
                Gather(source, blockRow, block, blocks, Vector<TKey>.Count, (TKey*)keys);
                Sort(keys, depth * columns);
                Write(TPick.Pick(keys, depth * columns), blocks, pixels);
            }
            else
            {
                blocks = 1;
                var keys = new Span<TKey>(_scratch == null ? stack : _scratch, depth * columns);
                Gather(source, blockRow, block, 1, 1, (TKey*)Unsafe.AsPointer(ref keys[0]));
                keys.Sort();
                Unsafe.WriteUnaligned(pixels, TOrder.BitsOf(TPick.Pick(keys)));
            }

            block += blocks;
        }
    }

    /// <summary>Gathers the keys of some blocks of the same size: the first key of each, the second of each, and so on.</summary>
    private static void Gather(in BlockSource source, long blockRow, long block, int blocks, int lanes, TKey* keys)
    {
        var rows = source.RowsOf(blockRow);
        var columns = source.ColumnsOf(block);
        for (var plane = 0; plane < source.Planes.Length; plane++)
        {
            for (var row = 0; row < rows; row++, keys += columns * lanes)
            {
                var line = (TKey*)source.Row(plane, blockRow, row);
                if (line == null)
                    new Span<TKey>(keys, columns * lanes).Fill(TOrder.KeyOf(default));
                else
                    GatherRow(line + block * source.FactorX, columns, blocks, lanes, keys);
            }
        }
    }

    private static void GatherRow(TKey* row, int columns, int blocks, int lanes, TKey* keys)
    {
        for (var block = 0; block < blocks; block++, row += columns, keys++)
        {
            for (var column = 0; column < columns; column++)
                keys[column * lanes] = TOrder.KeyOf(Unsafe.ReadUnaligned<TKey>(row + column));
        }
    }

    // One key after the other takes its place among those before it.
    private static void Sort(Vector<TKey>* keys, int count)
    {
        for (var i = 1; i < count; i++)
        {
            var key = keys[i];
            for (var at = 0; at < i; at++)
            {
                var other = keys[at];
                keys[at] = Vector.Min(other, key);
                key = Vector.Max(other, key);
            }

            keys[i] = key;
        }
    }

    private static void Write(Vector<TKey> keys, int blocks, TKey* target)
    {
        for (var i = 0; i < blocks; i++)
            Unsafe.WriteUnaligned(target + i, TOrder.BitsOf(keys[i]));
    }
}
