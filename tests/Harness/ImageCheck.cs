using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Harness;

/// <summary>The images of one camera, every level, chunk by chunk.</summary>
internal sealed class ImageCheck
{
    /// <summary>With more frames under way than that, only all and none of them are tried.</summary>
    private const int MostOpenFrames = 4;

    private readonly CameraPlan _plan;
    private readonly IReadOnlyDictionary<long, FrameFate> _fates;
    private readonly bool _isEnding;
    private readonly bool _isFinal;
    private readonly long _promisedUntil;
    private readonly DatasetReading _reading;
    private readonly List<Problem> _problems;
    private readonly ExpectedImages[] _possible;
    private readonly HashSet<long> _seen = [];
    private readonly HashSet<long> _missed = [];

    public ImageCheck(
        CameraPlan plan, Acknowledged acknowledged, int camera, bool isFinal, DatasetReading reading, List<Problem> problems)
    {
        _plan = plan;
        _fates = acknowledged.Cameras[camera];
        _isEnding = acknowledged.IsEnding;
        _isFinal = isFinal;
        _promisedUntil = acknowledged.PromisedUntil;
        _reading = reading;
        _problems = problems;
        _possible = [.. Possible()];
    }

    private static long FramesSeen(IEnumerable<FrameFate> fates, IReadOnlyDictionary<long, FrameFate> all) =>
        all.Where(at => fates.Contains(at.Value)).Select(at => at.Key + 1).DefaultIfEmpty(0).Max();

    private long SeenAcknowledged => FramesSeen(_fates.Values.Where(fate => fate.IsAcknowledged), _fates);

    private long SeenAtMost => FramesSeen(_fates.Values.Where(fate => fate.IsAcknowledged || fate.IsOpen), _fates);

    /// <summary>Frames of which every chunk of full resolution has the right pixels; after the check.</summary>
    public long Readable => _seen.Count(number =>
        IsReadable(number) && _fates.TryGetValue(number, out var fate) && fate is { Frame: not null, IsRefused: false });

    /// <summary>Whether the frame of a number is one of those.</summary>
    public bool IsReadable(long number) => _seen.Contains(number) && !_missed.Contains(number);

    public void Check()
    {
        for (var image = 0; image < _plan.Images.Length; image++)
        {
            var lengths = new List<long>();
            foreach (var level in _plan.Levels)
            {
                if (!_reading.Arrays.TryGetValue(level.Arrays[image].Path, out var array))
                    Add("unreadable", $"{level.Arrays[image].Path}: the array was not seen");
                else if (HasRightShape(level, image, array))
                    CheckChunks(level, image, array);
                if (array is not null && _plan.Router.UnboundedAxis is >= 0 and var axis && level.Factors[axis] == 1)
                    lengths.Add(array.Shape[axis]);
            }

            // All equal, or the end came between two of their documents: full resolution is the last that grows.
            if (!lengths.SequenceEqual(lengths.Order()) || lengths.Distinct().Count() > 2)
                Add("levels differ", $"{_plan.Images[image].Path}: lengths of the levels are {string.Join(", ", lengths)}");
        }
    }

    // What may be stored of the frames that were under way: any of them.
    private IEnumerable<ExpectedImages> Possible()
    {
        var sure = _fates.Values.Where(fate => fate.IsAcknowledged && fate.Frame is not null).Select(fate => fate.Frame!)
            .ToArray();
        var open = _fates.Values.Where(fate => fate.IsOpen && fate.Frame is not null).Select(fate => fate.Frame!).ToArray();
        var sets = open.Length > MostOpenFrames ? [0, (1 << open.Length) - 1] : Enumerable.Range(0, 1 << open.Length).ToArray();
        foreach (var set in sets)
            yield return new ExpectedImages(_plan, [.. sure, .. open.Where((_, i) => (set >> i & 1) != 0)], SeenAtMost);
    }

    private bool HasRightShape(LevelPlan level, int image, ArrayReading array)
    {
        var planned = level.Arrays[image];
        if (array.DataType != planned.DataType.Name())
            Add("shape", $"{planned.Path}: dtype {array.DataType} instead of {planned.DataType.Name()}");
        long[] shape = [.. planned.Shape];
        if (_plan.Router.UnboundedAxis is >= 0 and var axis)
        {
            // What ended without a frame has one element all the same, which is missing.
            var most = Math.Max(_isEnding ? 1 : 0, level.LengthAlong(axis, _plan.Router.UnboundedExtent(SeenAtMost)));
            var least = _isFinal
                ? level.LengthAlong(axis, _plan.Router.UnboundedExtent(SeenAcknowledged))
                : PromisedLength(level, image);
            var length = array.Shape.Length == shape.Length ? array.Shape[axis] : -1;
            if (length < least)
                Add("lost", $"{planned.Path}: {length} long, and {least} are promised (level {level.Number})");
            if (length > most)
                Add("shape", $"{planned.Path}: {length} long, and only {most} came");
            shape[axis] = Math.Clamp(length, 0, most);
        }

        if (_plan.CutAxis is >= 0 and var cut && _isEnding && array.Shape.Length == shape.Length)
        {
            // Cut back to what came, but never to less than was promised.
            var promised = _fates.Keys.Where(IsPromised).Select(number => number + 1).DefaultIfEmpty(1).Max();
            var needed = _plan.Router.LengthAlong(cut, promised);
            var least = level.LengthAlong(cut, _isFinal ? needed : Math.Clamp(PromisedCut(cut), 1, needed));
            if (array.Shape[cut] < least)
                Add("lost", $"{planned.Path}: cut back to {array.Shape[cut]}, and {least} are promised (level {level.Number})");
            shape[cut] = Math.Clamp(array.Shape[cut], Math.Min(1, shape[cut]), shape[cut]);
        }

        if (array.Shape.SequenceEqual(shape))
            return true;
        Add("shape", $"{planned.Path}: shape [{string.Join(',', array.Shape)}] instead of [{string.Join(',', shape)}]");
        return false;
    }

    // As many whole chunks along the unbounded axis as were acknowledged in time, one after the other.
    private long PromisedLength(LevelPlan level, int image)
    {
        var axis = _plan.Router.UnboundedAxis;
        var array = level.Arrays[image];
        long[] shape = [.. array.Shape];
        var rows = 0L;
        while (true)
        {
            shape[axis] = (rows + 1) * array.ChunkShape[axis];
            var row = ChunkFrames.Of(array, shape).Where(chunk => chunk.Coordinates[axis] == rows);
            if (!row.All(chunk => chunk.Numbers(_plan, image, level).All(IsPromised)))
                return rows * array.ChunkShape[axis];
            rows++;
        }
    }

    // After an abort or a failure it ends with the last chunk that is stored, in any image: at least with the last one of which
    // all frames were acknowledged in time.
    private long PromisedCut(int axis)
    {
        var full = _plan.Levels[0];
        return Enumerable.Range(0, _plan.Images.Length)
            .SelectMany(image => ChunkFrames.Of(full.Arrays[image], [.. full.Arrays[image].Shape])
                .Where(chunk => chunk.Numbers(_plan, image, full).All(IsPromised)))
            .Select(chunk => (chunk.Coordinates[axis] + 1) * full.Arrays[0].ChunkShape[axis]).DefaultIfEmpty(0).Max();
    }

    private bool IsPromised(long number) =>
        _fates.TryGetValue(number, out var fate) && fate.IsAcknowledged && (_isFinal || fate.Ended < _promisedUntil);

    private void CheckChunks(LevelPlan level, int image, ArrayReading array)
    {
        var axis = _plan.Router.UnboundedAxis;
        var length = _plan.EndingAxis >= 0 ? array.Shape[_plan.EndingAxis] : 0;
        var size = level.Arrays[image].DataType.Size();
        foreach (var chunk in ChunkFrames.Of(level.Arrays[image], array.Shape))
        {
            var seen = chunk.CutFrom(array.Bytes, array.Shape, size);
            var possible =
                _possible.Select(expected => chunk.CutFrom(expected.Level(image, level.Number, length), array.Shape, size));
            var isRight = possible.Any(expected => expected.AsSpan().SequenceEqual(seen));
            var isEmpty = !seen.AsSpan().ContainsAnyExcept((byte)0);
            long[] numbers = [.. chunk.Numbers(_plan, image, level).Distinct()];
            if (level.Number == 0)
                (isRight && !isEmpty ? _seen : _missed).UnionWith(numbers);
            if (isRight)
                continue;
            var what = $"{level.Arrays[image].Path}, {chunk}, frames {Ranges(numbers)}";
            if (!isEmpty)
                Add("torn", $"{what}: neither the pixels nor empty ({(_isEnding ? "while it ended" : "before any end")})");
            else if (axis >= 0)
                Add("shape", $"{what}: within the array's length of {length}, and empty");
            else if (_isFinal || numbers.All(IsPromised))
                Add("lost", $"{what}: promised, and empty (level {level.Number})");
        }
    }

    private static string Ranges(long[] numbers) =>
        numbers.Length <= 4 ? string.Join(", ", numbers) : $"{numbers.Min()} to {numbers.Max()}";

    private void Add(string kind, string message) => _problems.Add(new Problem(kind, $"{message} ({_reading.Reader})"));
}
