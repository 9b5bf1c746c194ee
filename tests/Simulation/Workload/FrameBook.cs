using OmeZarr.Acquisition;
using OmeZarr.Documents;

namespace OmeZarr.Simulation.Workload;

/// <summary>The fates of the frames, as their producers know them.</summary>
internal sealed class FrameBook(CameraPlan camera, int frames)
{
    private readonly Fate[] _fates = new Fate[frames];
    private readonly byte[]?[] _texts = new byte[frames][];
    private readonly FrameProperties[] _properties = new FrameProperties[frames];
    private readonly bool[] _mustBeThere = new bool[frames];
    private readonly bool[] _mustBeDescribed = new bool[frames];

    public int Frames => _fates.Length;

    /// <summary>The highest frame number that is appended or skipped, plus 1.</summary>
    public int End { get; private set; }

    public Fate this[long frame]
    {
        get => frame < _fates.Length ? _fates[frame] : Fate.NotOffered;
        set
        {
            _fates[frame] = value;
            End = Array.FindLastIndex(_fates, fate => fate != Fate.NotOffered) + 1;
        }
    }

    public int Count(Fate fate) => _fates.Count(known => known == fate);

    /// <summary>
    /// Whether every frame was appended or skipped: of a shape that stays all, otherwise those before the last.
    /// </summary>
    public bool IsWhole
    {
        get
        {
            for (long frame = 0; frame < (camera.EndingAxis >= 0 ? End : camera.Router.TotalFrames!.Value); frame++)
            {
                if (this[frame] is not (Fate.Taken or Fate.Absent))
                    return false;
            }

            return true;
        }
    }

    /// <summary>The JSON of a frame, or null.</summary>
    public byte[]? TextOf(long frame) => frame < _texts.Length ? _texts[frame] : null;

    public FrameProperties PropertiesOf(long frame) => frame < _properties.Length ? _properties[frame] : default;

    public bool IsDescribed(long frame) => TextOf(frame) is not null || PropertiesOf(frame).Has != FrameProperty.None;

    /// <summary>Whether any frame has metadata.</summary>
    public bool IsAnyDescribed => Enumerable.Range(0, Frames).Any(frame => IsDescribed(frame));

    public void Describe(long frame, byte[]? text, FrameProperties properties) =>
        (_texts[frame], _properties[frame]) = (text, properties);

    /// <summary>Whether a flush has promised that readers see the frame.</summary>
    public bool MustBeThere(long frame) => frame < _mustBeThere.Length && _mustBeThere[frame];

    /// <summary>Whether a flush has promised that readers see the frame's metadata.</summary>
    public bool MustBeDescribed(long frame) => frame < _mustBeDescribed.Length && _mustBeDescribed[frame];

    public Fate[] Copy() => [.. _fates];

    /// <summary>Records the promise of a flush that returned: all chunks that were complete when it was called.</summary>
    /// <param name="before">The fates at that time.</param>
    /// <param name="areChunksShown">Whether the store showed everything that it was asked to show.</param>
    public void Flushed(Fate[] before, bool areChunksShown)
    {
        for (var frame = 0; frame < before.Length; frame++)
        {
            if (before[frame] == Fate.Taken)
                _mustBeDescribed[frame] = true;
        }

        foreach (var frame in areChunksShown ? Whole(before) : [])
            _mustBeThere[frame] = true;
    }

    // Frames of chunks in which the fate of every frame is known and, where an image grows, of all frames before them too.
    private IEnumerable<int> Whole(Fate[] fates)
    {
        var router = camera.Router;
        var array = camera.Arrays[0];
        var index = new long[router.FrameAxes];
        var groups = new Dictionary<(int, string), (bool IsWhole, long Row, List<int> Frames)>();
        var end = router.TotalFrames
            ?? (array.ChunkShape[router.UnboundedAxis] + router.UnboundedExtent(fates.Length)) * router.FramesPerUnboundedStep;
        for (long frame = 0; frame < end; frame++)
        {
            for (var plane = 0; plane < router.PlanesPerFrame; plane++)
            {
                var image = router.Locate(frame, plane, index);
                var key = (image, string.Join(',', index.Select((at, axis) => at / array.ChunkShape[axis])));
                var row = router.UnboundedAxis < 0 ? 0 : index[router.UnboundedAxis] / array.ChunkShape[router.UnboundedAxis];
                var isRouted = frame < fates.Length && fates[frame] is Fate.Taken or Fate.Absent;
                if (!groups.TryGetValue(key, out var group))
                    group = (true, row, []);
                if (frame < fates.Length && isRouted && fates[frame] == Fate.Taken)
                    group.Frames.Add((int)frame);
                groups[key] = (group.IsWhole && isRouted, row, group.Frames);
            }
        }

        var firstGap = router.UnboundedAxis < 0
            ? long.MaxValue
            : groups.Values.Where(group => !group.IsWhole).Select(group => group.Row).DefaultIfEmpty(long.MaxValue).Min();
        var broken = groups.Values.Where(group => !group.IsWhole || group.Row >= firstGap).SelectMany(group => group.Frames)
            .ToHashSet();
        return groups.Values.Where(group => group.IsWhole && group.Row < firstGap).SelectMany(group => group.Frames)
            .Where(frame => !broken.Contains(frame));
    }
}

/// <summary>The fate of a frame.</summary>
internal enum Fate : byte
{
    NotOffered,

    /// <summary>A call with it has not returned yet.</summary>
    Offered,

    /// <summary>Its call returned OK.</summary>
    Taken,

    /// <summary>It was skipped or dropped, or that is in progress.</summary>
    Absent,
}
