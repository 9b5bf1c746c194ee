using System.Collections.Immutable;

namespace OmeZarr.Acquisition;

/// <summary>One dimension of the acquisition as the router sees it.</summary>
/// <param name="Count">Indices along it, at least 1; 0 when it is unbounded, which only the first may be.</param>
/// <param name="StorageAxis">The frame axis of the array it lands on, or <see cref="SelectsArray"/>.</param>
public readonly record struct RoutedDimension(long Count, int StorageAxis)
{
    /// <summary>The dimension is no axis: each of its indices has an array of its own, as a position has.</summary>
    public const int SelectsArray = -1;
}

/// <summary>
/// Turns a frame's number in acquisition order into the array it belongs to and its index there in storage order, and
/// back. The only place that knows both orders. Immutable; any thread may call; allocates nothing after construction.
/// </summary>
/// <remarks>
/// Frames arrive like the digits of an odometer: the last dimension changes fastest. y and x are inside a frame and do
/// not occur here. Several dimensions may select the array; its index then counts them in acquisition order. A colour
/// camera's frame has the planes of several channels: then the last dimension does not count frames but planes.
/// </remarks>
public sealed class FrameRouter
{
    private readonly Digit[] _digits;
    private readonly long _lastFrame;

    /// <summary>Makes a router.</summary>
    /// <param name="acquisitionOrder">All dimensions but y and x, slowest first.</param>
    /// <param name="planesPerFrame">Planes that come in one frame: 1, or the last dimension's count.</param>
    /// <exception cref="ArgumentException">
    /// A count is negative, a dimension other than the first is unbounded, the unbounded one selects the array, the
    /// storage axes are not 0, 1, 2, … each once, the last dimension is not a frame's planes, or all planes exceed 2^63 - 1.
    /// </exception>
    public FrameRouter(ReadOnlySpan<RoutedDimension> acquisitionOrder, int planesPerFrame = 1)
    {
        if (planesPerFrame != 1
            && (planesPerFrame < 1 || acquisitionOrder.IsEmpty || acquisitionOrder[^1].Count != planesPerFrame))
            throw new ArgumentException($"the last dimension must have the {planesPerFrame} planes of a frame");
        PlanesPerFrame = planesPerFrame;
        AcquisitionOrder = [.. acquisitionOrder];
        _digits = new Digit[acquisitionOrder.Length];
        long stride = 1, arrays = 1;
        UnboundedAxis = -1;
        for (var i = acquisitionOrder.Length - 1; i >= 0; i--)
        {
            var (count, axis) = acquisitionOrder[i];
            if (count < 0 || axis < RoutedDimension.SelectsArray)
                throw new ArgumentException($"dimension {i}: count {count} and axis {axis} must not be negative");
            if (count == 0 && (i > 0 || axis == RoutedDimension.SelectsArray))
                throw new ArgumentException($"dimension {i}: only a first dimension that is an axis may be unbounded");
            _digits[i] = new Digit(stride, count, axis, axis == RoutedDimension.SelectsArray ? arrays : 0);
            if (count == 0)
            {
                UnboundedAxis = axis;
                FramesPerUnboundedStep = stride / planesPerFrame;
                continue;
            }

            if (stride > long.MaxValue / count)
                throw new ArgumentException("more frames than 2^63 - 1");
            stride *= count;
            if (axis == RoutedDimension.SelectsArray)
                arrays *= count;
        }

        ArrayCount = arrays <= int.MaxValue ? (int)arrays : throw new ArgumentException($"{arrays} arrays are too many");
        var axes = _digits.Where(d => d.StorageAxis >= 0).Select(d => d.StorageAxis).Order().ToImmutableArray();
        if (!axes.SequenceEqual(Enumerable.Range(0, axes.Length)))
            throw new ArgumentException($"storage axes must be 0 to {axes.Length - 1}, each once");
        FrameAxes = axes.Length;
        TotalFrames = UnboundedAxis >= 0 ? null : stride / planesPerFrame;
        _lastFrame = TotalFrames is { } total ? total - 1 : (long.MaxValue - (planesPerFrame - 1)) / planesPerFrame;
    }

    /// <summary>All dimensions but y and x, slowest first.</summary>
    public ImmutableArray<RoutedDimension> AcquisitionOrder { get; }

    /// <summary>Planes that come in one frame.</summary>
    public int PlanesPerFrame { get; }

    /// <summary>Frames of the whole acquisition, or null when its first dimension is unbounded.</summary>
    public long? TotalFrames { get; }

    /// <summary>Number of arrays that frames go to, at least 1.</summary>
    public int ArrayCount { get; }

    /// <summary>Axes of each array before y and x.</summary>
    public int FrameAxes { get; }

    /// <summary>The storage axis that grows, or -1.</summary>
    public int UnboundedAxis { get; }

    /// <summary>Frames of all arrays in one step of the unbounded axis; 0 when there is none.</summary>
    public long FramesPerUnboundedStep { get; }

    /// <summary>Finds where a frame, or the first of its planes, is stored; see the other overload.</summary>
    public int Locate(long frame, Span<long> storageIndex) => Locate(frame, 0, storageIndex);

    /// <summary>Finds where a plane of a frame is stored.</summary>
    /// <param name="frame">Its number in acquisition order, from 0.</param>
    /// <param name="plane">From 0, less than <see cref="PlanesPerFrame"/>.</param>
    /// <param name="storageIndex">Receives <see cref="FrameAxes"/> indices in storage order; may be longer.</param>
    /// <returns>The index of its array.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame, or the span is too short.</exception>
    public int Locate(long frame, int plane, Span<long> storageIndex)
    {
        if (frame < 0 || frame > _lastFrame)
            throw new ArgumentOutOfRangeException(nameof(frame), frame, $"frames are 0 to {_lastFrame}");
        if (storageIndex.Length < FrameAxes)
            throw new ArgumentOutOfRangeException(nameof(storageIndex), storageIndex.Length, $"needs {FrameAxes} places");
        ArgumentOutOfRangeException.ThrowIfNegative(plane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(plane, PlanesPerFrame);
        var rest = frame * PlanesPerFrame + plane;
        long array = 0;
        foreach (ref readonly var digit in _digits.AsSpan())
        {
            (var index, rest) = Math.DivRem(rest, digit.Stride);
            if (digit.StorageAxis >= 0)
                storageIndex[digit.StorageAxis] = index;
            else
                array += index * digit.ArrayStride;
        }

        return (int)array;
    }

    /// <summary>The number of the frame at a place: the inverse of <see cref="Locate(long, int, Span{long})"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The place is outside the arrays.</exception>
    /// <exception cref="OverflowException">The frame's number exceeds 2^63 - 1.</exception>
    public long FrameAt(int array, ReadOnlySpan<long> storageIndex)
    {
        if (array < 0 || array >= ArrayCount)
            throw new ArgumentOutOfRangeException(nameof(array), array, $"arrays are 0 to {ArrayCount - 1}");
        if (storageIndex.Length < FrameAxes)
            throw new ArgumentOutOfRangeException(nameof(storageIndex), storageIndex.Length, $"needs {FrameAxes} indices");
        long plane = 0;
        foreach (ref readonly var digit in _digits.AsSpan())
        {
            var index = digit.StorageAxis >= 0 ? storageIndex[digit.StorageAxis] : array / digit.ArrayStride % digit.Count;
            if (index < 0 || (digit.Count > 0 && index >= digit.Count))
                throw new ArgumentOutOfRangeException(nameof(storageIndex), index, $"axis {digit.StorageAxis} has {digit.Count}");
            plane = checked(plane + (index * digit.Stride));
        }

        return plane / PlanesPerFrame;
    }

    /// <summary>Dimensions that count frames: all but the frame's own, and but that of its planes.</summary>
    public int CountedDimensions => PlanesPerFrame == 1 ? _digits.Length : _digits.Length - 1;

    /// <summary>The number of the frame at an index of each of the <see cref="CountedDimensions"/>, slowest first.</summary>
    /// <param name="indices">As many.</param>
    /// <param name="frame">Receives the number.</param>
    /// <returns>-1, or the first dimension whose index is outside it.</returns>
    public int TryFrameOf(ReadOnlySpan<long> indices, out long frame)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(indices.Length, CountedDimensions);
        frame = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            var (step, count) = (_digits[i].Stride / PlanesPerFrame, _digits[i].Count);
            if (indices[i] < 0 || (count > 0 ? indices[i] >= count : indices[i] > _lastFrame / step - 1))
                return i;
            frame += indices[i] * step;
        }

        return -1;
    }

    /// <summary>
    /// How long the unbounded axis must be to hold every frame up to one: the extent that its frames reach in any array.
    /// </summary>
    /// <param name="framesSeen">The highest frame number seen plus 1; 0 for none.</param>
    /// <returns>The extent, or 0 when no axis is unbounded.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="framesSeen"/> is negative.</exception>
    public long UnboundedExtent(long framesSeen)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(framesSeen);
        return UnboundedAxis < 0 || framesSeen == 0 ? 0 : ((framesSeen - 1) / FramesPerUnboundedStep) + 1;
    }

    /// <summary>How long the slowest of the axes must be to hold every frame up to one.</summary>
    /// <param name="axis">The storage axis of the slowest dimension that has more than one index, bounded or not.</param>
    /// <param name="framesSeen">The highest frame number seen plus 1; 0 for none.</param>
    public long LengthAlong(int axis, long framesSeen) => framesSeen == 0 ? 0 : ((framesSeen - 1) / FramesPerStep(axis)) + 1;

    /// <summary>Frames of all arrays in one step of such an axis.</summary>
    public long FramesPerStep(int axis) => _digits.Single(digit => digit.StorageAxis == axis).Stride / PlanesPerFrame;

    /// <param name="Stride">Planes from one index to the next.</param>
    /// <param name="Count">Indices, 0 when unbounded.</param>
    /// <param name="StorageAxis">As in <see cref="RoutedDimension"/>.</param>
    /// <param name="ArrayStride">Arrays from one index to the next.</param>
    private readonly record struct Digit(long Stride, long Count, int StorageAxis, long ArrayStride);
}
