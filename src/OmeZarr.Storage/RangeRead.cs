namespace OmeZarr.Storage;

/// <summary>A part of an object to be read, as long as the memory that it goes to.</summary>
/// <remarks>A view: whoever makes it keeps the memory alive, writable and to itself while a store has it.</remarks>
public readonly record struct RangeRead
{
    private RangeRead(long offset, bool isFromEnd, MemoryRange into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(into.Bytes);
        (Offset, IsFromEnd, Into) = (offset, isFromEnd, into);
    }

    /// <summary>In bytes from the object's start; 0 when the part lies at its end.</summary>
    public long Offset { get; }

    /// <summary>Whether the part is the last one of the object.</summary>
    public bool IsFromEnd { get; }

    /// <summary>Where the bytes go.</summary>
    public MemoryRange Into { get; }

    /// <summary>From an offset on.</summary>
    public static RangeRead At(long offset, MemoryRange into) => new(offset, isFromEnd: false, into);

    /// <summary>The last bytes of the object, such as the index of a shard; all of them when it is smaller.</summary>
    public static RangeRead AtEnd(MemoryRange into) => new(0, isFromEnd: true, into);

    /// <summary>
    /// What of it lies in an object of a size: where it begins, and how many bytes go to the start of the memory.
    /// </summary>
    public (long Offset, nint Bytes) Within(long objectBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(objectBytes);
        // No overflow: nothing is added, and neither side is negative.
        var offset = IsFromEnd ? Math.Max(0, objectBytes - Into.Bytes) : Math.Min(Offset, objectBytes);
        return (offset, (nint)Math.Min(Into.Bytes, objectBytes - offset));
    }
}
