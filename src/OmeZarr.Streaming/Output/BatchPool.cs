using OmeZarr.Concurrency;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// All batches: a few for each worker, so that it can encode the next one while another worker still writes its last. Lock-free;
/// a worker that finds none waits until half of them are returned.
/// </summary>
internal sealed class BatchPool : IDisposable
{
    /// <summary>Batches for each worker.</summary>
    public const int PerWorker = 3;

    private readonly EncodedBatch[] _batches;
    private readonly SlotStack _free;
    private readonly EventCount _returned = new();

    public BatchPool(int workers, BatchSizes sizes, int writeAlignment)
    {
        IsWrittenInPages = writeAlignment > 1;
        MostToShard = (PerWorker - 1) * workers;
        _batches = new EncodedBatch[workers * PerWorker];
        for (var i = 0; i < _batches.Length; i++)
            _batches[i] = new EncodedBatch(i, sizes, writeAlignment);
        _free = new SlotStack(_batches.Length);
    }

    /// <summary>Whether the store takes whole pages, past the page cache.</summary>
    public bool IsWrittenInPages { get; }

    /// <summary>
    /// The most batches on their way to one shard: the rest is one batch for each worker, whatever its write is stuck in.
    /// </summary>
    public int MostToShard { get; }

    /// <summary>
    /// A batch for the caller. Waits only while every other one is being encoded or written, so the wait ends when the store's
    /// operation does.
    /// </summary>
    public EncodedBatch Take()
    {
        while (true)
        {
            if (_free.TryPop(out var number))
                return _batches[number];
            var ticket = _returned.Prepare();
            if (_free.TryPop(out number))
            {
                _returned.Cancel();
                return _batches[number];
            }

            _returned.Wait(ticket, -1);
        }
    }

    /// <summary>
    /// Returns a batch. Waiters are woken once half of the batches are back, since waking a thread costs about as much as writing
    /// a batch. That point is always reached: once nobody writes any more, only the batches that other workers hold are missing.
    /// </summary>
    public void Return(EncodedBatch batch)
    {
        _free.Push(batch.Number);
        if (_free.Count >= _batches.Length / 2)
            _returned.NotifyOne();
    }

    /// <summary>Only once every batch is back.</summary>
    public void Dispose()
    {
        foreach (var batch in _batches)
            batch.Dispose();
        _free.Dispose();
    }
}
