using OmeZarr.Memory;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Reading.Arrays;

/// <summary>The memory of one thread while it reads chunks of one array.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly NativeBuffer _stored;
    private readonly NativeBuffer _chunk;

    internal Workspace(StoredArray array, long storedBytes)
    {
        _stored = new NativeBuffer(storedBytes);
        _chunk = new NativeBuffer(array.ChunkBytes);
        Decoder = new StoredChunkDecoder(array);
    }

    internal StoredChunkDecoder Decoder { get; }

    /// <summary>Where stored bytes go.</summary>
    internal NativeBuffer Stored => _stored;

    /// <summary>Where a chunk is decoded that does not go to the caller as it is.</summary>
    internal NativeBuffer Chunk => _chunk;

    public void Dispose()
    {
        Decoder.Dispose();
        _stored.Dispose();
        _chunk.Dispose();
    }
}

/// <summary>
/// Lends memory to reading threads, so that all of them together stay within a limit: who comes when it is used up waits. Any
/// thread.
/// </summary>
internal sealed class Workspaces(long mostBytes) : IDisposable
{
    private readonly object _lock = new();
    private readonly Dictionary<StoredArray, Stack<Workspace>> _idle = new(ReferenceEqualityComparer.Instance);
    private long _lentBytes;
    private long _idleBytes;
    private bool _isDisposed;

    /// <summary>Bytes of a workspace, and of stored chunks in it.</summary>
    /// <exception cref="ReadingException">A single one exceeds the limit.</exception>
    internal (long All, long Stored) BytesOf(StoredArray array)
    {
        const long batch = 4 << 20;
        var others = StoredChunkDecoder.MostBytes(array) + array.ChunkBytes + 2 * NativeBuffer.Alignment;
        var chunk = StoredChunkDecoder.MostEncodedBytes(array);
        if (others + chunk > mostBytes)
        {
            throw new ReadingException(ReadingErrorKind.TooLarge,
                $"A chunk of {array.ChunkBytes} bytes takes {others + chunk} bytes of memory to be read; {mostBytes} are "
                + "the limit.");
        }

        var stored = Math.Max(chunk, Math.Min(batch, mostBytes - others));
        return (others + stored, stored);
    }

    /// <summary>A workspace, or null when the wait was given up.</summary>
    internal Workspace? Rent(StoredArray array, CancellationToken cancel)
    {
        const int looksAtTokenEachMs = 20;
        var (bytes, stored) = BytesOf(array);
        lock (_lock)
        {
            while (_lentBytes > 0 && _lentBytes + bytes > mostBytes)
            {
                if (cancel.IsCancellationRequested)
                    return null;
                Monitor.Wait(_lock, looksAtTokenEachMs);
            }

            _lentBytes += bytes;
            if (_idle.TryGetValue(array, out var stack) && stack.TryPop(out var idle))
            {
                _idleBytes -= bytes;
                return idle;
            }

            if (_idleBytes + _lentBytes > mostBytes)
                DropIdle();
        }

        try
        {
            return new Workspace(array, stored);
        }
        catch
        {
            GiveBack(bytes);
            throw;
        }
    }

    internal void Return(StoredArray array, Workspace workspace)
    {
        var bytes = BytesOf(array).All;
        lock (_lock)
        {
            if (_isDisposed)
            {
                workspace.Dispose();
            }
            else
            {
                if (!_idle.TryGetValue(array, out var stack))
                    _idle.Add(array, stack = new Stack<Workspace>());
                stack.Push(workspace);
                _idleBytes += bytes;
            }

            _lentBytes -= bytes;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Frees what nobody uses.</summary>
    internal void Trim()
    {
        lock (_lock)
            DropIdle();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            DropIdle();
        }
    }

    private void GiveBack(long bytes)
    {
        lock (_lock)
        {
            _lentBytes -= bytes;
            Monitor.PulseAll(_lock);
        }
    }

    private void DropIdle()
    {
        foreach (var workspace in _idle.Values.SelectMany(stack => stack))
            workspace.Dispose();
        _idle.Clear();
        _idleBytes = 0;
    }
}
