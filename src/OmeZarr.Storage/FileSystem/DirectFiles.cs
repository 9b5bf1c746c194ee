using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage;

/// <summary>Whether files are written past the page cache, until the system or the file system turns out not to. Any thread.</summary>
internal sealed class DirectFiles(FileSystemOptions options)
{
    private const int Wanted = 1;

    private int _state = options.Unbuffered ? Wanted : 0;

    public bool IsWanted => Volatile.Read(ref _state) == Wanted;

    /// <summary>Has an open file written past the cache, or says why not.</summary>
    public bool TrySet(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux() && options.SetDirect(file))
            return true;
        Refused(null);
        return false;
    }

    /// <summary>Gives up for files made from now on; told once.</summary>
    public void Refused(string? path)
    {
        if (Interlocked.Exchange(ref _state, 0) != Wanted)
            return;
        string what = !OperatingSystem.IsLinux() ? "this system" : path is null ? "the file system" : $"the file system of {path}";
        options.OnBuffered?.Invoke($"store.unbuffered: {what} has no direct writes that suit; shards are written through the page cache");
    }
}
