using OmeZarr.Acquisition;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>The calls that name a frame by its index along each dimension instead of its number.</summary>
internal static unsafe class CoordinateCalls
{
    public static int Index(ulong stream, long* coordinates, int count, long* index)
    {
        var plan = StreamCalls.Find(stream).Pipeline.Plan;
        if (index == null)
            AbiException.Throw(Status.InvalidArgument, $"out_index is null");
        *index = FrameOf(plan, coordinates, count);
        return Status.Ok;
    }

    public static int Append(ulong stream, long* coordinates, int count, byte* pixels, ulong bytes)
    {
        var plan = StreamCalls.Find(stream).Pipeline.Plan;
        return StreamCalls.AppendNumbered(stream, FrameOf(plan, coordinates, count), pixels, bytes);
    }

    private static long FrameOf(CameraPlan plan, long* coordinates, int count)
    {
        var router = plan.Router;
        if (coordinates == null && router.CountedDimensions > 0)
            AbiException.Throw(Status.InvalidArgument, $"coordinates is null");
        if (count != router.CountedDimensions)
            AbiException.Throw(Status.InvalidArgument,
                $"count is {count}, but {router.CountedDimensions} dimensions count frames: {Names(plan)}");
        // SAFETY: the caller vouches for count numbers.
        var given = new ReadOnlySpan<long>(coordinates, count);
        var wrong = router.TryFrameOf(given, out var frame);
        if (wrong < 0)
            return frame;
        var dimension = plan.Settings.Dimensions[wrong];
        AbiException.Throw(Status.FrameIndex,
            $"coordinates[{wrong}] is {given[wrong]}, outside the dimension {dimension.Name}, which has "
                + $"{dimension.Count ?? long.MaxValue} indices from 0");
        return frame;
    }

    private static string Names(CameraPlan plan) =>
        string.Join(", ", plan.Settings.Dimensions.Take(plan.Router.CountedDimensions).Select(dimension => dimension.Name));
}
