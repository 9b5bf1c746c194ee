using OmeZarr.Concurrency;
using OmeZarr.Memory;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Layout;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming;

/// <summary>
/// Copies planes of one camera's frames that are in the ring or in assembly memory. The camera's thread never waits for it: a
/// slot that is being copied from is free a moment later, as if a worker were slow.
/// </summary>
internal sealed unsafe class LivePlanes(CameraPipeline pipeline)
{
    /// <summary>How long a look waits for frames that are being sorted; longer is a store that stands still.</summary>
    private const int MostWaitMs = 5_000;

    /// <summary>The length of the unbounded axis that all frames appended so far need; 0 when there is none.</summary>
    internal long Length
    {
        get
        {
            pipeline.Work.TryDistribute();
            // A worker may have frames in hand, or they wait for room: then until they are through.
            if (!pipeline.Distributor.IsUpToDate)
                _ = pipeline.InFlight.WaitForAllSoFar(Deadline.After(MostWaitMs));
            return pipeline.Plan.Router.UnboundedExtent(pipeline.Distributor.FramesSeen);
        }
    }

    /// <summary>Copies a part of a plane of full resolution; false when it is in no memory now.</summary>
    /// <param name="image">The index of the image among the camera's.</param>
    /// <param name="index">The plane's place along the frame axes.</param>
    /// <param name="window">What of it is wanted.</param>
    internal bool TryCopy(int image, long[] index, PlaneWindow window)
    {
        // What was appended is in the ring's queue, unless somebody else has sorted it already.
        pipeline.Work.TryDistribute();
        return pipeline.Work.Look(() => TryCopyFromSlot(image, index, window) || TryCopyAssembled(image, index, window));
    }

    private bool TryCopyFromSlot(int image, long[] index, in PlaneWindow window)
    {
        var frame = pipeline.Plan.Router.FrameAt(image, index);
        if (!pipeline.Ring.TryShare(frame, out var slot))
            return false;
        try
        {
            Copy(slot, PlaneOf(frame, index), window);
            return true;
        }
        finally
        {
            pipeline.Ring.Release(slot);
        }
    }

    private int PlaneOf(long frame, long[] index)
    {
        var router = pipeline.Plan.Router;
        var found = new long[router.FrameAxes];
        for (var plane = 0; plane < router.PlanesPerFrame; plane++)
        {
            _ = router.Locate(frame, plane, found);
            if (found.AsSpan().SequenceEqual(index))
                return plane;
        }

        throw new InvariantException($"frame {frame} has no plane at its own place");
    }

    private void Copy(int slot, int plane, in PlaneWindow window)
    {
        var plan = pipeline.Plan;
        var pixels = pipeline.Ring.Pixels(slot);
        var elementBytes = plan.DataType.Size();
        var unpacker = pipeline.LevelArrays[0].Source.Unpacker;
        var end = window.Columns == 0 ? window.FirstColumn : window.FirstColumn + (window.Columns - 1) * window.ColumnStep + 1;
        var columns = checked((int)(end - window.FirstColumn));
        using var unpacked = unpacker is null || columns == 0 ? null : new NativeBuffer((long)columns * elementBytes);
        for (var row = 0L; row < window.Rows; row++)
        {
            // SAFETY: the reference keeps the slot, and a frame has all its rows.
            var from = (byte*)pixels.First + (window.FirstRow + row * window.RowStep) * pixels.RowStride;
            if (unpacked is null)
            {
                window.CopyRow(row, from, 0, plan.FrameWidth, elementBytes);
                continue;
            }

            unpacker!.UnpackRow(from, window.FirstColumn, columns, plane, unpacked.Pointer);
            window.CopyRow(row, unpacked.Pointer, window.FirstColumn, columns, elementBytes);
        }
    }

    private bool TryCopyAssembled(int image, long[] index, in PlaneWindow window)
    {
        if (pipeline.LevelArrays[0].TryFind(image) is not { } array
            || array.TryShare(index, out var position) is not { } chunkRow)
            return false;
        try
        {
            if (!chunkRow.IsCopied(position))
                return false;
            CopyAssembled(chunkRow, position, window);
            return true;
        }
        finally
        {
            array.EndShare(chunkRow);
        }
    }

    private static void CopyAssembled(ChunkRow chunkRow, int position, in PlaneWindow window)
    {
        var geometry = chunkRow.Geometry;
        for (var shard = 0; shard < geometry.ShardsPerRow; shard++)
        {
            for (var number = 0; number < geometry.TilesInShard(shard); number++)
            {
                var tile = geometry.Tile(shard, number);
                // SAFETY: the share keeps the assembly memory, which has this plane of every tile.
                var plane = (byte*)chunkRow.Assembly!.Value.First + (long)tile.Number * geometry.Plan.ChunkBytes
                    + (long)position * geometry.ChunkPlaneBytes;
                for (var row = FirstIn(tile, window); row < window.Rows; row++)
                {
                    var inTile = window.FirstRow + row * window.RowStep - tile.FirstRow;
                    if (inTile >= tile.Rows)
                        break;
                    window.CopyRow(
                        row, plane + inTile * geometry.TileRowBytes, tile.FirstColumn, tile.Columns, geometry.ElementBytes);
                }
            }
        }
    }

    /// <summary>The first of the wanted rows that is not above a tile.</summary>
    private static long FirstIn(in Tile tile, in PlaneWindow window) => tile.FirstRow <= window.FirstRow
        ? 0 : (tile.FirstRow - window.FirstRow + window.RowStep - 1) / window.RowStep;
}
