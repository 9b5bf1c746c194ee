using System.Buffers.Binary;
using System.Text;

namespace OmeZarr.Storage.FileSystem;

// What is right in it: looked at, listed, renamed and removed.
internal sealed partial class HeldFolder
{
    // struct linux_dirent64: inode, offset, the length of the whole, the kind, a name that ends in a NUL.
    private const int ListBytes = 32 << 10;
    private const int LengthAt = 16;
    private const int KindAt = 18;
    private const int NameAt = 19;

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
}
