using System.Text.Json.Nodes;
using OmeZarr.Cli.Inspection;
using OmeZarr.Cli.Terminal;
using OmeZarr.Cli.Verification;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Mending;

/// <summary>
/// Finds what can be mended of a dataset, and does it. What is found a second time was not done the first time: after a whole
/// run nothing is found.
/// </summary>
internal sealed class Repair(string folder, CancellationToken cancel)
{
    private const string Own = OwnRecord.Attribute;

    /// <summary>
    /// What a create that was killed has left beside the dataset; the store deals with it when it takes the dataset.
    /// </summary>
    public IEnumerable<string> Beside => Leftovers.Beside(folder);

    /// <summary>What is to be done in the dataset itself, in this order.</summary>
    public List<Mend> Find(FileSystemStore store, KeptDocuments documents)
    {
        List<Mend> mends = [];
        foreach (var key in Leftovers.Inside(folder))
        {
            mends.Add(new Mend("leftover", key, "removed: it was being written when its writer was killed, and no reader sees it",
                () => File.Delete(PathOf(key))));
        }

        foreach (var array in Arrays(store))
            mends.AddRange(Cuts(store, array));
        mends.AddRange(Lengths(documents));
        return mends;
    }

    /// <summary>Notes in the root what was done, when it is a dataset of this library's.</summary>
    public static void Mark(FileSystemStore store, KeptDocuments documents, IReadOnlyList<Mend> done, string version)
    {
        if (store.Get(ArrayMetadata.Key) is not { } document || JsonNode.Parse(document) is not JsonObject root
            || root["attributes"]?[Own] is not JsonObject own)
            return;
        if (own["repairs"] is not JsonArray repairs)
            own["repairs"] = repairs = [];
        JsonNode entry = new JsonObject
        {
            ["program"] = version,
            ["changes"] = new JsonObject(done.GroupBy(mend => mend.Kind)
                .Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)JsonValue.Create(kind.Count())))),
        };
        repairs.Add(entry);
        documents.Replace(ArrayMetadata.Key, root);
    }

    private string PathOf(string key) => Path.Join(folder, key.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Every array that can be read, also those that no document lists.</summary>
    private IEnumerable<ArraySource> Arrays(FileSystemStore store)
    {
        var all = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, RecurseSubdirectories = true };
        foreach (var file in Directory.EnumerateFiles(folder, ArrayMetadata.Key, all).Order(StringComparer.Ordinal).ToArray())
        {
            cancel.ThrowIfCancellationRequested();
            var path = Path.GetRelativePath(folder, Path.GetDirectoryName(file)!).Replace('\\', '/');
            if (TryArray(path == "." ? "" : path) is { } array)
                yield return array;
        }
    }

    private ArraySource? TryArray(string path)
    {
        try
        {
            using var array = Dataset.Open(new FileSystemStore(folder), path, cancel: cancel);
            return array.Kind == DatasetKind.Array ? array.Image(0, cancel).Levels[0].Array : null;
        }
        catch (ReadingException)
        {
            // omezarr verify tells of it; there is nothing to go by here.
            return null;
        }
    }

    private IEnumerable<Mend> Cuts(FileSystemStore store, ArraySource array)
    {
        if (array.Metadata.Chunk.Shard is not { } shard)
            yield break;
        using var source = new DatasetFolder(folder);
        foreach (var found in new ArrayFiles(source, array.Path, array.Metadata).Objects(new Findings(), cancel))
        {
            if (ShardCut.Find(store, found.Key, shard) is not var (cut, end))
                continue;
            yield return new Mend("cut", found.Key, $"cut by {Quantity.Bytes(cut)} of nothing to {Quantity.Bytes(end)}",
                () => ShardCut.Cut(PathOf(found.Key), shard.IndexBytes, end));
        }
    }

    private List<Mend> Lengths(KeptDocuments documents)
    {
        List<Mend> mends = [];
        try
        {
            using var dataset = Dataset.Open(new FileSystemStore(folder), cancel: cancel);
            for (var i = 0; i < dataset.Images.Length; i++)
            {
                if (TryImage(dataset, i) is not { } image)
                    continue;
                foreach (var (array, before, after) in LevelLengths.Find(image))
                {
                    var key = array.Length == 0 ? ArrayMetadata.Key : $"{array}/{ArrayMetadata.Key}";
                    mends.Add(new Mend("shape", key,
                        $"shape {string.Join(" x ", before)} becomes {string.Join(" x ", after)}, which every level has",
                        () => documents.Replace(key, LevelLengths.WithShape(File.ReadAllBytes(PathOf(key)), after))));
                }
            }
        }
        catch (ReadingException)
        {
            // Not a dataset as far as its root tells; what was found of its arrays is mended all the same.
        }

        return mends;
    }

    private DatasetImage? TryImage(Dataset dataset, int index)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            return dataset.Image(index, cancel);
        }
        catch (ReadingException)
        {
            return null;
        }
    }
}
