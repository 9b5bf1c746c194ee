using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>A folder that is held open, on Linux: everything goes by its descriptor.</summary>
[SupportedOSPlatform("linux")]
internal sealed class HeldFolder : Folder
{
    // struct linux_dirent64: inode, offset, the length of the whole, the kind, a name that ends in a NUL.
    private const int ListBytes = 32 << 10;
    private const int LengthAt = 16;
    private const int KindAt = 18;
    private const int NameAt = 19;

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

    /// <summary>
    /// The descriptor of a folder below, to be closed by the caller; made, with those above it, where it is missing. Negative:
    /// the error's number with a minus sign. Allocates nothing.
    /// </summary>
    public int OpenForFiles(int at, ReadOnlySpan<byte> below)
    {
        for (var attempt = 1; ; attempt++)
        {
            var fd = UnixCalls.TryOpenFolderAt(at, below, toRead: false);
            if (fd == -UnixCalls.Enoent)
                fd = Make(at, below);
            if (fd >= 0 || !_descriptors.MadeRoom(-fd, attempt))
                return fd;
        }
    }

    public override bool TryMake(string name)
    {
        using var use = new Use(_descriptor);
        var path = new UnixPath(stackalloc byte[UnixPath.MaxPartBytes]);
        path.Append(name);
        var error = UnixCalls.MakeFolderAt(use.Number, path.Terminated);
        return error == 0 || (error == UnixCalls.Eexist ? false : throw UnixCalls.Failure(error, At(name)));
    }

    public override FileStatus? StatusOf(string name)
    {
        using var use = new Use(_descriptor);
        var path = new UnixPath(stackalloc byte[UnixPath.MaxBytes]);
        path.Append(name);
        var error = UnixCalls.StatAt(use.Number, path.Terminated, out var status);
        return error == 0 ? status : error == UnixCalls.Enoent ? null : throw UnixCalls.Failure(error, At(name));
    }

    public override IEnumerable<Entry> List()
    {
        var fd = (int)_descriptor.DangerousGetHandle();
        UnixCalls.Rewind(fd);
        var buffer = new byte[ListBytes];
        while (true)
        {
            var read = UnixCalls.ListFolder(fd, buffer);
            // A folder that has been removed has no entries.
            if (read is 0 or -UnixCalls.Enoent)
                yield break;
            if (read < 0)
                throw UnixCalls.Failure(-read, Path);
            for (var at = 0; at < read; at += BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + LengthAt)))
            {
                if (EntryAt(buffer.AsSpan(at, read - at)) is { } entry)
                    yield return entry;
            }
        }
    }

    public override SafeFileHandle Create(string name)
    {
        using var use = new Use(_descriptor);
        var path = new UnixPath(stackalloc byte[UnixPath.MaxPartBytes]);
        path.Append(name);
        for (var attempt = 1; ; attempt++)
        {
            var fd = UnixCalls.TryCreateFileAt(use.Number, path.Terminated);
            if (fd >= 0)
                return new SafeFileHandle(fd, ownsHandle: true);
            if (!_descriptors.MadeRoom(-fd, attempt))
                throw UnixCalls.Failure(-fd, At(name));
        }
    }

    /// <summary>A file without a name, which is gone when it is closed; null where there is no such thing.</summary>
    public SafeFileHandle? TryCreateNameless()
    {
        using var use = new Use(_descriptor);
        var fd = UnixCalls.TryCreateNamelessFile(use.Number);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : null;
    }

    public override SafeFileHandle Open(string name)
    {
        var fd = TryOpenFile(name, toWrite: true);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw UnixCalls.Failure(-fd, At(name));
    }

    public override SafeFileHandle? TryOpenToRead(string below, CancellationToken cancel)
    {
        var fd = TryOpenFile(below, toWrite: false, cancel);
        if (fd is -UnixCalls.Enoent or -UnixCalls.Enotdir)
            return null;
        if (fd < 0)
            throw UnixCalls.Failure(-fd, At(below));
        var file = new SafeFileHandle(fd, ownsHandle: true);
        if (UnixCalls.StatAt(fd, "\0"u8, out var status) == 0 && status.Kind == EntryKind.File)
            return file;
        // A folder, a pipe: no object.
        file.Dispose();
        return null;
    }

    public override bool RemoveFile(string name) => Remove(name, folder: false, UnixCalls.Enoent);

    public override bool RemoveFolder(string name) => Remove(name, folder: true, UnixCalls.Enotempty);

    public override bool TryRename(string from, string to, RenameMode mode)
    {
        using var use = new Use(_descriptor);
        var old = new UnixPath(stackalloc byte[UnixPath.MaxPartBytes]);
        old.Append(from);
        var name = new UnixPath(stackalloc byte[UnixPath.MaxPartBytes]);
        name.Append(to);
        var error = UnixCalls.RenameAt(use.Number, old.Terminated, name.Terminated, mode);
        if (error == 0)
            return true;
        if (mode != RenameMode.Replace && UnixCalls.IsUnknown(error))
            return false;
        throw UnixCalls.Failure(error, At(to));
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

    // Null for the folder itself and the one above, which every listing has.
    private Entry? EntryAt(ReadOnlySpan<byte> record)
    {
        var name = record[NameAt..];
        name = name[..name.IndexOf((byte)0)];
        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
            return null;
        const byte notSaid = 0, folder = 4, file = 8, link = 10;
        var text = Encoding.UTF8.GetString(name);
        return new Entry(text, record[KindAt] switch
        {
            notSaid => StatusOf(text)?.Kind ?? EntryKind.Other,
            folder => EntryKind.Folder,
            file => EntryKind.File,
            link => EntryKind.Link,
            _ => EntryKind.Other,
        });
    }

    private HeldFolder Opened(string below, int fd) => new(At(below), new SafeFileHandle(fd, ownsHandle: true), _descriptors, isOwned: true);

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

    private int TryOpenFile(string below, bool toWrite, CancellationToken cancel = default)
    {
        using var use = new Use(_descriptor);
        var path = new UnixPath(stackalloc byte[UnixPath.MaxBytes]);
        path.Append(below);
        for (var attempt = 1; ; attempt++)
        {
            var fd = UnixCalls.TryOpenFileAt(use.Number, path.Terminated, toWrite);
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
                next = error is 0 or UnixCalls.Eexist ? UnixCalls.TryOpenFolderAt(parent, part[..(name.Length + 1)], toRead: false) : -error;
            }

            if (folder >= 0)
                UnixCalls.CloseFile(folder);
            if (next < 0 || slash < 0)
                return next;
            folder = next;
            rest = rest[(slash + 1)..];
        }
    }

    private bool Remove(string name, bool folder, int notRemoved)
    {
        using var use = new Use(_descriptor);
        var path = new UnixPath(stackalloc byte[UnixPath.MaxPartBytes]);
        path.Append(name);
        var error = UnixCalls.RemoveAt(use.Number, path.Terminated, folder);
        // Some file systems say EEXIST for a folder with something in it.
        if (error == notRemoved || error == UnixCalls.Enoent || (folder && error == UnixCalls.Eexist))
            return false;
        return error == 0 ? true : throw UnixCalls.Failure(error, At(name));
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
