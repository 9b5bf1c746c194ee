using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>
/// The managed heap that open streams share. What each will have of it is planned and taken before it begins, so that no
/// stream fails in the middle of an acquisition because of others. Any thread.
/// </summary>
/// <param name="bytes">What there is for all together.</param>
internal sealed class HeapBudget(long bytes)
{
    private readonly Lock _lock = new();
    private long _taken;
    private int _shares;

    /// <summary>Takes a stream's part, until the share is disposed of.</summary>
    /// <param name="wanted">Its bytes.</param>
    /// <exception cref="AbiException">The streams that are open leave less than that.</exception>
    public IDisposable Take(long wanted)
    {
        lock (_lock)
        {
            if (wanted > bytes - _taken)
            {
                throw new AbiException(
                    Status.TooManyStreams,
                    $"this stream needs {wanted} bytes of the library's heap for its images, arrays and frames in flight; the {_shares} streams that are open have "
                    + $"taken {_taken} of {bytes}. Finalize some of them first, or give fewer images, arrays or a smaller pipeline.ring_frames");
            }

            _taken += wanted;
            _shares++;
        }

        return new Share(this, wanted);
    }

    private void Return(long taken)
    {
        lock (_lock)
        {
            _taken -= taken;
            _shares--;
        }
    }

    private sealed class Share(HeapBudget budget, long taken) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
                budget.Return(taken);
        }
    }
}
