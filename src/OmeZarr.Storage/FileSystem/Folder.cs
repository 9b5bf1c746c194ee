using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// A folder and what lies in it. Nothing is done through a symbolic link below it. Names are single parts, paths have '/'
/// between them; both are checked by who gives them. Failures are an <see cref="IOException"/> (or
/// <see cref="UnauthorizedAccessException"/>) that <see cref="IoFailure"/> understands. Any thread.
/// </summary>
/// <remarks>
/// On Linux a folder is held by its descriptor (<see cref="HeldFolder"/>): it stays the same one wherever it is moved, and
/// whatever takes its place. Elsewhere it is known by its path (<see cref="PathFolder"/>), which is weaker.
/// </remarks>
internal abstract class Folder(string path) : IDisposable
{
    /// <summary>Where it is: for messages, and where there are no descriptors the way to it.</summary>
    public string Path { get; set; } = path;

    /// <summary>Opens a folder by its path, in which links are followed; null when nothing is there.</summary>
    public static Folder? TryOpen(string path, Descriptors descriptors) => OperatingSystem.IsLinux()
        ? HeldFolder.TryOpenPath(path, descriptors)
        : Directory.Exists(path) ? new PathFolder(path) : null;

    /// <summary>A folder somewhere below, or (for an empty path) this one again; null when nothing is there.</summary>
    public abstract Folder? TryOpenBelow(string below);

    /// <summary>The same; the folder and those above it are made where they are missing.</summary>
    public abstract Folder EnsureBelow(string below);

    /// <summary>Makes a folder. False: the name is taken.</summary>
    public abstract bool TryMake(string name);

    /// <summary>What lies at a name; null for nothing.</summary>
    public abstract FileStatus? StatusOf(string name);

    /// <summary>The folder itself; null when it has been removed.</summary>
    public abstract FileIdentity? Identity { get; }

    /// <summary>What is in it, in no order. Entries that have been returned may be removed meanwhile.</summary>
    public abstract IEnumerable<Entry> List();

    /// <summary>Makes a file that must not be there.</summary>
    public abstract SafeFileHandle Create(string name);

    /// <summary>Opens a file to write and to read.</summary>
    public abstract SafeFileHandle Open(string name);

    /// <summary>Opens a file somewhere below to read it only; null when no file is there.</summary>
    public abstract SafeFileHandle? TryOpenToRead(string below, CancellationToken cancel);

    /// <summary>
    /// Opens a folder somewhere below, or (for an empty path) this one, once more: to be listed beside others that list it. Null
    /// when no folder is there.
    /// </summary>
    public abstract Folder? TryOpenToList(string below, CancellationToken cancel);

    /// <summary>Removes a file or a link. False: nothing was there.</summary>
    public abstract bool RemoveFile(string name);

    /// <summary>Removes an empty folder. False: it is not empty, or not there.</summary>
    public abstract bool RemoveFolder(string name);

    /// <summary>Renames an entry. False: the file system does not know this mode.</summary>
    public abstract bool TryRename(string from, string to, RenameMode mode);

    /// <summary>Makes its entries durable.</summary>
    public abstract void Sync();

    /// <summary>Makes everything on its file system durable. False: the system has no call for that.</summary>
    public abstract bool TrySyncFileSystem();

    /// <summary>Bytes that can still be written where it lies; null when the system does not say.</summary>
    public abstract long? FreeBytes { get; }

    /// <summary>
    /// Locks it against other writers until <see cref="Unlock"/>, <see cref="Dispose"/> or the end of the process.
    /// </summary>
    public abstract LockResult TryLock();

    /// <summary>Gives the lock back.</summary>
    public abstract void Unlock();

    public abstract void Dispose();

    /// <summary>As <see cref="TryOpenBelow"/>, for a folder that ought to be there.</summary>
    public Folder OpenBelow(string below) =>
        TryOpenBelow(below)
        ?? throw new DirectoryNotFoundException($"'{System.IO.Path.Join(Path, below)}' is not there any more.");

    /// <summary>Renames to a name that is free, or fails.</summary>
    public void RenameToFree(string from, string to)
    {
        if (TryRename(from, to, RenameMode.Refuse))
            return;
        // Network file systems look and rename in two steps.
        if (StatusOf(to) is not null)
            throw new IOException($"'{System.IO.Path.Join(Path, to)}' exists already.");
        _ = TryRename(from, to, RenameMode.Replace);
    }

    public bool IsEmpty() => !List().Any();

    /// <summary>The bytes of a small file right in it; null when no file is there, or it is larger.</summary>
    public byte[]? Read(string name, int mostBytes)
    {
        using var file = TryOpenToRead(name, CancellationToken.None);
        if (file is null)
            return null;
        var size = RandomAccess.GetLength(file);
        if (size > mostBytes)
            return null;
        var bytes = new byte[size];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is var next and > 0)
            read += next;
        return read == bytes.Length ? bytes : bytes[..read];
    }
}
