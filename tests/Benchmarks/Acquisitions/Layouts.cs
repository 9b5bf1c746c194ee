using OmeZarr.Benchmarks.Frames;

namespace OmeZarr.Benchmarks.Acquisitions;

/// <summary>The layouts that are measured.</summary>
internal static class Layouts
{
    private static readonly FrameShape Large = new(2048, 2048, 2), Medium = new(1024, 1024, 2), Small = new(512, 512, 1);

    /// <summary>A frame of 8 MiB in 16 tiles of half a MiB; each shard is 4 whole frames.</summary>
    public static Layout LargeFrames { get; } = new(Large, 1, 512, 512) { Shard = (4, 4, 4) };

    /// <summary>The same frames in 1024 tiles of 8 KiB.</summary>
    public static Layout LargeFramesInManyTiles { get; } = new(Large, 1, 64, 64) { Shard = (4, 32, 32) };

    /// <summary>Chunks of 4 MiB through 32 frames of 2 MiB; each shard is 128 whole frames.</summary>
    public static Layout MediumFrames { get; } = new(Medium, 32, 256, 256) { Shard = (4, 4, 4) };

    public static Layout MediumFramesUnsharded { get; } = MediumFrames with { Shard = null };

    /// <summary>A fast 8-bit camera: frames of 256 KiB, four to a chunk.</summary>
    public static Layout FastCamera { get; } = new(Small, 4, 512, 512) { Shard = (64, 1, 1) };

    /// <summary>A region of interest of a kilobyte, ten frames to a chunk: all cost is bookkeeping.</summary>
    public static Layout TinyFrames { get; } = new(new FrameShape(32, 32, 1), 10, 32, 32) { Shard = (1000, 1, 1) };

    /// <summary>Frames of one byte: what an append costs beside its copy.</summary>
    public static Layout OneByteFrames { get; } = new(new FrameShape(1, 1, 1), 1024, 1, 1) { Shard = (1024, 1, 1) };
}
