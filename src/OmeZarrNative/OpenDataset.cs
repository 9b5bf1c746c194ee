using OmeZarr.Reading;

namespace OmeZarrNative;

/// <summary>A dataset behind a handle. It is closed when its handle is, and the last call that uses it has returned.</summary>
internal sealed class OpenDataset(Dataset dataset)
{
    private readonly Lock _lock = new();
    private int _users = 1;

    public Dataset Dataset { get; } = dataset;

    /// <summary>Keeps it open; false when it is closed.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_users == 0)
                return false;
            _users++;
            return true;
        }
    }

    /// <summary>Lets go of it.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
        }

        Dataset.Dispose();
    }
}
