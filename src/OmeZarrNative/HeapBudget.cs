using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>
/// The managed heap that open streams share. Each stream's share is planned and reserved before it begins, so that no stream
/// fails in the middle of an acquisition because of others. Any thread.
/// </summary>
/// <param name="bytes">The total for all streams.</param>
internal sealed class HeapBudget(long bytes)
{
    /// <summary>
    /// How many streams may write their last documents at the same time, each listing as many frames as there can be. Reserving
    /// for all open streams would leave no room for new ones.
    /// </summary>
    private const int EndsAtOnce = 16;

    private readonly Lock _lock = new();
    private readonly List<HeapShare> _shares = [];

    /// <summary>Reserves a stream's share, until it is disposed of.</summary>
    /// <param name="wanted">Bytes needed while the stream is open.</param>
    /// <param name="atTheEnd">Additional bytes at its end.</param>
    /// <exception cref="AbiException">The open streams leave less than that.</exception>
    public HeapShare Take(long wanted, long atTheEnd)
    {
        lock (_lock)
        {
            var share = new HeapShare(this, wanted, atTheEnd);
            var taken = Sum(_shares);
            if (Sum([.. _shares, share]) > bytes)
            {
                throw new AbiException(
                    Status.TooManyStreams,
                    $"this stream needs {wanted} bytes of the library's heap for its images, arrays and frames in flight, and "
                        + $"{atTheEnd} more at its end; the "
                    + $"{_shares.Count} streams that are open have taken {taken} of {bytes}. Finalize some of them first, or "
                        + $"give fewer images, arrays or a smaller "
                    + "pipeline.ring_frames");
            }

            _shares.Add(share);
            return share;
        }
    }

    private static long Sum(IReadOnlyCollection<HeapShare> shares) =>
        shares.Sum(share => share.Wanted) + shares.Select(share => share.AtTheEnd).OrderDescending().Take(EndsAtOnce).Sum();

    /// <summary>Changes the size of a share; refused when the others leave less than that.</summary>
    internal void Resize(HeapShare share, long wanted)
    {
        lock (_lock)
        {
            var more = wanted - share.Wanted;
            if (more > 0 && Sum(_shares) + more > bytes)
            {
                throw new AbiException(
                    Status.OutOfMemory,
                    $"metadata takes up to {HeapShare.MetadataByteBytes} bytes of the library's heap for each of its own: "
                        + $"{more} more are not there, {Sum(_shares)} of {bytes} "
                    + "are taken. Keep large values in files of their own");
            }

            share.Wanted = wanted;
        }
    }

    internal void Return(HeapShare share)
    {
        lock (_lock)
            _shares.Remove(share);
    }
}
