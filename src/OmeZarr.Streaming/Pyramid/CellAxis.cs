using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>How planes of one level become fewer planes of the next along one frame axis.</summary>
internal readonly struct CellAxis
{
    /// <summary>Planes that become one.</summary>
    public required int Step { get; init; }

    /// <summary>Planes of the level before; 0 when the axis is unbounded.</summary>
    public required long Length { get; init; }

    /// <summary>Weight of the index in a plane's number.</summary>
    public long Stride { get; private init; }

    /// <summary>The frame axes of a level. The unbounded one weighs most, so that it has room to grow.</summary>
    public static CellAxis[] Of(LevelPlan before, LevelPlan level)
    {
        var array = level.Arrays[0];
        var axes = new CellAxis[array.FrameAxes];
        long stride = 1;
        for (var axis = axes.Length - 1; axis >= 0; axis--)
        {
            if (axis == array.UnboundedAxis)
                continue;
            axes[axis] = Along(axis, stride);
            stride = checked(stride * array.Shape[axis]);
        }

        if (array.UnboundedAxis >= 0)
            axes[array.UnboundedAxis] = Along(array.UnboundedAxis, stride);
        return axes;

        CellAxis Along(int axis, long weight) => new()
        {
            Step = level.Step[axis],
            Length = axis == array.UnboundedAxis ? 0 : before.Arrays[0].Shape[axis],
            Stride = weight,
        };
    }

    /// <summary>Planes that become one with this index: fewer at the axis's end.</summary>
    public int SourcesOf(long index) => Length == 0 ? Step : (int)Math.Min(Step, Length - index * Step);
}
