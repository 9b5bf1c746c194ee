using OmeZarr.Acquisition;
using OmeZarr.Concurrency;
using OmeZarr.Memory;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// Memory for the planes of one level on their way from their source frames to their chunks. A fixed number of slots, which the
/// distributor takes and any worker releases.
/// </summary>
/// <param name="level">The level.</param>
/// <param name="slots">The most planes at once.</param>
internal sealed unsafe class LevelPlanes(LevelPlan level, int slots) : IFrameSlots, IDisposable
{
    private const int None = -1;

    private readonly NativeBuffer _memory = new(checked(slots * BytesOf(level)));
    private readonly SlotStack _free = new(slots);
    private readonly FixedTable<int> _references = new(slots);
    private readonly long _planeBytes = BytesOf(level);
    private readonly long _rowBytes = RowBytesOf(level);
    private int _reserved = None;

    /// <summary>Bytes of a slot.</summary>
    public static long BytesOf(LevelPlan level) => checked(RowBytesOf(level) * level.Height);

    /// <summary>Reserves a slot for the next <see cref="Take"/>; false when none is free. The distributor only.</summary>
    public bool TryReserve()
    {
        if (_reserved == None && _free.TryPop(out var slot))
            _reserved = slot;
        return _reserved != None;
    }

    /// <summary>Takes the reserved slot; the distributor only.</summary>
    /// <param name="references">How many times it will be released.</param>
    public int Take(int references)
    {
        var slot = _reserved;
        _reserved = None;
        Volatile.Write(ref _references[slot], references);
        return slot;
    }

    // SAFETY: a slot lies within the memory, which lives as long as the pipeline.
    public FramePixels Pixels(int slot) => new((nint)(_memory.Pointer + slot * _planeBytes), _rowBytes);

    public void Release(int slot)
    {
        if (InvariantException.IsLast(Interlocked.Decrement(ref _references[slot]), "references to a level's plane"))
            _free.Push(slot);
    }

    /// <summary>Has the system map the next few pages, as the ring does; returns false when all are mapped.</summary>
    public bool Prefault() => _memory.Prefault();

    /// <summary>Only once no thread uses the planes any more.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _free.Dispose();
        _references.Dispose();
    }

    private static long RowBytesOf(LevelPlan level) => checked(level.Width * level.Arrays[0].DataType.Size());
}
