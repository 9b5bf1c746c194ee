using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>The memory for planes of the levels of one camera's images: its part of a <see cref="CameraMemory"/>.</summary>
/// <remarks>
/// A plane is kept until the chunks that it is part of are whole, and until it has become part of the next level. When frames
/// come in order, both waits end at the latest when as many planes have come as <see cref="FrameSpan"/> says. Frames may
/// come in any other order that the ring has room for: then there is a plane for each of them.
/// </remarks>
public sealed record LevelMemory
{
    /// <summary>Of a plane: what it is made of, its slot, and a chunk row when no other plane is in it.</summary>
    private const long BookkeepingBytes = 512;

    /// <summary>The most planes of each level but the first that wait when frames come in order.</summary>
    public required ImmutableArray<long> Spans { get; init; }

    /// <summary>Bytes of a plane of each level but the first.</summary>
    public required ImmutableArray<long> PlaneBytes { get; init; }

    /// <summary>Planes that workers have in hand.</summary>
    public required int Slack { get; init; }

    /// <summary>Planes of the frames that the ring holds, or that wait outside it, copied early.</summary>
    public required int RingPlanes { get; init; }

    /// <summary>Whether frames stay as many on all levels: a plane then waits for no other frames than its own frame does.</summary>
    public required bool IsFlat { get; init; }

    /// <summary>Planes of each level but the first that there is room for.</summary>
    public ImmutableArray<int> Planes =>
        [.. Spans.Select(span => checked((int)((IsFlat ? Math.Max(span, RingPlanes) : span + RingPlanes) + Slack)))];

    // Rounded up by the most there can be, so that each plane more takes the same.
    public long Bytes => Planes.Zip(PlaneBytes, (planes, bytes) => checked(planes * (bytes + BookkeepingBytes) + NativeBuffer.Alignment)).Sum();

    /// <summary>The most that another plane in the ring takes.</summary>
    public long BytesPerPlane => PlaneBytes.Sum(bytes => bytes + BookkeepingBytes);

    /// <summary>The most frames that wait until the last one comes with which they become one plane; 1 when each becomes one by itself.</summary>
    internal static long FramesOfBlocks(CameraPlan camera) => FramesOfBlocks(camera, camera.Levels[0]);

    /// <summary>What the levels of a camera need.</summary>
    /// <param name="camera">Whose frames.</param>
    /// <param name="spans">What is open on each level.</param>
    /// <param name="ringPlanes">Planes of the frames that the ring holds.</param>
    /// <param name="slack">Planes that workers have in hand meanwhile.</param>
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
