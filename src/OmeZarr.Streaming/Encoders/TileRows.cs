using OmeZarr.Concurrency;
using OmeZarr.Streaming.Layout;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Streaming.Encoders;

/// <summary>A tile as encoders see it: rows in the frames' memory.</summary>
internal static class TileRows
{
    /// <summary>A frame's part of a chunk, where pixels need no unpacking.</summary>
    public static ChunkPlane PlaneOf(ChunkGeometry geometry, in Tile tile, FramePixels frame) =>
        new((nint)(frame.First + tile.FirstRow * frame.RowStride + tile.FirstColumn * geometry.ElementBytes), frame.RowStride);

    /// <summary>A chunk whose planes end where the array ends.</summary>
    public static ChunkPixels Of(ChunkGeometry geometry, in Tile tile, ReadOnlySpan<ChunkPlane> planes) => new()
    {
        Planes = planes,
        PlaneRows = geometry.ChunkHeight,
        RowBytes = geometry.TileRowBytes,
        ValidRows = tile.Rows,
        ValidRowBytes = tile.Columns * geometry.ElementBytes,
    };

    /// <summary>A chunk whose planes have been padded to their full size.</summary>
    public static ChunkPixels OfWholePlanes(ChunkGeometry geometry, ReadOnlySpan<ChunkPlane> planes) => new()
    {
        Planes = planes,
        PlaneRows = geometry.ChunkHeight,
        RowBytes = geometry.TileRowBytes,
        ValidRows = geometry.ChunkHeight,
        ValidRowBytes = geometry.TileRowBytes,
    };
}
