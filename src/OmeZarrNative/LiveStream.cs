using OmeZarr.Reading.Arrays;
using OmeZarr.Streaming;

namespace OmeZarrNative;

/// <summary>A running stream as a reader sees it.</summary>
internal sealed class LiveStream(AcquisitionSession session) : ILiveArrays
{
    public long[] ShapeOf(string path, ReadOnlySpan<long> stored)
    {
        var shape = stored.ToArray();
        if (session.Live.LengthOf(path) is var (axis, length))
            shape[axis] = Math.Max(shape[axis], length);
        return shape;
    }

    public bool TryCopy(string path, long[] index, Region region, nint to, long rowStride, long columnStride)
    {
        var (y, x) = (region.Count.Length - 2, region.Count.Length - 1);
        return session.Live.TryCopy(path, index, new PlaneWindow(
            region.Start[y], region.Count[y], region.Step[y], region.Start[x], region.Count[x], region.Step[x], to, rowStride,
            columnStride));
    }

    public bool Publish(int timeoutMs) => session.Flush(timeoutMs);
}
