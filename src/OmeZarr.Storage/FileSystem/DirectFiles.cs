using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Whether files are written past the page cache, until the system or the file system turns out not to. Any thread.
/// </summary>
internal sealed class DirectFiles(FileSystemOptions options)
{
    private const int Einval = 22;

    private volatile bool _isWanted = options.Unbuffered;
    private volatile bool _works;
    private int _told;

    public bool IsWanted => _isWanted;

    /// <summary>Has a new, empty file written past the cache. Otherwise says why not, and further files need not ask.</summary>
    public bool TrySetNew(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux() && options.SetDirect(file) && (_works || TryOneBlock(file)))
            return _works = true;
        _isWanted = false;
        if (Interlocked.Exchange(ref _told, 1) == 0)
            options.OnWarning?.Invoke(
                "store.unbuffered: this system or file system has no direct writes; shards are written through the page cache");
        return false;
    }

    /// <summary>
    /// The same for a file that was closed in between. Should the system refuse now, it is written through the cache.
    /// </summary>
    public void SetAgain(SafeFileHandle file) => _ = options.SetDirect(file);

    // Some file systems agree, and refuse only what is written: with larger blocks than ours, for one. The block is written
    // over by the first data, or cut off.
    [SupportedOSPlatform("linux")]
    private static unsafe bool TryOneBlock(SafeFileHandle file)
    {
        var zeros = stackalloc byte[1];
        *zeros = 0;
        var range = new MemoryRange((nint)zeros, 1);
        try
        {
            // SAFETY: on this method's stack.
            DirectWrite.Write(file, new ReadOnlySpan<MemoryRange>(in range), 0);
            return true;
        }
        catch (IOException e)
        {
            // A full disk, say: the first append will meet it again, and tell.
            if (e.HResult != Einval)
                return true;
            _ = UnixCalls.TrySetDirect(file, direct: false);
            return false;
        }
    }
}
