
using OmeZarr.Concurrency;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// The batches that there are: a few for each worker, so that it can encode the next one while another worker still writes
/// its last. Without locks; whoever finds none waits until half of them are back from their shards.
/// </summary>
internal sealed class BatchPool : IDisposable
{
    /// <summary>Batches for each worker.</summary>
    public const int PerWorker = 3;

    /// <summary>The most batches on their way to one shard: the rest is a batch for each worker, whatever its write is stuck in.</summary>
    public static int MostOfShard(int workers) => (PerWorker - 1) * workers;

    private readonly EncodedBatch[] _batches;
    private readonly SlotStack _free;
    private readonly EventCount _returned = new();

    public BatchPool(int workers, BatchSizes sizes, int writeAlignment)
    {
        IsWrittenInPages = writeAlignment > 1;
        MostToShard = MostOfShard(workers);
        _batches = new EncodedBatch[workers * PerWorker];
        for (var i = 0; i < _batches.Length; i++)
            _batches[i] = new EncodedBatch(i, sizes, writeAlignment);
        _free = new SlotStack(_batches.Length);
    }

    /// <summary>Whether the store takes whole pages, past the page cache.</summary>
    public bool IsWrittenInPages { get; }

    /// <summary>The most batches on their way to one shard, see <see cref="MostOfShard"/>.</summary>
    public int MostToShard { get; }

    /// <summary>
    /// A batch for the caller. Waits only while every other one is being encoded or written, so that it ends when the store does.
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
    /// Gives a batch back. Who waits is woken for half of the batches, since to wake a thread costs about as much as to write
    /// one. That comes: once nobody writes any more, only those are missing that other workers have in hand.
    /// </summary>
    public void Return(EncodedBatch batch)
    {
        _free.Push(batch.Number);
        if (_free.Count >= _batches.Length / 2)
            _returned.NotifyOne();
    }

    /// <summary>Once every batch is back.</summary>
    public void Dispose()
    {
        foreach (var batch in _batches)
            batch.Dispose();
        _free.Dispose();
    }
}
