using OmeZarr.Storage;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// One shard under construction. Chunks are written as they come, in any order; the index says where each lies. A shard is
/// never held in memory: only its index is.
/// </summary>
internal sealed class ShardWriter(IObjectWriter target, ShardIndexBuffer index, ShardIndexPool indexes) : IDisposable
{
    private readonly Lock _lock = new();
    private ShardIndexBuffer? _index = index;
    private bool _changed;
    private EncodedBatch? _firstWaiting;
    private EncodedBatch? _lastWaiting;
    private bool _isWriting;

    /// <summary>Makes the caller the shard's writer and returns the batch, or leaves the batch with who writes now: null.</summary>
    public EncodedBatch? TryBegin(EncodedBatch batch)
    {
        lock (_lock)
        {
            if (!_isWriting)
            {
                _isWriting = true;
                return batch;
            }

            batch.Next = null;
            if (_lastWaiting is null)
                _firstWaiting = batch;
            else
                _lastWaiting.Next = batch;
            _lastWaiting = batch;
            return null;
        }
    }

    /// <summary>The next batch that was left with the writer; null when there is none, which ends the writer's turn.</summary>
    public EncodedBatch? NextOrEnd()
    {
        lock (_lock)
        {
            var next = _firstWaiting;
            if (next is null)
            {
                _isWriting = false;
                return null;
            }

            _firstWaiting = next.Next;
            if (_firstWaiting is null)
                _lastWaiting = null;
            return next;
        }
    }

    /// <summary>Writes the chunks of a batch at once; any number of workers.</summary>
    public void Append(EncodedBatch batch)
    {
        var offset = batch.AppendTo(target);
        // Only now: an index never names bytes that have not been written.
        lock (_lock)
        {
            var entries = (_index ?? throw new ObjectDisposedException(nameof(ShardWriter))).Entries;
            for (var i = 0; i < batch.Count; i++)
            {
                entries[2 * batch.Chunks[i]] = (ulong)offset;
                entries[2 * batch.Chunks[i] + 1] = (ulong)batch.Sizes[i];
                offset += batch.Sizes[i];
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
        indexes.Return(_index!);
        _index = null;
    }
}
