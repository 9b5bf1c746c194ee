using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// A folder by its path, where the system has no calls that .NET knows of to hold one: macOS, Windows. Links are looked for
/// before each step, so that one which is put there between the look and the step is followed.
/// </summary>
internal sealed class PathFolder(string path) : Folder(path)
{
    /// <summary>
    /// Folders remembered at most; beyond, all are forgotten and found again (a lost memory costs time, nothing else).
    /// </summary>
    private const int MaxRemembered = 65536;

    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private FolderLock? _lock;

    public override FileIdentity? Identity => Directory.Exists(Path) ? default(FileIdentity) : null;

    public override long? FreeBytes
    {
        get
        {
            if (OperatingSystem.IsWindows())
                return WindowsCalls.FreeBytes(Path);
            try
            {
                return new DriveInfo(Path).AvailableFreeSpace;
            }
            catch (Exception e) when (IoFailure.IsIo(e) || e is ArgumentException)
            {
                return null;
            }
        }
    }

    public override Folder? TryOpenBelow(string below)
    {
        var full = At(below);
        RefuseLinks(full);
        return Directory.Exists(full) ? new PathFolder(full) : null;
    }

    public override Folder EnsureBelow(string below)
    {
        if (below.Length > 0 && !_known.ContainsKey(below))
        {
            // Never the folder itself: what was removed does not come back as a stub.
            if (!Directory.Exists(Path))
                throw new DirectoryNotFoundException($"'{Path}' is not there any more.");
            MakeBelow(below);
        }

        return new PathFolder(At(below));
    }

    public override bool TryMake(string name)
    {
        var full = At(name);
        if (System.IO.Path.Exists(full))
            return false;
        Directory.CreateDirectory(full);
        return true;
    }

    public override FileStatus? StatusOf(string name)
    {
        // Without following a link: one that leads nowhere exists too.
        var file = new FileInfo(At(name));
        var folder = new DirectoryInfo(At(name));
        if (file.LinkTarget is not null || folder.LinkTarget is not null)
            return new FileStatus(EntryKind.Link, default, 0);
        return folder.Exists ? new FileStatus(EntryKind.Folder, default, 0)
            : file.Exists ? new FileStatus(EntryKind.File, default, file.Length)
            : null;
    }

    public override IEnumerable<Entry> List()
    {
        foreach (var info in new DirectoryInfo(Path).EnumerateFileSystemInfos())
        {
            var kind = (info.Attributes & FileAttributes.ReparsePoint) != 0 ? EntryKind.Link
                : info is DirectoryInfo ? EntryKind.Folder
                : EntryKind.File;
            yield return new Entry(info.Name, kind);
        }
    }

    public override SafeFileHandle Create(string name) =>
        File.OpenHandle(At(name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    public override SafeFileHandle Open(string name)
    {
        RefuseLinks(At(name));
        return File.OpenHandle(At(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    public override SafeFileHandle? TryOpenToRead(string below, CancellationToken cancel)
    {
        var full = At(below);
        // Also false for a folder of that name.
        if (!File.Exists(full))
            return null;
        RefuseLinks(full);
        try
        {
            // Its writer may go on, and may replace it.
            return File.OpenHandle(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public override Folder? TryOpenToList(string below, CancellationToken cancel) => TryOpenBelow(below);

    public override bool RemoveFile(string name)
    {
        var wasThere = StatusOf(name) is not null;
        File.Delete(At(name));
        return wasThere;
    }

    public override bool RemoveFolder(string name)
    {
        if (!Directory.Exists(At(name)) || Directory.EnumerateFileSystemEntries(At(name)).Any())
            return false;
        Directory.Delete(At(name), recursive: false);
        return true;
    }

    public override bool TryRename(string from, string to, RenameMode mode)
    {
        if (mode == RenameMode.Exchange)
            return false;
        if (Directory.Exists(At(from)))
            Directory.Move(At(from), At(to));
        else
            File.Move(At(from), At(to), overwrite: mode == RenameMode.Replace);
        return true;
    }

    public override void Sync()
    {
        // NTFS journals its folders, and Windows cannot flush one.
        if (!OperatingSystem.IsWindows())
            UnixCalls.SyncFolder(Path);
    }

    public override bool TrySyncFileSystem() => false;

    public override LockResult TryLock()
    {
        _lock = FolderLock.TryTake(Path);
        return _lock is null ? LockResult.Held : _lock.Excludes ? LockResult.Taken : LockResult.Unavailable;
    }

    public override void Unlock()
    {
        _lock?.Dispose();
        _lock = null;
    }

    public override void Dispose() => Unlock();

    private void MakeBelow(string below)
    {
        var slash = below.LastIndexOf('/');
        if (slash > 0)
            MakeBelow(below[..slash]);
        var info = Directory.CreateDirectory(At(below));
        if ((info.Attributes & FileAttributes.ReparsePoint) != 0)
            throw Link(info.FullName);
        if (_known.Count >= MaxRemembered)
            _known.Clear();
        _known.TryAdd(below, true);
    }

    private void RefuseLinks(string full)
    {
        for (var part = full; part.Length > Path.Length; part = System.IO.Path.GetDirectoryName(part)!)
        {
            if (System.IO.Path.Exists(part) && (File.GetAttributes(part) & FileAttributes.ReparsePoint) != 0)
                throw Link(part);
        }
    }

    private static UnauthorizedAccessException Link(string at) =>
        new($"'{at}' is a symbolic link; nothing is read or written through one.");

    private string At(string below) => System.IO.Path.Join(Path, below.Replace('/', System.IO.Path.DirectorySeparatorChar));
}
