using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Simulation.Workload;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Simulation.Oracles;

/// <summary>Checks what a reader sees of the frames, at any instant.</summary>
internal sealed class PixelOracle(CameraPlan camera, FrameBook book)
{
    private readonly FramePattern _pattern = new(camera);

    /// <summary>Checks all frames.</summary>
    /// <param name="get">Returns the objects of that instant.</param>
    /// <param name="stage">What has been promised.</param>
    public void CheckFrames(Func<string, byte[]?> get, Stage stage)
    {
        foreach (var level in camera.Levels)
        {
            for (var image = 0; image < level.Arrays.Length; image++)
                Check(get, stage, level, image);
        }
    }

    private void Check(Func<string, byte[]?> get, Stage stage, LevelPlan level, int image)
    {
        var path = level.Arrays[image].Path;
        using var reader = ArrayReader.Open(get, path);
        var pixels = reader.ReadAll();
        var router = camera.Router;
        long[] shape = [.. reader.Shape];
        var end = EndOf(stage, path, level, image, shape);
        var index = new long[router.FrameAxes];
        var planeBytes = (int)(shape[^1] * shape[^2] * reader.Metadata.DataType.Size());
        for (long frame = 0; frame < end; frame++)
        {
            for (var plane = 0; plane < router.PlanesPerFrame; plane++)
            {
                if (router.Locate(frame, plane, index) != image)
                    continue;
                long at = 0;
                for (var axis = 0; axis < index.Length; axis++)
                    at = at * shape[axis] + index[axis] / level.Factors[axis];
                var seen = Seen(pixels.AsSpan((int)(at * planeBytes), planeBytes), level, _pattern.NumberOf(frame), plane, shape,
                    reader.Metadata.DataType.Size());
                Judge(stage, path, level, frame, seen);
            }
        }

        for (var frame = 0; frame < book.Frames; frame++)
        {
            if (level.Number == 0 && frame >= end && (book.MustBeThere(frame) || (stage.IsComplete && book[frame] == Fate.Taken))
                && router.Locate(frame, 0, index) == image)
                throw Broken(Rules.Pixels, $"{path} ends before frame {frame}, which was promised to be there");
        }
    }

    // The frames that a level has room for: all that were declared, or as far as the axis goes that grows, or was cut back.
    private long EndOf(Stage stage, string path, LevelPlan level, int image, long[] shape)
    {
        var router = camera.Router;
        var axis = camera.EndingAxis;
        if (axis < 0)
            return router.TotalFrames!.Value;
        var steps = shape[axis];
        // What ended without a frame has one element all the same, which is missing.
        var came = Math.Max(router.LengthAlong(axis, book.End), stage.IsEnding ? 1 : 0);
        var declared = level.Arrays[image].Shape[axis];
        if (router.UnboundedAxis >= 0 && steps > level.LengthAlong(axis, came))
            throw Broken(Rules.Shape, $"{path} has {steps} along its growing axis, and frames came for {came}");
        if (router.UnboundedAxis < 0 && steps != declared && !(stage.IsEnding && steps <= level.LengthAlong(axis, came)))
            throw Broken(Rules.Shape, $"{path} has {steps} of {declared}, and frames came for {came}");
        var taken = router.LengthAlong(axis, Array.LastIndexOf(book.Copy(), Fate.Taken) + 1);
        if (stage.IsComplete && router.UnboundedAxis < 0 && steps < level.LengthAlong(axis, taken))
            throw Broken(Rules.Shape, $"{path} is cut back to {steps}, and {taken} were taken");
        // For an incomplete block, as far as frames came.
        if (level.Number > 0)
            steps = Math.Min(checked(steps * level.Factors[axis]), steps == declared && !stage.IsComplete
                ? long.MaxValue : came);
        return Math.Min(checked(steps * router.FramesPerStep(axis)), router.TotalFrames ?? long.MaxValue);
    }

    private void Judge(Stage stage, string path, LevelPlan level, long frame, Sight seen)
    {
        var fate = book[frame];
        var isAlone = level.Factors.AsSpan(0, camera.Router.FrameAxes).IndexOfAnyExcept(1) < 0;
        // Where several frames are combined into one plane, missing frames count as zeros, and the method determines the result.
        if (!isAlone && seen != Sight.Torn && !IsBlockTaken(level, frame))
            return;
        if (seen == Sight.Torn)
            throw Broken(Rules.Pixels, $"frame {frame} ({fate}) in {path} has wrong pixels");
        if (seen != Sight.Blank && fate is (Fate.Absent or Fate.NotOffered))
            throw Broken(Rules.Pixels, $"frame {frame} ({fate}) in {path} has pixels");
        if (seen == Sight.Right || fate != Fate.Taken)
            return;
        if (stage.IsComplete || (level.Number == 0 && book.MustBeThere(frame)))
            throw Broken(Rules.Pixels, $"frame {frame} in {path} is {seen}, and was promised to be there");
        // Where an image grows, everything within its shape must be there, unless frames were given up.
        if (camera.Router.UnboundedAxis >= 0 && !stage.MayLackFrames)
            throw Broken(Rules.Shape, $"frame {frame} in {path} is {seen}, and the shape reaches beyond it");
    }

    // Whether all frames of the block that a frame belongs to were taken.
    private bool IsBlockTaken(LevelPlan level, long frame)
    {
        var axes = camera.Router.FrameAxes;
        var block = new long[axes];
        var image = camera.Router.Locate(frame, block);
        for (var axis = 0; axis < axes; axis++)
            block[axis] /= level.Factors[axis];
        var index = new long[axes];
        for (long other = 0; other < (camera.Router.TotalFrames
            ?? camera.Router.UnboundedExtent(book.End) * camera.Router.FramesPerUnboundedStep); other++)
        {
            var isSame = camera.Router.Locate(other, index) == image;
            for (var axis = 0; axis < axes; axis++)
                isSame &= index[axis] / level.Factors[axis] == block[axis];
            if (isSame && book[other] != Fate.Taken)
                return false;
        }

        return true;
    }

    /// <summary>After a failure, too, an image ends where something is, at every level.</summary>
    public void CheckFailedShapes(Func<string, byte[]?> get, Stage stage)
    {
        var axis = camera.Router.UnboundedAxis;
        if (axis < 0 || !stage.MayLackFrames)
            return;
        foreach (var level in camera.Levels)
        {
            for (var image = 0; image < level.Arrays.Length; image++)
                CheckFailedShape(get, level, image, axis);
        }
    }

    private void CheckFailedShape(Func<string, byte[]?> get, LevelPlan level, int image, int axis)
    {
        using var reader = ArrayReader.Open(get, level.Arrays[image].Path);
        var length = reader.Shape[axis];
        if (length == 0)
            return;
        var chunk = level.Arrays[image].ChunkShape[axis];
        var origin = new long[reader.Shape.Length];
        origin[axis] = (length - 1) / chunk * chunk;
        long[] size = [.. reader.Shape];
        size[axis] -= origin[axis];
        var pixels = new byte[size.Aggregate(1L, (a, b) => a * b) * reader.Metadata.DataType.Size()];
        reader.Read(origin, size, pixels);
        if (!pixels.AsSpan().ContainsAnyExcept((byte)0) && HasFrames(level, image, axis, origin[axis], length))
            throw Broken(Rules.FailedShape,
                $"{level.Arrays[image].Path} is {length} long after a failure, and nothing is there from {origin[axis]} on");
    }

    private bool HasFrames(LevelPlan level, int image, int axis, long first, long end)
    {
        var index = new long[camera.Router.FrameAxes];
        for (var frame = 0; frame < book.Frames; frame++)
        {
            if (book[frame] is Fate.Taken && camera.Router.Locate(frame, index) == image
                && index[axis] / level.Factors[axis] >= first && index[axis] / level.Factors[axis] < end
                    && IsBlockTaken(level, frame))
                return true;
        }

        return false;
    }

    private static Sight Seen(ReadOnlySpan<byte> plane, LevelPlan level, long pattern, int number, long[] shape, int bytes)
    {
        var at = 0;
        var (any, all) = (false, true);
        for (long y = 0; y < shape[^2]; y++)
        {
            for (long x = 0; x < shape[^1]; x++)
            {
                for (var i = 0; i < bytes; i++)
                {
                    var seen = plane[at++];
                    if (seen != 0 && seen != FramePattern.Value(pattern, number, y * level.Factors[^2], x * level.Factors[^1]))
                        return Sight.Torn;
                    any |= seen != 0;
                    all &= seen != 0;
                }
            }
        }

        return all ? Sight.Right : any ? Sight.Partly : Sight.Blank;
    }

    private static ViolationException Broken(string rule, string message) => new(new Violation(rule, message));

    private enum Sight
    {
        Blank,

        /// <summary>Some of its chunks are there.</summary>
        Partly,
        Right,
        Torn,
    }
}

/// <summary>How far a run has come, which determines what may be expected of the store.</summary>
/// <param name="IsComplete">It was finalized without a failure: everything is there.</param>
/// <param name="MayLackFrames">Something has failed or was given up.</param>
/// <param name="IsEnding">No frame comes any more: shapes may be exact.</param>
internal readonly record struct Stage(bool IsComplete, bool MayLackFrames, bool IsEnding);
