using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Resuming;

/// <summary>
/// Finds the frames that come once more, from the store, when an acquisition goes on: those of every shard (or chunk, where there
/// are no shards) that will have frames still to come, at any level. A shard is written whole, so that if one of its frames comes
/// once more, all of them do, and those of the shards of other levels that these frames are part of.
/// </summary>
internal sealed class ReplaySet
{
    private readonly CameraPlan _camera;
    private readonly long _next;
    private readonly long _wholeBefore;
    private readonly long _from;
    private readonly bool[] _replayed;
    private readonly long[] _index;

    private ReplaySet(CameraPlan camera, StoredProgress progress)
    {
        _camera = camera;
        _next = progress.NextFrame;
        _wholeBefore = progress.WholeBefore;
        _from = Start(camera, _wholeBefore);
        _replayed = new bool[checked((int)(_next - _from))];
        _index = new long[camera.Router.FrameAxes];
    }

    /// <summary>Of a camera that had come so far.</summary>
    public static ResumedFrames Of(CameraPlan camera, StoredProgress progress)
    {
        var set = new ReplaySet(camera, progress);
        while (camera.Levels.Aggregate(false, (grown, level) => grown | set.Grow(level)))
        {
        }

        var first = Array.IndexOf(set._replayed, true);
        return first < 0
            ? new ResumedFrames(progress, progress.NextFrame, [])
            : new ResumedFrames(progress, set._from + first, set._replayed[first..]);
    }

    /// <summary>
    /// A frame before which all is whole: the first of a step along the slowest dimension at which a shard of every level begins.
    /// </summary>
    private static long Start(CameraPlan camera, long next)
    {
        var order = camera.Router.AcquisitionOrder;
        var slowest = order.Select((dimension, i) => (dimension, i)).FirstOrDefault(at => at.dimension.Count != 1, (default, -1));
        if (slowest.i < 0 || (slowest.i == order.Length - 1 && camera.Router.PlanesPerFrame > 1))
            return 0;
        var framesPerStep = order.Skip(slowest.i + 1).Aggregate(1L, (frames, dimension) => frames * dimension.Count)
            / camera.Router.PlanesPerFrame;
        var step = next / framesPerStep;
        if (slowest.dimension.StorageAxis == RoutedDimension.SelectsArray)
            return step * framesPerStep;
        for (var before = -1L; before != step;)
        {
            before = step;
            foreach (var level in camera.Levels)
                step -= step % UnitAlong(level, slowest.dimension.StorageAxis);
        }

        return step * framesPerStep;
    }

    private static long UnitAlong(LevelPlan level, int axis) => checked((long)level.Arrays[0].ChunkShape[axis]
        * level.Factors[axis] * (level.Arrays[0].IsSharded ? level.Arrays[0].ShardShapeInChunks[axis] : 1));

    // Adds every frame of a shard that is not whole, or of which a frame comes once more. Returns whether any was added.
    private bool Grow(LevelPlan level)
    {
        var isOpen = new Dictionary<(int, UnitKey), bool>();
        // Of frames behind, the other levels may lack some.
        var next = level.Number == 0 ? _next : _wholeBefore;
        ForEachPlane(level, (frame, key, frames, unit) =>
        {
            if (!isOpen.TryGetValue(key, out var open))
                open = (frames.Array.IsSharded ? frames.LastOfShardRow(unit) : frames.Last(unit)) >= next;
            isOpen[key] = open || _replayed[frame - _from];
        });
        var grown = false;
        ForEachPlane(level, (frame, key, _, _) =>
        {
            grown |= isOpen[key] && !_replayed[frame - _from];
            _replayed[frame - _from] |= isOpen[key];
        });
        return grown;
    }

    private void ForEachPlane(LevelPlan level, Action<long, (int, UnitKey), ArrayFrames, long[]> plane)
    {
        var arrays = new ArrayFrames?[level.Arrays.Length];
        for (var frame = _from; frame < _next; frame++)
        {
            for (var number = 0; number < _camera.Router.PlanesPerFrame; number++)
            {
                var image = _camera.Router.Locate(frame, number, _index);
                var frames = arrays[image] ??= new ArrayFrames(_camera.Router, level, _camera.Arrays[image], image);
                var unit = new long[_index.Length];
                frames.UnitOf(_index, unit);
                plane(frame, (image, new UnitKey(unit)), frames, unit);
            }
        }
    }

    /// <summary>The coordinates of a shard row or chunk row, compared by value.</summary>
    private readonly struct UnitKey(long[] at) : IEquatable<UnitKey>
    {
        private readonly long[] _at = at;

        public bool Equals(UnitKey other) => _at.AsSpan().SequenceEqual(other._at);

        public override bool Equals(object? obj) => obj is UnitKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var coordinate in _at)
                hash.Add(coordinate);
            return hash.ToHashCode();
        }
    }
}
