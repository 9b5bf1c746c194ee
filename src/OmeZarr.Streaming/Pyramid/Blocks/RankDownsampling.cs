using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>
/// Gathers the pixels of blocks as keys, sorts those of each block and picks one. Small blocks are sorted side by side, one in
/// each lane of a vector, without a branch that depends on pixels.
/// </summary>
/// <param name="scratch">
/// Room for the keys of a block, or null when a block of as many planes as there can be fits <see cref="RankMemory.StackBytes"/>.
/// </param>
internal sealed unsafe class RankDownsampling<TKey, TOrder, TPick>(byte* scratch) : RowDownsampling
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    where TOrder : struct, IPixelOrder<TKey>
    where TPick : struct, IRankPick<TKey>
{
    /// <summary>Keys of a block up to which blocks are sorted side by side: the work grows with the square of it.</summary>
    private const int FewKeys = 64;

    private readonly TKey* _scratch = (TKey*)scratch;

    // SAFETY: the stack memory holds vectors for few keys, and where there is no scratch memory every block's, in whole vectors;
    // the target has a pixel for each block.
    public override void Downsample(in BlockSource source, long blockRow, long first, byte* target)
    {
        var stack = stackalloc byte[RankMemory.StackBytes];
        var large = _scratch == null ? (TKey*)stack : _scratch;
        var depth = source.Planes.Length * source.RowsOf(blockRow);
        var whole = source.Columns / source.FactorX;
        for (var block = first; block < source.BlocksAcross;)
        {
            var count = depth * source.ColumnsOf(block);
            var isFew = count <= FewKeys;
            var blocks = isFew && block < whole ? (int)Math.Min(Vector<TKey>.Count, whole - block) : 1;
            var keys = isFew
                ? OfSmallBlocks(source, blockRow, block, blocks, count, (Vector<TKey>*)stack)
                : OfLargeBlock(source, blockRow, block, count, large);
            Write(TOrder.PixelsOf(keys), blocks, (TKey*)target + block);
            block += blocks;
        }
    }

    private static Vector<TKey> OfSmallBlocks(
        in BlockSource source, long blockRow, long block, int blocks, int count, Vector<TKey>* keys)
    {
        Gather(source, blockRow, block, blocks, Vector<TKey>.Count, (TKey*)keys);
        for (var i = 0; i < count; i++)
            keys[i] = TOrder.KeysOf(keys[i]);
        Sort(keys, count);
        return TPick.Pick(keys, count);
    }

    private static Vector<TKey> OfLargeBlock(in BlockSource source, long blockRow, long block, int count, TKey* keys)
    {
        Gather(source, blockRow, block, 1, 1, keys);
        for (var i = 0; i < count; i += Vector<TKey>.Count)
            TOrder.KeysOf(Vector.Load(keys + i)).Store(keys + i);
        var sorted = new Span<TKey>(keys, count);
        sorted.Sort();
        return new Vector<TKey>(TPick.Pick(sorted));
    }

    /// <summary>Gathers the pixels of some blocks of the same size: the first of each, the second of each, and so on.</summary>
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
                    new Span<TKey>(keys, columns * lanes).Clear();
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
                keys[column * lanes] = Unsafe.ReadUnaligned<TKey>(row + column);
        }
    }

    // Insertion: one key after the other is moved into position among those before it.
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

    private static void Write(Vector<TKey> pixels, int blocks, TKey* target)
    {
        if (blocks == Vector<TKey>.Count)
        {
            pixels.Store(target);
            return;
        }

        for (var i = 0; i < blocks; i++)
            Unsafe.WriteUnaligned(target + i, pixels[i]);
    }
}
