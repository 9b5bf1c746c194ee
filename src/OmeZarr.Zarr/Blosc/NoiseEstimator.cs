using System.Numerics;
using System.Runtime.CompilerServices;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// Finds the streams of a chunk that are noise, from a sample of it. What comes out depends on the chunk's bytes alone: never on
/// other chunks, threads or time. Not thread-safe.
/// </summary>
internal sealed unsafe class NoiseEstimator
{
    /// <summary>Elements of a chunk for which there is a piece, and the limits of their number.</summary>
    private const int ElementsPerPiece = 4096;
    private const int MinPieces = 4;
    private const int MaxPieces = 32;

    /// <summary>The run that is searched for repeats: a part of the chunk, and the limits of its elements.</summary>
    private const int RunShare = 32;
    private const int MinRunElements = 1024;
    internal const int MaxRunElements = 4096;

    /// <summary>2^32 divided by the golden ratio: multiples of it are spread evenly, and in step with no row.</summary>
    private const uint Spread = 0x9E37_79B9;

    private readonly int _typeSize;
    private readonly int _elements;
    private readonly int _pieces;
    private readonly StreamPolicy _policy;
    private readonly StreamSample[] _samples;
    private readonly int _runElements;

    /// <param name="settings">The compressor that is spared.</param>
    /// <param name="typeSize">Bytes of an element: the streams that the chunk is looked at as.</param>
    /// <param name="elements">Elements of a chunk, at least <see cref="MinElements"/>.</param>
    /// <param name="isMixed">Whether streams are no planes of bytes, but have bits or bytes of every place in them.</param>
    internal NoiseEstimator(Compression.Blosc settings, int typeSize, int elements, bool isMixed)
    {
        _typeSize = typeSize;
        _elements = elements;
        _pieces = Math.Clamp(elements / ElementsPerPiece, MinPieces, MaxPieces);
        _runElements = Math.Min(elements, Math.Clamp(elements / RunShare, MinRunElements, MaxRunElements));
        _policy = new StreamPolicy(settings, isMixed);
        _samples = new StreamSample[typeSize];
    }

    /// <summary>Chunks of fewer elements are not worth a sample.</summary>
    internal static int MinElements => MinPieces * NoiseStatistics.PieceBytes;

    /// <summary>Decides about each stream. False when none is noise.</summary>
    /// <param name="pixels">The chunk; its rows are whole elements.</param>
    /// <param name="scratch">Room for <see cref="MaxRunElements"/> elements.</param>
    /// <param name="choices">Receives a choice for each byte of an element.</param>
    internal bool TryFind(in ChunkPixels pixels, byte* scratch, Span<StreamChoice> choices)
    {
        Array.Clear(_samples);
        var cursor = new ChunkPixelCursor(pixels);
        var noise = (1u << _typeSize) - 1;
        for (var piece = 0; piece < _pieces && noise != 0; piece++)
            noise = Look(ref cursor, piece, noise);
        if (noise != 0)
            noise = WithoutRepeats(ref cursor, noise, scratch);
        for (var rest = noise; rest != 0; rest &= rest - 1)
        {
            var plane = BitOperations.TrailingZeroCount(rest);
            choices[plane] = _policy.ChoiceForNoise(_samples[plane]);
            if (choices[plane] == StreamChoice.Search)
                noise &= ~(1u << plane);
        }

        for (var plane = 0; plane < _typeSize; plane++)
        {
            if ((noise >> plane & 1) == 0)
                choices[plane] = _policy.ChoiceBesideNoise(_samples[plane]);
        }

        return noise != 0;
    }

    /// <summary>Adds what a piece shows, and drops the planes that are over the limit already: most are at once.</summary>
    [SkipLocalsInit]
    private uint Look(ref ChunkPixelCursor cursor, int piece, uint noise)
    {
        var planes = stackalloc byte[NoiseStatistics.PieceBytes * _typeSize];
        cursor.Seek(PositionOf(piece) * _typeSize);
        RowShuffle.ToPlanes(ref cursor, planes, NoiseStatistics.PieceBytes, NoiseStatistics.PieceBytes, _typeSize);
        for (var rest = noise; rest != 0; rest &= rest - 1)
        {
            var plane = BitOperations.TrailingZeroCount(rest);
            _samples[plane].Add(planes + plane * NoiseStatistics.PieceBytes, _policy.Counts);
            if (_policy.IsSearched(_samples[plane], _pieces))
                noise &= ~(1u << plane);
        }

        return noise;
    }

    private uint WithoutRepeats(ref ChunkPixelCursor cursor, uint noise, byte* scratch)
    {
        cursor.Seek((_elements - _runElements) / 2 * _typeSize);
        RowShuffle.ToPlanes(ref cursor, scratch, _runElements, _runElements, _typeSize);
        for (var rest = noise; rest != 0; rest &= rest - 1)
        {
            var plane = BitOperations.TrailingZeroCount(rest);
            if (NoiseStatistics.HasRepeats(new ReadOnlySpan<byte>(scratch + plane * _runElements, _runElements)))
                noise &= ~(1u << plane);
        }

        return noise;
    }

    private int PositionOf(int piece)
    {
        var room = _elements - NoiseStatistics.PieceBytes;
        var fraction = unchecked((uint)piece * Spread);
        return (int)(((long)piece * room + ((long)fraction * room >> 32)) / _pieces);
    }
}
