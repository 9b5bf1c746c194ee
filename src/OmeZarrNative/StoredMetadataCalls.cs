using System.Text.Json.Nodes;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Zarr;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Metadata of a dataset that no stream is writing.</summary>
internal static unsafe class StoredMetadataCalls
{
    public static int Set(byte* path, byte* group, byte* name, byte* json, int timeoutMs)
    {
        var root = TextIn.String(path, "path");
        if (root.Length == 0)
            throw new AbiException(Status.InvalidArgument, "path is empty");
        var node = group == null ? "" : TextIn.String(group, "group");
        var key = MetadataCalls.NamespaceOf(name);
        var value = MetadataCalls.Parse(json);
        return TimedCall.Run(timeoutMs, $"setting metadata of {root}", _ => Set(root, node, key, value));
    }

    private static int Set(string root, string group, string name, JsonNode? value)
    {
        var key = group.Length == 0 ? ArrayMetadata.Key : $"{group}/{ArrayMetadata.Key}";
        if (!System.IO.Path.Exists(root))
            throw new AbiException(Status.NotFound, $"there is nothing at {root}");
        using var store = new FileSystemStore(root, new FileSystemOptions { OnWarning = Log.Warn });
        try
        {
            // Locked until it is disposed of: no stream can begin or go on meanwhile.
            if (!store.TakeToMend() || store.Get(key) is not { } document)
                throw new AbiException(Status.NotFound, $"{root} has no '{key}'");
            if (DatasetAttributes.With(document, name, value) is not { } changed)
                throw new AbiException(Status.Format, $"'{key}' of {root} is no document of Zarr v3");
            store.Put(key, changed, durable: true);
            return Status.Ok;
        }
        catch (StoreException exception) when (exception.Kind == StoreErrorKind.InvalidKey)
        {
            throw new AbiException(Status.InvalidArgument, exception.Message);
        }
    }
}
