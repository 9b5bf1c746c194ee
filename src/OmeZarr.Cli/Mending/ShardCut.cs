using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Json;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Cli.Mending;

/// <summary>
/// Cuts a shard file whose writer was killed: its last index lies far behind its chunks, so that the file looks much larger than
/// it is. The index is written once more right behind the chunks, where nothing is, made durable, and the file is cut after it:
/// it ends in one index or in the other at every instant.
/// </summary>
internal static class ShardCut
{
    /// <summary>Less is not worth a change.</summary>
    public const long LeastBytes = 64 << 10;

    /// <summary>Bytes that are cut off, and where the file ends then; null when there is nothing to cut.</summary>
    public static (long Cut, long End)? Find(FileSystemStore store, string key, ShardLayout layout)
    {
        if (layout.IndexLocation != ShardIndexLocation.End)
            return null;
        var index = new byte[layout.IndexBytes];
        if (store.ReadEnd(key, index) is not { } size || size < index.Length)
            return null;
        var entries = new ulong[layout.Count * ShardIndex.NumbersPerChunk];
        try
        {
            StoredShardIndex.Decode(index, layout, entries);
            var end = 0L;
            for (var chunk = 0; chunk < layout.Count; chunk++)
            {
                if (ShardIndex.Locate(entries, chunk, size - index.Length) is var (offset, length))
                    end = Math.Max(end, offset + length);
            }

            // Room for the second index before the first one begins.
            var cut = size - index.Length - end;
            return cut >= Math.Max(LeastBytes, index.Length) ? (cut, end + index.Length) : null;
        }
        catch (ZarrFormatException)
        {
            // A damaged index is all that tells where chunks are: nothing is touched.
            return null;
        }
    }

    /// <summary>Cuts the file.</summary>
    public static void Cut(string path, int indexBytes, long end)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var index = new byte[indexBytes];
        var from = RandomAccess.GetLength(file) - indexBytes;
        for (var read = 0; read < indexBytes;)
        {
            var more = RandomAccess.Read(file, index.AsSpan(read), from + read);
            if (more == 0)
                throw new IOException($"'{path}' became shorter while it was read.");
            read += more;
        }

        RandomAccess.Write(file, index, end - indexBytes);
        RandomAccess.FlushToDisk(file);
        RandomAccess.SetLength(file, end);
        RandomAccess.FlushToDisk(file);
    }
}
