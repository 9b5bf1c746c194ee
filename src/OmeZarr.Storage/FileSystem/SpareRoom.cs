using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Disk kept for the documents that are written when it is full: they say how far the data reaches. A file without a
/// name, so that nothing is left of it however the process ends. Any thread.
/// </summary>
/// <remarks>Only on Linux, and where the file system can; elsewhere there is none.</remarks>
internal sealed class SpareRoom(OpenFileBudget budget) : IDisposable
{
    private const int BlockBytes = 4096;
    private const long LeastBytes = 64 << 10;
    private const long MostBytes = 16 << 20;

    private SafeFileHandle? _file;

    /// <summary>Keeps twice what the first documents take: each is there twice while it is replaced.</summary>
    public void Take(Folder root, IReadOnlyList<StoredObject> first) =>
        Take(root, 2 * first.Sum(item => (item.Value.Length + BlockBytes - 1L) / BlockBytes * BlockBytes));

    /// <summary>Keeps the most, for a dataset whose documents nobody has counted.</summary>
    public void Take(Folder root) => Take(root, MostBytes);

    private void Take(Folder root, long bytes)
    {
        if (!OperatingSystem.IsLinux() || root is not HeldFolder held)
            return;
        var file = held.TryCreateNameless();
        if (file is null)
            return;
        if (UnixCalls.TryReserve(file, 0, Math.Clamp(bytes, LeastBytes, MostBytes)) != 0)
        {
            // No such thing here, or hardly any room: who begins with that is told by what comes next.
            file.Dispose();
            return;
        }

        budget.Count(1);
        _file = file;
    }

    /// <summary>Gives the room away. False: there was none, or it is gone already.</summary>
    public bool Release()
    {
        if (Interlocked.Exchange(ref _file, null) is not { } file)
            return false;
        file.Dispose();
        budget.Count(-1);
        return true;
    }

    public void Dispose() => Release();
}
