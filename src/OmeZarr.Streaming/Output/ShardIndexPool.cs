namespace OmeZarr.Streaming.Output;

/// <summary>Indexes of finished shards, kept for reuse: as many as shards were ever open at once. Any thread.</summary>
/// <param name="chunksPerShard">Chunks in each index.</param>
internal sealed class ShardIndexPool(int chunksPerShard) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<ShardIndexBuffer> _idle = new();

    /// <summary>An empty index.</summary>
    public ShardIndexBuffer Take()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var index))
                return index.Clear();
        }

        return new ShardIndexBuffer(chunksPerShard).Clear();
    }

    public void Return(ShardIndexBuffer index)
    {
        lock (_lock)
            _idle.Push(index);
    }

    /// <summary>Only once no thread uses an index any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_idle.TryPop(out var index))
                index.Dispose();
        }
    }
}
