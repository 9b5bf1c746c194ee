using OmeZarr.Memory;
using OmeZarr.Streaming.Encoders;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// One plane of a level in the making: its source planes of the previous level, as far as they have been routed, and where it
/// goes. Routed by the distributor; made by the worker that completes its last source. Objects are reused.
/// </summary>
internal sealed class PlaneDownsampling
{
    private int _incomplete;

    public PlaneDownsampling(PyramidLevel level, int sources, int frameAxes)
    {
        Level = level;
        Sources = new FramePart[sources];
        Index = new long[frameAxes];
    }

    public PyramidLevel Level { get; }

    /// <summary>
    /// Its sources in C order: slots of the previous level, or nothing; the first <see cref="Expected"/> entries.
    /// </summary>
    public FramePart[] Sources { get; }

    public long Id { get; private set; }

    /// <summary>Index of the image, as the router counts them.</summary>
    public int Image { get; private set; }

    /// <summary>Its index along the frame axes of its level.</summary>
    public long[] Index { get; }

    /// <summary>Sources that lie within the previous level.</summary>
    public int Expected { get; private set; }

    /// <summary>Sources that have been routed, missing ones included.</summary>
    public int Routed { get; private set; }

    /// <summary>Whether any routed source has pixels.</summary>
    public bool HasPixels { get; private set; }

    /// <summary>The slot of its pixels, or <see cref="FramePart.Missing"/> when it has none.</summary>
    public FramePart Target { get; private set; }

    /// <summary>The chunk row that it is part of.</summary>
    public ChunkRow ChunkRow { get; private set; } = null!;

    /// <summary>The plane of the next level that it is a source of; null on the last level.</summary>
    public PlaneDownsampling? Next { get; set; }

    public bool IsRouted => Routed == Expected;

    public void Open(long id, int image, int expected)
    {
        Id = id;
        Image = image;
        Expected = expected;
        Routed = 0;
        HasPixels = false;
        Next = null;
        Sources.AsSpan().Fill(FramePart.Missing);
        Volatile.Write(ref _incomplete, expected);
    }

    /// <summary>Routes a source, or its absence; the distributor only.</summary>
    public void Route(int position, FramePart part)
    {
        Sources[position] = part;
        Routed++;
        HasPixels |= !part.IsMissing;
    }

    /// <summary>Gives up the sources that have not come; returns how many. The distributor only.</summary>
    /// <param name="existing">Sources that exist: fewer than expected at the end of an unbounded axis.</param>
    public int RouteRest(int existing)
    {
        var rest = Expected - Routed;
        Routed = Expected = existing;
        return rest;
    }

    /// <summary>Sets where it goes; the distributor only, before its last source is complete.</summary>
    public void Begin(FramePart target, ChunkRow chunkRow)
    {
        Target = target;
        ChunkRow = chunkRow;
    }

    /// <summary>Releases the sources; the worker that made the plane.</summary>
    public void LeaveSources()
    {
        foreach (var part in Sources)
        {
            if (!part.IsMissing)
                Level.Source.Slots.Release(part.Slot);
        }
    }

    /// <summary>
    /// Counts sources whose pixels are present, or never come; returns true to the one caller who completes the last. Full fence.
    /// </summary>
    public bool CompleteSources(int sources) =>
        InvariantException.IsLast(Interlocked.Add(ref _incomplete, -sources), "sources of a plane");
}
