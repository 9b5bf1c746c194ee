using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Memory;
using OmeZarr.Streaming.PixelFormats;
using OmeZarr.Streaming.Pyramid.Blocks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// What every worker needs to make levels, and the sizes of its scratch memory. Levels that are made from their source in the
/// same way share a downsampler.
/// </summary>
internal sealed class DownsamplingPlan
{
    /// <summary>
    /// Bytes of unpacked rows, over all sources of a plane, that are made before they are downsampled: they stay in a core's
    /// cache.
    /// </summary>
    private const long StripBytes = 256 * 1024;

    private readonly Dictionary<DownsamplerKind, int> _kinds = [];

    public DownsamplingPlan(AcquisitionPlan plan)
    {
        foreach (var camera in plan.Cameras)
        {
            foreach (var level in camera.Levels.Skip(1))
                _kinds.TryAdd(KindOf(camera, level), _kinds.Count);
            if (camera.Levels.Length > 1 && FrameUnpacker.For(camera) is not null)
                UnpackedBytes = Math.Max(UnpackedBytes, UnpackedBytesOf(camera.Levels[0], camera.Levels[1]));
        }

        WorkerBytes = checked((UnpackedBytes == 0 ? 0 : NativeBuffer.AlignUp(UnpackedBytes))
            + Kinds.Sum(kind => NativeBuffer.AlignUp(kind.ScratchBytes)));
    }

    /// <summary>The downsamplers of each worker.</summary>
    public IReadOnlyList<DownsamplerKind> Kinds => [.. _kinds.OrderBy(kind => kind.Value).Select(kind => kind.Key)];

    /// <summary>Memory for unpacked rows per worker; 0 when nothing is unpacked.</summary>
    public long UnpackedBytes { get; }

    /// <summary>Memory of one worker.</summary>
    public long WorkerBytes { get; }

    /// <summary>Which of a worker's downsamplers makes a level.</summary>
    public int DownsamplerOf(CameraPlan camera, LevelPlan level) => _kinds[KindOf(camera, level)];

    /// <summary>Rows of the previous level that are unpacked at once: whole blocks.</summary>
    public static long StripRows(LevelPlan before, LevelPlan level)
    {
        var blockBytes = checked(Sources(level) * level.Step[^2] * before.Width * before.Arrays[0].DataType.Size());
        return Math.Min(before.Height, level.Step[^2] * Math.Max(1, StripBytes / blockBytes));
    }

    private static long UnpackedBytesOf(LevelPlan before, LevelPlan level) =>
        checked(Sources(level) * StripRows(before, level) * before.Width * before.Arrays[0].DataType.Size());

    private static long Sources(LevelPlan level) => level.Step.SkipLast(2).Aggregate(1L, (product, step) => product * step);

    private static DownsamplerKind KindOf(CameraPlan camera, LevelPlan level) =>
        new(camera.DataType, camera.Settings.Pyramid.Method, level.Step[^2], level.Step[^1]);
}

/// <summary>The key of a downsampler.</summary>
internal readonly record struct DownsamplerKind(DataType DataType, PyramidMethod Method, int FactorY, int FactorX)
{
    public long ScratchBytes => BlockDownsampler.ScratchBytes(DataType, Method, FactorY, FactorX);

    public BlockDownsampler Create() => new(DataType, Method, FactorY, FactorX);
}
