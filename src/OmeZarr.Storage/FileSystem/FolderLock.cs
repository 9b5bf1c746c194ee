namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Keeps two writers (of one process or of two) out of one dataset, and a replacing writer away from a dataset that is
/// still being written. The operating system drops it when the process ends, however it ends; no file is left behind.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly IDisposable? _windowsHandle;
    private int _unixDescriptor = -1;

    private FolderLock(IDisposable handle) => _windowsHandle = handle;

    private FolderLock(int descriptor) => _unixDescriptor = descriptor;

    /// <summary>Whether it keeps others out; some file systems have no locks.</summary>
    public bool Excludes => OperatingSystem.IsWindows()
        ? _windowsHandle is Microsoft.Win32.SafeHandles.SafeFileHandle { IsInvalid: false }
        : _unixDescriptor >= 0;

    /// <summary>The lock, or null when another holds it. Where a file system cannot lock, a lock that excludes nobody.</summary>
    public static FolderLock? TryTake(string folder)
    {
        if (OperatingSystem.IsWindows())
            return WindowsCalls.TryLockFolder(folder) is { } handle ? new FolderLock(handle) : null;
        return UnixCalls.TryLockFolder(folder) is { } descriptor ? new FolderLock(descriptor) : null;
    }

    public void Dispose()
    {
        _windowsHandle?.Dispose();
        if (!OperatingSystem.IsWindows())
            UnixCalls.Unlock(Interlocked.Exchange(ref _unixDescriptor, -1));
    }
}
