using OmeZarr.Concurrency;

namespace OmeZarr.Reading.Arrays;

/// <summary>
/// Reads a region of an array that is being written in this process, plane by plane: from the writer's memory, or else from the
/// store. What is in neither may be on its way from one to the other: then the writer publishes, and it is looked for once more.
/// </summary>
/// <param name="live">The writer.</param>
/// <param name="path">The array's.</param>
/// <param name="read">Reads a region of the store into a place.</param>
/// <param name="forget">Forgets what is known of the store.</param>
internal sealed unsafe class LiveReading(
    ILiveArrays live, string path, Func<Region, nint, int, ReadReport> read, Action forget)
{
    private const int PlaneAxes = 2;

    internal ReadReport Read(Region region, Destination destination, int timeoutMs)
    {
        var deadline = Deadline.After(timeoutMs);
        var stored = new List<(Region Plane, long[] Index, nint To)>();
        foreach (var plane in Planes(region, destination))
        {
            if (!TryCopy(plane, destination))
                stored.Add(plane);
        }

        var report = ReadReport.None;
        var missing = new List<(Region Plane, long[] Index, nint To)>();
        foreach (var plane in stored)
        {
            var found = read(plane.Plane, plane.To, deadline.RemainingMs);
            if (found.MissingChunks > 0)
                missing.Add(plane);
            else
                report = Sum(report, found);
        }

        if (missing.Count == 0)
            return report;
        if (!live.Publish(deadline.RemainingMs))
        {
            throw new ReadingException(
                ReadingErrorKind.GivenUp, $"What \"{path}\" has last was not stored within {timeoutMs} ms.");
        }

        forget();
        foreach (var plane in missing)
        {
            if (!TryCopy(plane, destination))
                report = Sum(report, read(plane.Plane, plane.To, deadline.RemainingMs));
        }

        return report;
    }

    private bool TryCopy((Region Plane, long[] Index, nint To) plane, Destination destination) =>
        live.TryCopy(path, plane.Index, plane.Plane, plane.To, destination.Strides[^PlaneAxes], destination.Strides[^1]);

    private static IEnumerable<(Region, long[], nint)> Planes(Region region, Destination destination)
    {
        var frameAxes = region.Count.Length - PlaneAxes;
        if (region.Elements == 0)
            yield break;
        var at = new long[frameAxes];
        for (var axis = frameAxes; axis >= 0;)
        {
            var to = First(destination);
            var index = new long[frameAxes];
            for (var i = 0; i < frameAxes; i++)
            {
                index[i] = region.Start[i] + at[i] * region.Step[i];
                to += (nint)(at[i] * destination.Strides[i]);
            }

            yield return (region.Plane(index), index, to);
            for (axis = frameAxes - 1; axis >= 0 && ++at[axis] == region.Count[axis]; axis--)
                at[axis] = 0;
            if (axis < 0)
                yield break;
        }
    }

    private static nint First(Destination destination) => (nint)destination.First;

    private static ReadReport Sum(ReadReport one, ReadReport other) => new(
        one.Chunks + other.Chunks, one.MissingChunks + other.MissingChunks,
        other.Missing.IsEmpty ? one.Missing : [.. one.Missing, .. other.Missing], one.StoredBytes + other.StoredBytes);
}
