using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage;

// Whole objects: written aside, then renamed into place.
public sealed partial class FileSystemStore
{
    /// <inheritdoc/>
    /// <remarks>
    /// Durable: the file is flushed before the rename, its folder (and each folder made for it) after. Not durable: after
    /// a power cut the object may be missing, old, or, on file systems that order a rename before the data, empty.
    /// </remarks>
    public unsafe void Put(string key, ReadOnlySpan<byte> value, bool durable)
    {
        ArgumentNullException.ThrowIfNull(key);
        // SAFETY: pinned until the call has returned.
        fixed (byte* first = value)
        {
            MemoryRange range = new((nint)first, value.Length);
            Put(key.AsSpan(), new ReadOnlySpan<MemoryRange>(in range), durable);
        }
    }

    /// <inheritdoc/>
    /// <remarks>On Linux without a managed allocation, once the object's folder is known and unless it is durable.</remarks>
    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        StoreKey.Validate(key);
        uint number = (uint)Interlocked.Increment(ref _temporaries);
        try
        {
            if (OperatingSystem.IsLinux())
                PutByDescriptor(key, value, number, durable);
            else
                PutByHandle(key, value, number, durable);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(PathOf(key), $"writing {MemoryRange.Total(value)} bytes", e);
        }
    }

    [SupportedOSPlatform("linux")]
    private void PutByDescriptor(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, uint number, bool durable)
    {
        if (_root.Length + key.Length >= UnixPath.MaxBytes)
            throw UnixPath.TooLong();
        Span<char> folder = stackalloc char[_root.Length + 1 + key.Length];
        folder = folder[..FolderOf(key, folder)];
        _folders.Ensure(folder);

        UnixPath path = new(stackalloc byte[UnixPath.MaxBytes]);
        path.Append(_rootUtf8);
        path.Append("/"u8);
        path.Append(key);
        UnixPath temporary = new(stackalloc byte[UnixPath.MaxBytes]);
        temporary.Append(folder);
        temporary.Append("/."u8);
        temporary.Append(key[(key.LastIndexOf('/') + 1)..]);
        temporary.Append("."u8);
        temporary.AppendHex(number);
        temporary.Append(".tmp"u8);
        try
        {
            WriteWhole(temporary.Terminated, value, durable);
            UnixCalls.RenameFile(temporary.Terminated, path.Terminated);
        }
        catch (IOException)
        {
            // The first failure is the one to report. A hidden leftover disturbs no reader.
            _ = UnixCalls.TryRemoveFile(temporary.Terminated);
            throw;
        }

        if (durable)
            _folders.Sync(folder.ToString());
        else
            _unsynced.Add(folder, key[(key.LastIndexOf('/') + 1)..]);
    }

    [SupportedOSPlatform("linux")]
    private void WriteWhole(ReadOnlySpan<byte> temporary, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        int fd = CreateFile(temporary);
        bool written = false;
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

    [SupportedOSPlatform("linux")]
    private int CreateFile(ReadOnlySpan<byte> temporary)
    {
        while (true)
        {
            try
            {
                return UnixCalls.CreateFile(temporary);
            }
            catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.TooManyOpenFiles && _pool.TryCloseOne())
            {
                // An idle shard file gives way; it opens again when it is next written to.
            }
        }
    }

    private int FolderOf(ReadOnlySpan<char> key, Span<char> folder)
    {
        _root.CopyTo(folder);
        int name = key.LastIndexOf('/');
        if (name < 0)
            return _root.Length;
        folder[_root.Length] = '/';
        key[..name].CopyTo(folder[(_root.Length + 1)..]);
        return _root.Length + 1 + name;
    }

    private void PutByHandle(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, uint number, bool durable)
    {
        string path = PathOf(key);
        string folder = Path.GetDirectoryName(path)!;
        string temporary = Hidden(path, string.Create(CultureInfo.InvariantCulture, $"{number:x}.tmp"));
        try
        {
            _folders.Ensure(folder);
            WriteWhole(temporary, value, durable);
            _retry.Run((temporary, path), static move => File.Move(move.temporary, move.path, overwrite: true));
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            RemoveLeftover(temporary);
            throw;
        }

        if (durable)
            _folders.Sync(folder);
        else
            _unsynced.Add(path);
    }

    private void WriteWhole(string temporary, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        using SafeFileHandle handle = OpenNew(temporary);
        FileObjectWriter.WriteCached(handle, value, 0);
        if (durable)
            RandomAccess.FlushToDisk(handle);
    }

    private SafeFileHandle OpenNew(string temporary)
    {
        while (true)
        {
            try
            {
                return File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
            }
            catch (IOException e) when (IoFailure.KindOf(e) == StoreErrorKind.TooManyOpenFiles && _pool.TryCloseOne())
            {
                // An idle shard file gives way; it opens again when it is next written to.
            }
        }
    }

    private static void RemoveLeftover(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            // The first failure is the one to report. A hidden leftover disturbs no reader.
        }
    }
}
