using OmeZarr.Storage;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// One shard under construction. Chunks are written as they come, in any order, by several workers at once; the index says
/// where each lies. A shard is never held in memory: only its index is.
/// </summary>
internal sealed class ShardWriter(IObjectWriter target, ShardIndexBuffer index, Action<ShardIndexBuffer> giveBack) : IDisposable
{
    private readonly Lock _lock = new();
    private ShardIndexBuffer? _index = index;
    private bool _changed;

    /// <summary>Writes consecutive encoded chunks at once; any number of workers.</summary>
    /// <param name="chunks">Their numbers within the shard.</param>
    /// <param name="sizes">Their encoded bytes, in the same order.</param>
    /// <param name="encoded">All of them, one after the other.</param>
    public void Append(ReadOnlySpan<int> chunks, ReadOnlySpan<int> sizes, ReadOnlySpan<MemoryRange> encoded)
    {
        var offset = target.Append(encoded);
        // Only now: an index never names bytes that have not been written.
        lock (_lock)
        {
            var entries = (_index ?? throw new ObjectDisposedException(nameof(ShardWriter))).Entries;
            for (var i = 0; i < chunks.Length; i++)
            {
                entries[2 * chunks[i]] = (ulong)offset;
                entries[2 * chunks[i] + 1] = (ulong)sizes[i];
                offset += sizes[i];
            }

            _changed = true;
        }
    }

    /// <summary>Makes the chunks so far readable, when there are new ones.</summary>
    public void Publish(bool durable)
    {
        lock (_lock)
        {
            if (_index is null || !_changed)
                return;
            target.PublishTail(_index.Encode(), durable);
            _changed = false;
        }
    }

    /// <summary>Ends the shard with its final index; after the last append.</summary>
    public void Complete(bool durable)
    {
        lock (_lock)
        {
            if (_index is null)
                return;
            target.Complete(_index.Encode(), durable);
            End();
        }
    }

    /// <summary>Ends the shard as it is, with what was last published, unless it is complete.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_index is not null)
            {
                target.Abort();
                End();
            }

            target.Dispose();
        }
    }

    private void End()
    {
        giveBack(_index!);
        _index = null;
    }
}
