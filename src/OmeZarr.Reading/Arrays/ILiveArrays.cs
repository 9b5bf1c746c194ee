namespace OmeZarr.Reading.Arrays;

/// <summary>
/// What a writer in this process has not stored yet, seen from a reader: planes that are in its memory, and arrays that are
/// longer than their metadata say. Any thread.
/// </summary>
public interface ILiveArrays
{
    /// <summary>The shape of an array with all that has been taken in so far, or the given one.</summary>
    /// <param name="path">The array's.</param>
    /// <param name="stored">As the metadata say.</param>
    long[] ShapeOf(string path, ReadOnlySpan<long> stored);

    /// <summary>Copies a part of a plane; false when it is not, or no longer, in the writer's memory.</summary>
    /// <param name="path">The array's.</param>
    /// <param name="index">The plane's indices along all axes but the last two.</param>
    /// <param name="region">What of the array is wanted; of the plane, its last two axes.</param>
    /// <param name="to">Where the plane's first element goes.</param>
    /// <param name="rowStride">Bytes from one row to the next there.</param>
    /// <param name="columnStride">Bytes from one column to the next there.</param>
    bool TryCopy(string path, long[] index, Region region, nint to, long rowStride, long columnStride);

    /// <summary>Makes readers of the store find whatever is complete; false when the time-out passed first.</summary>
    bool Publish(int timeoutMs);
}
