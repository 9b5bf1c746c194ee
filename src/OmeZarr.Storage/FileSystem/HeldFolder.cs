using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>A folder that is held open, on Linux: everything goes by its descriptor.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class HeldFolder : Folder
{
    private readonly SafeFileHandle _descriptor;
    private readonly Descriptors _descriptors;
    private readonly bool _isOwned;

    private HeldFolder(string path, SafeFileHandle descriptor, Descriptors descriptors, bool isOwned)
        : base(path)
    {
        _descriptor = descriptor;
        _descriptors = descriptors;
        _isOwned = isOwned;
    }

    /// <summary>For calls that go right to the system; hold it by <c>DangerousAddRef</c>.</summary>
    public SafeFileHandle Descriptor => _descriptor;

    public override FileIdentity? Identity
    {
        get
        {
            using var use = new Use(_descriptor);
            return UnixCalls.StatAt(use.Number, "\0"u8, out var status) == 0 ? status.Identity : null;
        }
    }

    public override long? FreeBytes
    {
        get
        {
            using var use = new Use(_descriptor);
            return UnixCalls.FreeBytes(use.Number);
        }
    }

    /// <summary>What kind of file system it is on.</summary>
    public long FileSystemKind
    {
        get
        {
            using var use = new Use(_descriptor);
            return UnixCalls.FileSystemKind(use.Number);
        }
    }

    /// <summary>Whether a file keeps its number as long as it is there, whoever has it open.</summary>
    public bool HasStableNumbers => FileSystemKinds.HaveStableNumbers(FileSystemKind);

    /// <summary>What tells a file below from every other one; null when it is not there. Allocates nothing.</summary>
    public FileIdentity? IdentityBelow(string folder, string name)
    {
        using var use = new Use(_descriptor);
        var path = new UnixPath(stackalloc byte[UnixPath.MaxBytes]);
        path.Append(folder);
        if (folder.Length > 0)
            path.Append("/"u8);
        path.Append(name);
        FileStatus status;
        int error;
        var attempt = 1;
        do
        {
            error = UnixCalls.StatBelow(use.Number, path.Terminated, out status);
        }
        while (error != 0 && _descriptors.MadeRoom(error, attempt++));
        return error == 0 ? status.Identity
            : error is UnixCalls.Enoent or UnixCalls.Enotdir or UnixCalls.Eloop ? null
            : throw UnixCalls.Failure(error, System.IO.Path.Join(Path, folder, name));
    }

    /// <inheritdoc cref="Folder.TryOpen"/>
    public static HeldFolder? TryOpenPath(string path, Descriptors descriptors)
    {
        for (var attempt = 1; ; attempt++)
        {
            var fd = UnixCalls.TryOpenFolder(path);
            if (fd >= 0)
                return new HeldFolder(path, new SafeFileHandle(fd, ownsHandle: true), descriptors, isOwned: true);
            if (fd == -UnixCalls.Enoent)
                return null;
            if (!descriptors.MadeRoom(-fd, attempt))
                throw UnixCalls.Failure(-fd, path);
        }
    }

    public override HeldFolder? TryOpenBelow(string below)
    {
        if (below.Length == 0)
            return new HeldFolder(Path, _descriptor, _descriptors, isOwned: false);
        var fd = TryOpen(below, make: false);
        return fd >= 0 ? Opened(below, fd) : fd == -UnixCalls.Enoent ? null : throw UnixCalls.Failure(-fd, At(below));
    }

    public override HeldFolder EnsureBelow(string below)
    {
        if (below.Length == 0)
            return new HeldFolder(Path, _descriptor, _descriptors, isOwned: false);
        var fd = TryOpen(below, make: true);
        return fd >= 0 ? Opened(below, fd) : throw UnixCalls.Failure(-fd, At(below));
    }

    public override HeldFolder? TryOpenToList(string below, CancellationToken cancel)
    {
        // A descriptor has one position in its listing.
        var fd = TryOpen(below.Length > 0 ? below : ".", make: false, cancel);
        return fd >= 0 ? Opened(below, fd)
            : fd is -UnixCalls.Enoent or -UnixCalls.Enotdir ? null
            : throw UnixCalls.Failure(-fd, At(below));
    }

    // By the descriptor that is held: what was renamed into the folder must not depend on whether there is another one.
    public override void Sync()
    {
        using var use = new Use(_descriptor);
        var error = UnixCalls.SyncFolderAt(use.Number);
        if (error != 0)
            throw UnixCalls.Failure(error, Path);
    }

    public override bool TrySyncFileSystem()
    {
        using var use = new Use(_descriptor);
        var error = UnixCalls.SyncFileSystem(use.Number);
        return error == 0 ? true : throw UnixCalls.Failure(error, Path);
    }

    public override LockResult TryLock()
    {
        using var use = new Use(_descriptor);
        var error = UnixCalls.TryLock(use.Number);
        return error == 0 ? LockResult.Taken : UnixCalls.IsLockHeld(error) ? LockResult.Held : LockResult.Unavailable;
    }

    public override void Unlock() => UnixCalls.Unlock(_descriptor);

    public override void Dispose()
    {
        if (_isOwned)
            _descriptor.Dispose();
    }

    private HeldFolder Opened(string below, int fd) =>
        new(At(below), new SafeFileHandle(fd, ownsHandle: true), _descriptors, isOwned: true);

    // To be listed, locked or flushed.
    private int TryOpen(string below, bool make, CancellationToken cancel = default)
    {
        using var use = new Use(_descriptor);
        var path = new UnixPath(stackalloc byte[UnixPath.MaxBytes]);
        path.Append(below);
        for (var attempt = 1; ; attempt++)
        {
            var fd = UnixCalls.TryOpenFolderAt(use.Number, path.Terminated, toRead: true);
            if (fd == -UnixCalls.Enoent && make && Make(use.Number, path.Terminated) is var made)
            {
                if (made >= 0)
                    UnixCalls.CloseFile(made);
                fd = made < 0 ? made : UnixCalls.TryOpenFolderAt(use.Number, path.Terminated, toRead: true);
            }

            if (fd >= 0 || !_descriptors.MadeRoom(-fd, attempt, cancel))
                return fd;
        }
    }

    // From the top, each folder that is not there yet; the descriptor of the last one.
    private static int Make(int at, ReadOnlySpan<byte> below)
    {
        var folder = -1;
        Span<byte> part = stackalloc byte[UnixPath.MaxPartBytes];
        for (var rest = below[..^1]; ;)
        {
            var slash = rest.IndexOf((byte)'/');
            var name = slash < 0 ? rest : rest[..slash];
            var parent = folder < 0 ? at : folder;
            var next = -UnixPath.NameTooLong;
            if (name.Length < part.Length)
            {
                name.CopyTo(part);
                part[name.Length] = 0;
                var error = UnixCalls.MakeFolderAt(parent, part[..(name.Length + 1)]);
                next = error is 0 or UnixCalls.Eexist
                    ? UnixCalls.TryOpenFolderAt(parent, part[..(name.Length + 1)], toRead: false)
                    : -error;
            }

            if (folder >= 0)
                UnixCalls.CloseFile(folder);
            if (next < 0 || slash < 0)
                return next;
            folder = next;
            rest = rest[(slash + 1)..];
        }
    }

    private string At(string below) => System.IO.Path.Join(Path, below);

    /// <summary>Keeps a descriptor open for one operation, whoever disposes of it meanwhile.</summary>
    private readonly ref struct Use
    {
        private readonly SafeFileHandle _file;

        public Use(SafeFileHandle file)
        {
            var held = false;
            file.DangerousAddRef(ref held);
            _file = file;
            Number = (int)file.DangerousGetHandle();
        }

        public int Number { get; }

        public void Dispose() => _file.DangerousRelease();
    }
}
