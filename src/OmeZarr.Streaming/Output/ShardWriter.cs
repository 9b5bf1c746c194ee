using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// One shard under construction. Chunks are written as they come, in any order, by several workers at once; the index says
/// where each lies. A shard is never held in memory: only its index is.
/// </summary>
internal sealed class ShardWriter : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IObjectWriter _object;
    private readonly ulong[] _entries;
    private readonly byte[] _tail;
    private bool _changed;
    private bool _ended;

    public ShardWriter(IObjectWriter target, int chunks)
    {
        _object = target;
        _entries = new ulong[2 * chunks];
        _entries.AsSpan().Fill(ShardIndex.Empty);
        _tail = new byte[ShardIndex.SizeInBytes(chunks)];
    }

    /// <summary>Bytes of a shard's index.</summary>
    public int TailBytes => _tail.Length;

    /// <summary>Writes consecutive encoded chunks at once; any number of workers.</summary>
    /// <param name="chunks">Their numbers within the shard.</param>
    /// <param name="sizes">Their encoded bytes, in the same order.</param>
    /// <param name="encoded">All of them, one after the other.</param>
    public void Append(ReadOnlySpan<int> chunks, ReadOnlySpan<int> sizes, ReadOnlySpan<byte> encoded)
    {
        var offset = _object.Append(encoded);
        // Only now: an index never names bytes that have not been written.
        lock (_lock)
        {
            for (var i = 0; i < chunks.Length; i++)
            {
                _entries[2 * chunks[i]] = (ulong)offset;
                _entries[2 * chunks[i] + 1] = (ulong)sizes[i];
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
            if (_ended || !_changed)
                return;
            ShardIndex.Encode(_entries, _tail);
            _object.PublishTail(_tail, durable);
            _changed = false;
        }
    }

    /// <summary>Ends the shard with its final index; after the last append.</summary>
    public void Complete(bool durable)
    {
        lock (_lock)
        {
            if (_ended)
                return;
            _ended = true;
            ShardIndex.Encode(_entries, _tail);
            _object.Complete(_tail, durable);
        }
    }

    /// <summary>Ends the shard as it is, with what was last published.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_ended)
            {
                _ended = true;
                _object.Abort();
            }

            _object.Dispose();
        }
    }
}
