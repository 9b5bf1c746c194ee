using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>
/// A method that downsamples blocks of two columns, a vector of them at a time. Written once for all vector widths; compiled
/// ahead of time, <see cref="Vector{T}"/> is as wide as the library's instruction set allows.
/// </summary>
/// <typeparam name="T">The pixels.</typeparam>
internal unsafe interface IPairKernel<T>
    where T : unmanaged
{
    /// <summary>Whether blocks with so many rows, those of all planes together, can be downsampled.</summary>
    static abstract bool Takes(int rows);

    /// <summary>Downsamples as many blocks as a vector has pixels.</summary>
    /// <param name="rows">The rows of all planes, plane after plane.</param>
    /// <param name="count">How many.</param>
    /// <param name="column">The first pixel of each row that counts; two vectors of them are read.</param>
    static abstract Vector<T> Downsample(T** rows, int count, nint column);
}

/// <summary>Downsamples a row of two-column blocks, as far as whole vectors reach.</summary>
internal abstract unsafe class PairDownsampling
{
    /// <summary>Columns of a block.</summary>
    public const int Columns = 2;

    /// <summary>Rows of a block, those of all planes together, that are downsampled at most.</summary>
    public const int MostRows = 8;

    /// <summary>Whether blocks with so many rows, those of all planes together, can be downsampled.</summary>
    public abstract bool Takes(int rows);

    /// <summary>Downsamples blocks until less than a vector is left, and returns how many that were.</summary>
    /// <param name="rows">The first pixels of the rows of all planes, plane after plane.</param>
    /// <param name="count">How many; a number that is taken.</param>
    /// <param name="blocks">How many whole blocks the rows have.</param>
    /// <param name="target">Receives a pixel for each.</param>
    /// <param name="ahead">Bytes from each row to the one of the next blocks, which is fetched meanwhile.</param>
    public abstract long Downsample(byte** rows, int count, long blocks, byte* target, long ahead);
}

/// <inheritdoc/>
internal sealed unsafe class PairDownsampling<T, TKernel> : PairDownsampling
    where T : unmanaged
    where TKernel : struct, IPairKernel<T>
{
    public override bool Takes(int rows) => rows <= MostRows && Vector.IsHardwareAccelerated && TKernel.Takes(rows);

    // SAFETY: no vector goes beyond the last whole block of the rows, or of the target.
    public override long Downsample(byte** rows, int count, long blocks, byte* target, long ahead) => count switch
    {
        2 => Downsample((T**)rows, 2, blocks, (T*)target, ahead),
        4 => Downsample((T**)rows, 4, blocks, (T*)target, ahead),
        _ => Downsample((T**)rows, count, blocks, (T*)target, ahead),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Downsample(T** rows, int count, long blocks, T* target, long ahead)
    {
        nint done = 0;
        for (; done <= blocks - Vector<T>.Count; done += Vector<T>.Count)
        {
            Fetch(rows, count, done * Columns, ahead);
            TKernel.Downsample(rows, count, done * Columns).Store(target + done);
        }

        return done;
    }

    // Rows are often a page each, and a processor's own prefetching ends with a page. A vector of each of the two columns makes a
    // cache line. Where the next row lies does not matter: nothing is read before it is needed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(T** rows, int count, nint column, long ahead)
    {
        if (!Sse.IsSupported)
            return;
        for (var i = 0; i < count; i++)
            Sse.Prefetch1((byte*)(rows[i] + column) + ahead);
    }
}

/// <summary>Takes neighbours apart. Pixels lie in memory in the order of the bits: the lower of a pair is the left one.</summary>
internal static unsafe class Pairs
{
    /// <summary>Pixels 0, 2, 4, … of a then b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Left<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged => sizeof(T) switch
        {
            1 => Vector.As<byte, T>(Vector.Narrow(Vector.As<T, ushort>(a), Vector.As<T, ushort>(b))),
            2 => Vector.As<ushort, T>(Vector.Narrow(Vector.As<T, uint>(a), Vector.As<T, uint>(b))),
            _ => Vector.As<uint, T>(Vector.Narrow(Vector.As<T, ulong>(a), Vector.As<T, ulong>(b))),
        };

    /// <summary>Pixels 1, 3, 5, … of a then b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Right<T>(Vector<T> a, Vector<T> b)
        where T : unmanaged => sizeof(T) switch
        {
            1 => Vector.As<byte, T>(Vector.Narrow(Vector.As<T, ushort>(a) >>> 8, Vector.As<T, ushort>(b) >>> 8)),
            2 => Vector.As<ushort, T>(Vector.Narrow(Vector.As<T, uint>(a) >>> 16, Vector.As<T, uint>(b) >>> 16)),
            _ => Vector.As<uint, T>(Vector.Narrow(Vector.As<T, ulong>(a) >>> 32, Vector.As<T, ulong>(b) >>> 32)),
        };
}
