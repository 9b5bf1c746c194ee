using System.Globalization;
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
    public void Put(string key, ReadOnlySpan<byte> value, bool durable)
    {
        string path = PathOf(key);
        string folder = Path.GetDirectoryName(path)!;
        long number = Interlocked.Increment(ref _temporaries);
        string temporary = Hidden(path, string.Create(CultureInfo.InvariantCulture, $"{number & 0xFFFFFFFF:x}.tmp"));
        try
        {
            _folders.Ensure(folder);
            WriteWhole(temporary, value, durable);
            _retry.Run((temporary, path), static move => File.Move(move.temporary, move.path, overwrite: true));
            if (durable)
                _folders.Sync(folder);
            else
                _unsynced.Add(path);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            RemoveLeftover(temporary);
            throw IoFailure.Describe(path, $"writing {value.Length} bytes", e);
        }
    }

    private void WriteWhole(string temporary, ReadOnlySpan<byte> value, bool durable)
    {
        using SafeFileHandle handle = OpenNew(temporary);
        RandomAccess.Write(handle, value, 0);
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
