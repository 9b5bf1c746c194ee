using OmeZarr.Acquisition;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Harness;

/// <summary>
/// What the arrays of a camera must hold when a set of its frames is stored, computed without any code of the data plane.
/// </summary>
/// <param name="plan">The camera.</param>
/// <param name="stored">Its frames that are stored.</param>
/// <param name="framesSeen">The highest number of a frame that came or was skipped, plus 1.</param>
internal sealed class ExpectedImages(CameraPlan plan, IReadOnlyList<GivenFrame> stored, long framesSeen)
{
    private readonly Dictionary<(int Image, int Level, long Length), byte[]> _levels = [];

    /// <summary>A level of an image.</summary>
    /// <param name="image">As the router counts them.</param>
    /// <param name="level">Number of the level.</param>
    /// <param name="length">Along the axis of that level that grows, or is cut back at the end; otherwise without
    /// meaning.</param>
    public byte[] Level(int image, int level, long length)
    {
        if (_levels.TryGetValue((image, level, length), out var known))
            return known;
        var isCut = plan.CutAxis >= 0 && length < plan.Levels[level].Arrays[image].Shape[plan.CutAxis];
        var (pixels, shape) = Full(image, length * FactorOf(level), plan.Router.UnboundedAxis >= 0 || isCut);
        foreach (var smaller in plan.Levels.Take(level + 1).Skip(1))
            (pixels, shape) = NaiveLevel.Of(plan.DataType, plan.Settings.Pyramid.Method, pixels, shape, smaller.Step);
        _levels.Add((image, level, length), pixels);
        return pixels;
    }

    private int FactorOf(int level) => plan.EndingAxis < 0 ? 1 : plan.Levels[level].Factors[plan.EndingAxis];

    private (byte[] Pixels, long[] Shape) Full(int image, long longest, bool hasEnd)
    {
        var axis = hasEnd ? plan.EndingAxis : -1;
        long[] shape = [.. plan.Arrays[image].Shape];
        if (axis >= 0)
            shape[axis] = Math.Min(longest, Math.Max(1, plan.Router.LengthAlong(axis, framesSeen)));
        var planeBytes = (int)(plan.FrameHeight * plan.FrameWidth * plan.DataType.Size());
        var pixels = new byte[shape.Aggregate(1L, (a, b) => a * b) * plan.DataType.Size()];
        var index = new long[plan.Router.FrameAxes];
        foreach (var frame in stored)
        {
            for (var plane = 0; plane < frame.Planes.Length; plane++)
            {
                if (plan.Router.Locate(frame.Number, plane, index) != image || (axis >= 0 && index[axis] >= shape[axis]))
                    continue;
                var linear = 0L;
                for (var i = 0; i < index.Length; i++)
                    linear = linear * shape[i] + index[i];
                frame.Planes[plane].CopyTo(pixels, linear * planeBytes);
            }
        }

        return (pixels, shape);
    }
}
