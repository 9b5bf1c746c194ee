using System.Collections.Immutable;
using System.Globalization;

namespace OmeZarr.Zarr;

/// <summary>
/// A regular grid of chunks (or shards) over an array. All sizes are in elements; those of the whole grid are checked
/// 64-bit numbers. Immutable.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/chunk-grids/regular-grid/index.html"/>
public sealed class ChunkGrid
{
    // With a sign, which no index has.
    private const int LongDigits = 20;

    private readonly long[] _shape;
    private readonly long[] _chunkShape;
    private readonly long[] _counts;

    /// <param name="shape">Elements along each axis; 0 is allowed.</param>
    /// <param name="chunkShape">Elements of a chunk along each axis, at least 1.</param>
    /// <exception cref="ArgumentException">The ranks differ or are 0, or a length is out of range.</exception>
    /// <exception cref="OverflowException">There are more than 2^63 - 1 chunks.</exception>
    public ChunkGrid(ReadOnlySpan<long> shape, ReadOnlySpan<long> chunkShape)
    {
        if (shape.Length != chunkShape.Length || shape.Length == 0)
            throw new ArgumentException($"A shape of {shape.Length} axes cannot have chunks of {chunkShape.Length} axes.");
        _shape = shape.ToArray();
        _chunkShape = chunkShape.ToArray();
        _counts = new long[shape.Length];
        Count = 1;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(shape[axis], nameof(shape));
            ArgumentOutOfRangeException.ThrowIfLessThan(chunkShape[axis], 1, nameof(chunkShape));
            _counts[axis] = shape[axis] / chunkShape[axis] + (shape[axis] % chunkShape[axis] > 0 ? 1 : 0);
            Count = checked(Count * _counts[axis]);
        }
    }

    /// <summary>Number of axes.</summary>
    public int Rank => _shape.Length;

    /// <summary>Chunks along each axis; the last one may reach beyond the array.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Chunks in all.</summary>
    public long Count { get; }

    /// <summary>Elements of the chunk at <paramref name="index"/> that lie inside the array, along one axis.</summary>
    public long ValidLength(int axis, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _counts[axis]);
        return Math.Min(_chunkShape[axis], _shape[axis] - index * _chunkShape[axis]);
    }

    /// <summary>The position of a chunk in C order, the last axis changing fastest.</summary>
    public long LinearIndex(ReadOnlySpan<long> index)
    {
        CheckRank(index.Length);
        long linear = 0;
        for (var axis = 0; axis < index.Length; axis++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index[axis], nameof(index));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index[axis], _counts[axis], nameof(index));
            linear = linear * _counts[axis] + index[axis];
        }

        return linear;
    }

    /// <summary>The inverse of <see cref="LinearIndex"/>.</summary>
    public void IndexOf(long linear, Span<long> index)
    {
        CheckRank(index.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(linear);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(linear, Count);
        for (var axis = index.Length - 1; axis >= 0; axis--)
            (linear, index[axis]) = Math.DivRem(linear, _counts[axis]);
    }

    /// <summary>
    /// The key of a chunk below its array, by the <c>default</c> encoding with '/': <c>c/1/0/0</c>.
    /// </summary>
    public static string Key(ReadOnlySpan<long> index)
    {
        Span<char> key = stackalloc char[MaxKeyLength(index.Length)];
        return key[..FormatKey(index, key)].ToString();
    }

    /// <summary>The most characters that <see cref="Key"/> has for so many axes.</summary>
    public static int MaxKeyLength(int axes) => checked(1 + axes * (1 + LongDigits));

    /// <summary>Writes what <see cref="Key"/> returns, without an allocation, and returns its length.</summary>
    /// <param name="index">Of the chunk.</param>
    /// <param name="destination">Room for <see cref="MaxKeyLength"/> characters.</param>
    public static int FormatKey(ReadOnlySpan<long> index, Span<char> destination)
    {
        destination[0] = 'c';
        var length = 1;
        foreach (var i in index)
        {
            destination[length++] = '/';
            if (!i.TryFormat(destination[length..], out var digits, default, CultureInfo.InvariantCulture))
                throw new ArgumentException($"The key of {index.Length} axes does not fit into {destination.Length} characters.",
                    nameof(destination));
            length += digits;
        }

        return length;
    }

    /// <summary>The number of elements of a shape.</summary>
    /// <exception cref="OverflowException">It exceeds 2^63 - 1.</exception>
    public static long Elements(ReadOnlySpan<long> shape)
    {
        long elements = 1;
        foreach (var length in shape)
            elements = checked(elements * length);
        return elements;
    }

    /// <summary>The shape of a shard in elements: its shape in chunks times that of a chunk.</summary>
    /// <exception cref="OverflowException">A length exceeds 2^63 - 1.</exception>
    public static ImmutableArray<long> ShardShape(ReadOnlySpan<int> chunkShape, ReadOnlySpan<int> shardShapeInChunks)
    {
        if (chunkShape.Length != shardShapeInChunks.Length)
            throw new ArgumentException($"Chunks of {chunkShape.Length} axes cannot fill shards of {shardShapeInChunks.Length}.");
        var shape = ImmutableArray.CreateBuilder<long>(chunkShape.Length);
        for (var axis = 0; axis < chunkShape.Length; axis++)
            shape.Add(checked((long)chunkShape[axis] * shardShapeInChunks[axis]));
        return shape.MoveToImmutable();
    }

    private void CheckRank(int rank)
    {
        if (rank != Rank)
            throw new ArgumentException($"An index of {rank} axes does not fit a grid of {Rank}.");
    }
}
