using OmeZarr.Storage;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Json;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Cli.Verification;

/// <summary>Reads the index of a shard and holds it against the file: bounds, overlaps, and room that nothing is in.</summary>
internal static class ShardCheck
{
    /// <summary>Writers that bypass the page cache begin each batch at a page: smaller gaps are theirs.</summary>
    public const long LooseBytes = 64 << 10;

    private const string Kind = "index";

    /// <summary>The entries of the index, or null when it cannot be used.</summary>
    public static ulong[]? Read(IReadableStore store, ArrayObject shard, ShardLayout layout, Findings findings)
    {
        if (shard.Bytes < layout.IndexBytes)
        {
            findings.Error(Kind, shard.Key,
                $"it has {shard.Bytes} bytes, and its index alone has {layout.IndexBytes}: all of its chunks are lost");
            return null;
        }

        var index = new byte[layout.IndexBytes];
        var size = layout.IndexLocation == ShardIndexLocation.End
            ? store.ReadEnd(shard.Key, index)
            : store.ReadAt(shard.Key, 0, index);
        if (size is null)
        {
            findings.Error(Kind, shard.Key, "it disappeared while it was read");
            return null;
        }

        try
        {
            var entries = new ulong[layout.Count * ShardIndex.NumbersPerChunk];
            StoredShardIndex.Decode(index, layout, entries);
            CheckPlaces(entries, shard with { Bytes = size.Value }, layout, findings);
            return entries;
        }
        catch (ZarrFormatException e)
        {
            findings.Error(Kind, shard.Key, $"{e.Message} All of its chunks are lost to readers");
            return null;
        }
    }

    private static void CheckPlaces(ulong[] entries, ArrayObject shard, ShardLayout layout, Findings findings)
    {
        var atEnd = layout.IndexLocation == ShardIndexLocation.End;
        var (from, to) = atEnd ? (0L, shard.Bytes - layout.IndexBytes) : (layout.IndexBytes, shard.Bytes);
        List<(long Offset, long Length)> places = [];
        for (var chunk = 0; chunk < layout.Count; chunk++)
        {
            try
            {
                if (ShardIndex.Locate(entries, chunk, shard.Bytes) is not var (offset, length))
                    continue;
                if (offset < from || offset + length > to)
                    findings.Error(Kind, shard.Key, $"chunk {chunk} lies where the index is");
                else
                    places.Add((offset, length));
            }
            catch (ZarrFormatException e)
            {
                findings.Error(Kind, shard.Key, e.Message);
            }
        }

        places.Sort();
        for (var i = 1; i < places.Count; i++)
        {
            if (places[i].Offset < places[i - 1].Offset + places[i - 1].Length)
            {
                findings.Error(Kind, shard.Key, $"two chunks lie over each other at {places[i].Offset}");
                break;
            }
        }

        var end = places.Count == 0 ? from : places[^1].Offset + places[^1].Length;
        if (atEnd && to - end >= LooseBytes)
        {
            findings.Warning("loose", shard.Key,
                $"{to - end} bytes of nothing lie between its chunks and its index, as a writer that was killed leaves them");
        }
    }
}
