using System.Collections.Immutable;
using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>The memory for planes of the levels of one camera's images: its part of a <see cref="LaneMemory"/>.</summary>
/// <remarks>
/// A plane is kept until the chunks that it is part of are whole, and until it has become part of the next level. Both waits
/// end at the latest when as many planes have come as <see cref="FrameSpan"/> says, when frames come in order. With several producers they
/// do not, and there is room for the planes of as many frames as the ring holds on top.
/// </remarks>
public sealed record LevelMemory
{
    /// <summary>Planes of each level but the first that there is room for.</summary>
    public required ImmutableArray<int> Planes { get; init; }

    /// <summary>Bytes of a plane of each level but the first.</summary>
    public required ImmutableArray<long> PlaneBytes { get; init; }

    /// <summary>Planes that another frame in the ring may lead to on each level.</summary>
    public required int PlanesPerFrame { get; init; }

    public long Bytes => Planes.Zip(PlaneBytes, (planes, bytes) => checked(planes * bytes)).Sum();

    /// <summary>What another frame in the ring takes.</summary>
    public long BytesPerFrame => checked(PlanesPerFrame * PlaneBytes.Sum());

    /// <summary>The most frames that wait until the last one comes with which they become one plane; 1 when each becomes one by itself.</summary>
    internal static long FramesOfBlocks(CameraPlan camera) => camera.Levels.Length == 1 ? 1 : FrameSpan.OfBlocks(camera, camera.Levels[0], camera.Levels[1]);

    /// <summary>The least that frames in order can be taken in with.</summary>
    /// <param name="camera">Whose frames.</param>
    /// <param name="spans">What is open on each level.</param>
    /// <param name="slack">Planes that workers have in hand meanwhile.</param>
    internal static LevelMemory Least(CameraPlan camera, FrameSpan[] spans, int slack)
    {
        var levels = camera.Levels;
        return new LevelMemory
        {
            Planes = [.. levels.Skip(1).Select(level =>
                checked((int)(Math.Max(spans[level.Number].Frames, level.Number + 1 == levels.Length ? 1 : FrameSpan.OfBlocks(camera, level, levels[level.Number + 1])) + slack)))],
            PlaneBytes = [.. levels.Skip(1).Select(LevelPlanes.BytesOf)],
            PlanesPerFrame = camera.Pipeline.Producers > 1 ? camera.Router.PlanesPerFrame : 0,
        };
    }

    internal LevelMemory WithMoreFrames(int frames) => this with { Planes = [.. Planes.Select(planes => checked(planes + frames * PlanesPerFrame))] };
}
