using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

// Files in it and below it: made and opened.
internal sealed partial class HeldFolder
{
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
}
