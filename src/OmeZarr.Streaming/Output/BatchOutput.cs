using OmeZarr.Storage;
using OmeZarr.Streaming.Faults;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// Takes encoded batches to the store. One thread writes to a shard at a time: a file system admits only one anyway, and a thread
/// that waited there would keep a core busy. A worker that finds the shard busy leaves its batch with the writer and goes on
/// encoding. Shards that are written past the page cache take several writers at once.
/// </summary>
/// <param name="pool">Receives written batches.</param>
/// <param name="fault">The stream's first failure.</param>
/// <param name="written">Called for each batch that was written, or given up; any worker.</param>
internal sealed class BatchOutput(BatchPool pool, StickyFault fault, Action<EncodedBatch> written)
{
    /// <summary>Writes a batch, or leaves it with the thread that is writing to its shard.</summary>
    public void Write(EncodedBatch batch)
    {
        if (OpenShard(batch) is not { } shard)
        {
            Store(batch, null);
            return;
        }

        if (pool.IsWrittenInPages)
        {
            Store(batch, shard);
            return;
        }

        for (var next = shard.TryBegin(batch); next is not null; next = shard.NextOrEnd())
            Store(next, shard);
    }

    private ShardWriter? OpenShard(EncodedBatch batch)
    {
        if (batch.Destination.ShardRow is not { } shardRow || fault.IsDiscarding)
            return null;
        try
        {
            return shardRow.Open(batch.Tiles.Shard);
        }
        catch (Exception exception)
        {
            fault.Set(StreamFault.From(exception));
            return null;
        }
    }

    private void Store(EncodedBatch batch, ShardWriter? shard)
    {
        try
        {
            if (!fault.IsDiscarding)
                Store(batch, batch.Destination, shard);
        }
        catch (Exception exception)
        {
            fault.Set(StreamFault.From(exception));
        }

        written(batch);
        pool.Return(batch);
    }

    private static void Store(EncodedBatch batch, ChunkDestination destination, ShardWriter? shard)
    {
        if (shard is null)
            PutChunks(batch, destination);
        else
            shard.Append(batch);
        destination.Output.Objects.CountChunks(batch.Count, batch.Bytes);
        if (shard is not null)
            destination.ShardRow!.Count(batch.Tiles.Shard, batch.Count);
    }

    private static void PutChunks(EncodedBatch batch, ChunkDestination destination)
    {
        long offset = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var tile = destination.Output.Geometry.Tile(batch.Tiles.Shard, batch.Tiles.First + i);
            var encoded = batch.EncodedAt(offset, batch.Sizes[i]);
            var pieces = batch.IsInPlace ? batch.InPlace.Chunk(i) : new ReadOnlySpan<MemoryRange>(in encoded);
            destination.Output.Objects.PutChunk(destination.Coordinates, tile.Y, tile.X, pieces);
            offset += batch.Sizes[i];
        }
    }
}
