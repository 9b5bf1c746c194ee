using System.Globalization;
using System.Runtime.Versioning;

namespace OmeZarr.Storage.FileSystem;

// Whole objects: written aside, then renamed into place.
public sealed partial class FileSystemStore
{
    /// <inheritdoc/>
    /// <remarks>
    /// Durable: the file is flushed before the rename, its folder (and each folder made for it) after. Not durable: after
    /// a power cut the object may be missing, old, or, on file systems that order a rename before the data, empty.
    /// On Linux without a managed allocation, once the object's folder is there and unless it is durable.
    /// </remarks>
    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        StoreKey.Validate(key);
        _stop.ThrowIfCancelled(key);
        var number = (uint)Interlocked.Increment(ref _temporaries);
        try
        {
            PutOnce(key, value, number, durable);
        }
        catch (IOException e) when (IsDocument(key) && IoFailure.KindOf(e) == StoreErrorKind.NoSpace && _spare.Release())
        {
            // The disk is full of pixels: what tells of them still goes in.
            Put(key, value, durable);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(PathOf(key), $"writing {MemoryRange.Total(value)} bytes", e);
        }
    }

    private void PutOnce(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, uint number, bool durable)
    {
        var root = OpenRoot();
        if (MemoryRange.Total(value) > FileSizeLimit)
            throw IoFailure.TooLarge();
        if (OperatingSystem.IsLinux() && root is HeldFolder held)
            PutByDescriptor(held, key, value, number, durable);
        else
            PutByHandle(root, key, value, number, durable);
        if (durable)
            _folders.Sync(root, key.LastIndexOf('/') is var slash and >= 0 ? key[..slash].ToString() : "");
        else
            _unsynced.Add(root, key);
    }

    [SupportedOSPlatform("linux")]
    private void PutByDescriptor(
        HeldFolder root, ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, uint number, bool durable)
    {
        var folder = new UnixPath(stackalloc byte[UnixPath.MaxPartBytes]);
        var slash = key.LastIndexOf('/');
        folder.Append(key[..Math.Max(slash, 0)]);
        var name = new UnixPath(stackalloc byte[UnixPath.MaxPartBytes]);
        name.Append(key[(slash + 1)..]);
        var temporary = new UnixPath(stackalloc byte[UnixPath.MaxPartBytes]);
        temporary.Append("."u8);
        temporary.Append(key[(slash + 1)..]);
        temporary.Append("."u8);
        temporary.AppendHex(number);
        temporary.Append(".tmp"u8);

        var held = false;
        var at = -1;
        try
        {
            root.Descriptor.DangerousAddRef(ref held);
            var rootNumber = (int)root.Descriptor.DangerousGetHandle();
            at = slash < 0 ? rootNumber : root.OpenForFiles(rootNumber, folder.Terminated);
            if (at < 0)
                throw UnixCalls.Failure(-at, PathOf(key));
            PutInFolder(at, temporary.Terminated, name.Terminated, value, durable);
        }
        finally
        {
            if (at >= 0 && slash >= 0)
                UnixCalls.CloseFile(at);
            if (held)
                root.Descriptor.DangerousRelease();
        }
    }

    [SupportedOSPlatform("linux")]
    private void PutInFolder(
        int at, ReadOnlySpan<byte> temporary, ReadOnlySpan<byte> name, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        int fd;
        var attempt = 1;
        do
        {
            fd = UnixCalls.TryCreateFileAt(at, temporary);
        }
        while (fd < 0 && _descriptors.MadeRoom(-fd, attempt++));
        if (fd < 0)
            throw UnixCalls.Failure(-fd, UnixCalls.Text(temporary));
        var done = false;
        try
        {
            WriteWhole(fd, temporary, value, durable);
            var error = UnixCalls.RenameAt(at, temporary, name);
            if (error != 0)
                throw UnixCalls.Failure(error, UnixCalls.Text(name));
            done = true;
        }
        finally
        {
            // The first failure is the one to report. A hidden leftover disturbs no reader.
            if (!done)
                _ = UnixCalls.RemoveAt(at, temporary, folder: false);
        }
    }

    [SupportedOSPlatform("linux")]
    private static void WriteWhole(int fd, ReadOnlySpan<byte> temporary, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        var written = false;
        try
        {
            UnixCalls.WriteFile(fd, value);
            if (durable)
                UnixCalls.SyncFile(fd, temporary);
            written = true;
        }
        finally
        {
            UnixCalls.CloseFile(fd, temporary, mustSucceed: written);
        }
    }

    private void PutByHandle(Folder root, ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, uint number, bool durable)
    {
        var slash = key.LastIndexOf('/');
        var name = key[(slash + 1)..].ToString();
        var temporary = string.Create(CultureInfo.InvariantCulture, $".{name}.{number:x}.tmp");
        using var folder = root.EnsureBelow(key[..Math.Max(slash, 0)].ToString());
        try
        {
            using (var handle = folder.Create(temporary))
            {
                FileObjectWriter.WriteCached(handle, value, 0);
                if (durable)
                    RandomAccess.FlushToDisk(handle);
            }

            _retry.Run((folder, temporary, name),
                static move => move.folder.TryRename(move.temporary, move.name, RenameMode.Replace));
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            RemoveLeftover(folder, temporary);
            throw;
        }
    }

    private static bool IsDocument(ReadOnlySpan<char> key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return name.SequenceEqual("zarr.json") || name.SequenceEqual(ZarrNode.OmeXml);
    }

    private static void RemoveLeftover(Folder folder, string temporary)
    {
        try
        {
            folder.RemoveFile(temporary);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            // The first failure is the one to report. A hidden leftover disturbs no reader.
        }
    }
}
