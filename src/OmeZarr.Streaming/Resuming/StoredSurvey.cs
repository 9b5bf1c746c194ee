using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Memory;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Resuming;

/// <summary>
/// Finds the frames that a killed writer has stored beyond what its last document tells: nobody can give them again. A frame is
/// stored when all of its chunks of full resolution are.
/// </summary>
internal sealed unsafe class StoredSurvey(CameraPlan plan, StoredFrames frames, StoredProgress known)
{
    private readonly Dictionary<(int, string), bool> _areThere = [];
    private readonly ArrayFrames?[] _arrays = new ArrayFrames?[plan.Images.Length];
    private readonly long[] _chunk = new long[plan.Router.FrameAxes];

    /// <summary>What is known with these frames, too.</summary>
    /// <exception cref="Storage.StoreException">An index is damaged, or the store failed.</exception>
    public StoredProgress Look()
    {
        var next = known.NextFrame;
        List<FrameRun> missing = [];
        for (var frame = next; frame < End(next); frame++)
        {
            if (!IsStored(frame))
                continue;
            if (frame > next)
                missing.Add(new FrameRun(next, frame - next));
            next = frame + 1;
        }

        return next == known.NextFrame ? known : known.Until(next, missing);
    }

    // Of a growing axis, two shards without anything are enough: chunks are stored nearly in the order of their frames.
    private long End(long next)
    {
        if (plan.Router.TotalFrames is { } frames)
            return frames;
        var array = plan.Arrays[0];
        var axis = plan.Router.UnboundedAxis;
        var unit = checked((long)array.ChunkShape[axis] * (array.IsSharded ? array.ShardShapeInChunks[axis] : 1));
        var row = next / plan.Router.FramesPerUnboundedStep / unit;
        return checked((row + 3) * unit * plan.Router.FramesPerUnboundedStep);
    }

    private bool IsStored(long frame)
    {
        for (var plane = 0; plane < plan.Router.PlanesPerFrame; plane++)
        {
            if (!IsStored(frame, plane))
                return false;
        }

        return true;
    }

    private bool IsStored(long frame, int plane)
    {
        var image = plan.Router.Locate(frame, plane, _chunk);
        for (var axis = 0; axis < _chunk.Length; axis++)
            _chunk[axis] /= plan.Arrays[0].ChunkShape[axis];
        var key = (image, string.Join(',', _chunk));
        if (!_areThere.TryGetValue(key, out var isThere))
            _areThere[key] = isThere = frames.Find(frame, plane, _chunk).AreThere;
        return isThere && (!MayBeOld(image) || HasPixels(frame, plane));
    }

    // A chunk that was incomplete when the killed session began may be as it was: then what came since reads as 0.
    private bool MayBeOld(int image)
    {
        if (known.ResumedAt is not { } began)
            return false;
        var array = _arrays[image] ??= new ArrayFrames(plan.Router, plan.Levels[0], plan.Arrays[image], image);
        return array.First(_chunk) < began && array.Last(_chunk) >= began;
    }

    private bool HasPixels(long frame, int plane)
    {
        using var pixels = new NativeBuffer(frames.PlaneBytes);
        frames.Read(frame, plane, pixels.Pointer);
        // Some of its chunks may have been replaced, and others not.
        return frames.IsSeenInEveryChunk(pixels.Pointer);
    }
}
