using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// Memory for the planes of one level on their way from the frames they are made of to the chunks that they fill. A fixed
/// number of places, given out by the distributor and let go of by any worker.
/// </summary>
/// <param name="level">Whose planes.</param>
/// <param name="places">The most planes at once.</param>
internal sealed unsafe class LevelPlanes(LevelPlan level, int places) : IPlaces, IDisposable
{
    private const int None = -1;

    private readonly NativeBuffer _memory = new(checked(places * BytesOf(level)));
    private readonly SlotStack _free = new(places);
    private readonly FixedTable<int> _holds = new(places);
    private readonly long _planeBytes = BytesOf(level);
    private readonly long _rowBytes = RowBytesOf(level);
    private int _reserved = None;

    /// <summary>Bytes of a place.</summary>
    public static long BytesOf(LevelPlan level) => checked(RowBytesOf(level) * level.Height);

    /// <summary>Whether a place can be taken, which it then can; the distributor only.</summary>
    public bool HasRoom()
    {
        if (_reserved == None && _free.TryPop(out var place))
            _reserved = place;
        return _reserved != None;
    }

    /// <summary>Takes the place that there is room for; the distributor only.</summary>
    /// <param name="holders">How many will let go of it.</param>
    public int Take(int holders)
    {
        var place = _reserved;
        _reserved = None;
        Volatile.Write(ref _holds[place], holders);
        return place;
    }

    // SAFETY: a place lies within the memory, which lives as long as the lane.
    public FramePixels Pixels(int place) => new((nint)(_memory.Pointer + place * _planeBytes), _rowBytes);

    public void LetGo(int place)
    {
        if (InvariantException.IsLast(Interlocked.Decrement(ref _holds[place]), "holders of a level's plane"))
            _free.Push(place);
    }

    /// <summary>Has the system give the next few pages, as the ring does; returns false when all are there.</summary>
    public bool TouchAhead() => _memory.TouchAhead();

    /// <summary>Only once no thread uses the planes any more.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _free.Dispose();
        _holds.Dispose();
    }

    private static long RowBytesOf(LevelPlan level) => checked(level.Width * level.Arrays[0].DataType.Size());
}
