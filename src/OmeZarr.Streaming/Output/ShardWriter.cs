using OmeZarr.Storage;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// One shard under construction. Chunks are written as they come, in any order; the index says where each one is. Only the index
/// of a shard is held in memory.
/// </summary>
/// <remarks>
/// There are two locks. Entries change under <c>lock</c>, which is never held during a store's operation. The index is written
/// under <c>showing</c>, which is taken first. So a worker that appends never waits for an index that is being written or synced.
/// </remarks>
internal sealed class ShardWriter(IObjectWriter target, ShardIndexBuffer index, ShardIndexPool indexes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Lock _showing = new();
    private ShardIndexBuffer? _index = index;
    private long _changes;
    private long _shown;
    private volatile bool _isComplete;
    private EncodedBatch? _firstWaiting;
    private EncodedBatch? _lastWaiting;
    private bool _isWriting;

    /// <summary>
    /// Makes the caller the shard's writer and returns the batch; if there is a writer already, leaves the batch with it and
    /// returns null.
    /// </summary>
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

    /// <summary>
    /// The next batch that was left with the writer; null when there is none, which ends the caller's turn as writer.
    /// </summary>
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
        // Only now: an index must never name bytes that have not been written.
        lock (_lock)
        {
            var entries = (_index ?? throw new ObjectDisposedException(nameof(ShardWriter))).Entries;
            for (var i = 0; i < batch.Count; i++)
            {
                entries[2 * batch.Chunks[i]] = (ulong)offset;
                entries[2 * batch.Chunks[i] + 1] = (ulong)batch.Sizes[i];
                offset += batch.Sizes[i];
            }

            _changes++;
        }
    }

    /// <summary>Whether the shard has its final index on the store.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Makes the chunks so far readable.</summary>
    /// <returns>Whether all chunks that were appended before are in the shard's index on the store.</returns>
    public bool TryPublish(bool durable)
    {
        lock (_showing)
        {
            if (_index is not { } index)
                return _isComplete;
            if (!TryEncode(index, out var changes))
                return true;
            if (!target.PublishFooter(index.Encoded, durable))
                return false;
            _shown = changes;
            return true;
        }
    }

    /// <summary>Ends the shard with its final index; after the last append.</summary>
    public void Complete(bool durable)
    {
        lock (_showing)
        {
            if (_index is not { } index)
                return;
            lock (_lock)
                index.Encode();
            target.Complete(index.Encoded, durable);
            _isComplete = true;
            End();
        }
    }

    /// <summary>Ends the shard with the last published index, unless it is complete.</summary>
    public void Dispose()
    {
        lock (_showing)
        {
            if (_index is not null)
            {
                target.Abort();
                End();
            }

            target.Dispose();
        }
    }

    private bool TryEncode(ShardIndexBuffer index, out long changes)
    {
        lock (_lock)
        {
            changes = _changes;
            if (changes == _shown)
                return false;
            index.Encode();
            return true;
        }
    }

    private void End()
    {
        lock (_lock)
        {
            indexes.Return(_index!);
            _index = null;
        }
    }
}
