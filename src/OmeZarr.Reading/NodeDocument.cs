using System.Text.Json.Nodes;
using OmeZarr.Ngff.Stored;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Json;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Reading;

/// <summary>The <c>zarr.json</c> of a node of a dataset: a group or an array.</summary>
/// <param name="Path">The node's, from the store's root.</param>
/// <param name="Utf8">The document.</param>
/// <param name="Array">The array that it is, or null.</param>
/// <param name="Attributes">Its attributes, or null.</param>
/// <param name="Ome">What they say in OME-Zarr's terms, or null.</param>
internal sealed record NodeDocument(
    string Path, byte[] Utf8, StoredArray? Array, JsonObject? Attributes, StoredGroup? Ome)
{
    /// <summary>The node of a path, or null when there is none.</summary>
    /// <exception cref="ReadingException">It is not valid, or not supported.</exception>
    internal static NodeDocument? Find(ArrayReading reading, string path, CancellationToken cancel)
    {
        var key = Below(path, ArrayMetadata.Key);
        try
        {
            return reading.Store.Get(key, reading.Options.DocumentBytes, cancel) is { } utf8 ? Parse(path, utf8) : null;
        }
        catch (Exception e) when (e is ZarrFormatException or NgffFormatException)
        {
            throw new ReadingException(ReadingErrorKind.Format, $"\"{key}\": {e.Message}", e);
        }
        catch (StoreException e) when (e.Kind == StoreErrorKind.InvalidKey)
        {
            throw new ReadingException(ReadingErrorKind.Format, e.Message, e);
        }
        catch (StoreException e) when (e.Kind == StoreErrorKind.TooLarge)
        {
            throw new ReadingException(ReadingErrorKind.TooLarge, e.Message, e);
        }
    }

    /// <summary>As <see cref="Find"/>; that there is none is a failure.</summary>
    internal static NodeDocument Get(ArrayReading reading, string path, CancellationToken cancel) =>
        Find(reading, path, cancel) ?? throw new ReadingException(ReadingErrorKind.NotFound,
            $"There is no \"{Below(path, ArrayMetadata.Key)}\", and so nothing of Zarr v3.");

    /// <summary>A path below another; the other may be the root.</summary>
    internal static string Below(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";

    private static NodeDocument Parse(string path, byte[] utf8)
    {
        if (ZarrNodeKind.IsArray(utf8))
        {
            var array = StoredArray.Parse(utf8);
            return new NodeDocument(path, utf8, array, array.Attributes, null);
        }

        var attributes = GroupMetadata.Parse(utf8).Attributes;
        return new NodeDocument(path, utf8, null, attributes, NgffReader.Read(attributes));
    }
}
