using OmeZarr.Acquisition;

namespace OmeZarr.Harness;

/// <summary>A chunk of an array: where its elements are, and which frames it is made of.</summary>
/// <param name="Coordinates">In the grid of chunks.</param>
/// <param name="Origin">Its first element along each axis.</param>
/// <param name="Size">Elements along each axis, as far as the array reaches.</param>
internal sealed record ChunkFrames(long[] Coordinates, long[] Origin, long[] Size)
{
    /// <summary>All chunks that an array of a shape has.</summary>
    public static IEnumerable<ChunkFrames> Of(ArrayPlan array, long[] shape)
    {
        var grid = shape.Select((length, axis) => (length + array.ChunkShape[axis] - 1) / array.ChunkShape[axis]).ToArray();
        var count = grid.Aggregate(1L, (a, b) => a * b);
        for (var number = 0L; number < count; number++)
        {
            var coordinates = IndexOf(number, grid);
            long[] origin = [.. coordinates.Select((at, axis) => at * array.ChunkShape[axis])];
            long[] size = [.. origin.Select((at, axis) => Math.Min(array.ChunkShape[axis], shape[axis] - at))];
            yield return new ChunkFrames(coordinates, origin, size);
        }
    }

    /// <summary>
    /// The numbers of the frames that a whole chunk is made of; along the unbounded axis also those that did not come yet.
    /// </summary>
    public IEnumerable<long> Numbers(CameraPlan plan, int image, LevelPlan level)
    {
        var axes = plan.Router.FrameAxes;
        var first = new long[axes];
        var counts = new long[axes];
        for (var axis = 0; axis < axes; axis++)
        {
            first[axis] = Origin[axis] * level.Factors[axis];
            var end = (Origin[axis] + level.Arrays[image].ChunkShape[axis]) * level.Factors[axis];
            counts[axis] =
                (axis == plan.Router.UnboundedAxis ? end : Math.Min(end, plan.Arrays[image].Shape[axis])) - first[axis];
        }

        var all = counts.Aggregate(1L, (a, b) => a * b);
        for (var number = 0L; number < all; number++)
        {
            var index = IndexOf(number, counts);
            for (var axis = 0; axis < axes; axis++)
                index[axis] += first[axis];
            yield return plan.Router.FrameAt(image, index);
        }
    }

    /// <summary>The elements of this chunk, cut out of the whole array.</summary>
    public byte[] CutFrom(byte[] pixels, long[] shape, int elementBytes)
    {
        var rows = Size[..^1].Aggregate(1L, (a, b) => a * b);
        var rowBytes = (int)Size[^1] * elementBytes;
        var cut = new byte[rows * rowBytes];
        for (var row = 0L; row < rows; row++)
        {
            var index = IndexOf(row, Size[..^1]);
            var linear = 0L;
            for (var axis = 0; axis < index.Length; axis++)
                linear = linear * shape[axis] + Origin[axis] + index[axis];
            linear = linear * shape[^1] + Origin[^1];
            pixels.AsSpan((int)(linear * elementBytes), rowBytes).CopyTo(cut.AsSpan((int)(row * rowBytes)));
        }

        return cut;
    }

    public override string ToString() => $"chunk {string.Join('/', Coordinates)}";

    private static long[] IndexOf(long number, long[] shape)
    {
        var index = new long[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
            (number, index[axis]) = Math.DivRem(number, shape[axis]);
        return index;
    }
}
