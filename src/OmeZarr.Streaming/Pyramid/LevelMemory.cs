using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>The memory for planes of the levels of one camera's images: its part of a <see cref="CameraMemory"/>.</summary>
/// <remarks>
/// A plane is kept until its chunks are complete, and until it has been downsampled into the next level. When frames come in
/// order, both waits end at the latest after as many planes as <see cref="FrameSpan"/> says. Frames may come in any other order
/// that the ring has room for: then there is a plane for each of them.
/// </remarks>
public sealed record LevelMemory
{
    /// <summary>Per plane: its list of sources, its slot, and a chunk row when it is the only plane in it.</summary>
    private const long BookkeepingBytes = 512;

    /// <summary>The most planes of each level but the first that wait when frames come in order.</summary>
    public required ImmutableArray<long> Spans { get; init; }

    /// <summary>Bytes of a plane of each level but the first.</summary>
    public required ImmutableArray<long> PlaneBytes { get; init; }

    /// <summary>Planes that workers are processing.</summary>
    public required int Slack { get; init; }

    /// <summary>Planes of the frames that the ring holds, or that wait outside it after an early copy.</summary>
    public required int RingPlanes { get; init; }

    /// <summary>Whether all levels have the same number of frames: a plane then waits only for its own frame.</summary>
    public required bool IsFlat { get; init; }

    /// <summary>Capacity in planes of each level but the first.</summary>
    public ImmutableArray<int> Planes =>
        [.. Spans.Select(span => checked((int)((IsFlat ? Math.Max(span, RingPlanes) : span + RingPlanes) + Slack)))];

    // The row padding is rounded up to its maximum, so that each additional plane costs the same.
    public long Bytes =>
        Planes.Zip(PlaneBytes, (planes, bytes) => checked(planes * (bytes + BookkeepingBytes) + NativeBuffer.Alignment)).Sum();

    /// <summary>The most that another plane in the ring costs.</summary>
    public long BytesPerPlane => PlaneBytes.Sum(bytes => bytes + BookkeepingBytes);

    /// <summary>
    /// The most frames that wait for the last one of the block that becomes one plane; 1 when each becomes a plane by itself.
    /// </summary>
    internal static long FramesOfBlocks(CameraPlan camera) => FramesOfBlocks(camera, camera.Levels[0]);

    /// <summary>The memory that the levels of a camera need.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="spans">What is open at the same time on each level.</param>
    /// <param name="ringPlanes">Planes of the frames that the ring holds.</param>
    /// <param name="slack">Planes that workers are processing meanwhile.</param>
    internal static LevelMemory Of(CameraPlan camera, FrameSpan[] spans, int ringPlanes, int slack)
    {
        ImmutableArray<LevelPlan> downsampled = [.. camera.Levels.Skip(1)];
        return new LevelMemory
        {
            Spans = [.. downsampled.Select(level => Math.Max(spans[level.Number].Frames, FramesOfBlocks(camera, level)))],
            PlaneBytes = [.. downsampled.Select(LevelPlanes.BytesOf)],
            Slack = slack,
            RingPlanes = ringPlanes,
            IsFlat = camera.Levels[^1].Factors.SkipLast(2).All(factor => factor == 1),
        };
    }

    internal LevelMemory WithMorePlanes(int planes) => this with { RingPlanes = checked(RingPlanes + planes) };

    internal LevelMemory WithAtLeast(int planes) => this with { RingPlanes = Math.Max(RingPlanes, planes) };

    private static long FramesOfBlocks(CameraPlan camera, LevelPlan level) =>
        level.Number + 1 == camera.Levels.Length ? 1 : FrameSpan.OfBlocks(camera, level, camera.Levels[level.Number + 1]);
}
