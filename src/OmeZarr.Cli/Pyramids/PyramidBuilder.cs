using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Terminal;
using OmeZarr.Ngff;
using OmeZarr.Reading;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Pyramids;

/// <summary>
/// Adds levels to an image. Readers see them when the image's document lists them, which is the last step; a run that is
/// interrupted before is taken up again by the next one.
/// </summary>
internal sealed class PyramidBuilder(string folder, FileSystemStore store, CancellationToken cancel)
{
    /// <summary>Adds levels until the last is small, or there are so many; returns the paths of the new ones.</summary>
    public List<string> Build(DatasetImage image, int? wanted, IProgressBar progress)
    {
        var (source, path) = (image.Levels[^1].Array, image.Levels[^1].Array.Path);
        // What transforms the whole image has been worked into the levels' scales by the reader, and would count twice.
        if (image.Attributes?[NgffVersions.AttributeName] is JsonObject ome && VersionOf(ome).TransformsLevels(MultiscaleOf(ome)))
            throw UserException.CannotAccess(
                "the image has transformations besides those of its levels: none can be added to it");
        var added = new List<(string Name, LevelDocument Document)>();
        while (IsToGoOn(source.Metadata.Shape, image.Levels.Length + added.Count, wanted))
        {
            var name = (image.Levels.Length + added.Count).ToString(CultureInfo.InvariantCulture);
            var key = image.Place.Path.Length == 0 ? name : $"{image.Place.Path}/{name}";
            var document = LevelDocument.Below(key, Document(path), source.Metadata);
            Begin(document);
            using var before = Dataset.Open(new FileSystemStore(folder), path, cancel: cancel);
            new LevelWriter(before.Image(0, cancel).Levels[0].Array, document, store, cancel).Write(progress);
            added.Add((name, document));
            using var made = Dataset.Open(new FileSystemStore(folder), key, cancel: cancel);
            (source, path) = (made.Image(0, cancel).Levels[0].Array, key);
        }

        if (added.Count > 0)
        {
            // What the document lists has to be there, whatever happens next.
            store.Sync();
            List(image, added);
        }

        return [.. added.Select(level => level.Document.Key)];
    }

    private static bool IsToGoOn(IReadOnlyList<long> shape, int levels, int? wanted) =>
        (shape[^1] > 1 || shape[^2] > 1) && (wanted is { } count ? levels < count : !LevelDocument.IsSmall(shape));

    private byte[] Document(string path)
    {
        var key = path.Length == 0 ? ArrayMetadata.Key : $"{path}/{ArrayMetadata.Key}";
        return store.Get(key) ?? throw UserException.CannotAccess($"'{key}' is not there any more");
    }

    // The same document is of an earlier run, whose chunks are right as far as they are there.
    private void Begin(LevelDocument document)
    {
        var key = $"{document.Key}/{ArrayMetadata.Key}";
        if (store.Get(key) is { } there)
        {
            if (!there.AsSpan().SequenceEqual(document.Utf8))
            {
                throw UserException.CannotAccess(
                    $"'{document.Key}' is in the way: an array that the image does not list, and no level that was begun here");
            }

            return;
        }

        if (Directory.Exists(Path.Join(folder, document.Key)))
            throw UserException.CannotAccess($"'{document.Key}' is in the way: a folder that is no array");
        store.Put(key, document.Utf8, durable: false);
    }

    private void List(DatasetImage image, List<(string Name, LevelDocument Document)> added)
    {
        var path = image.Place.Path;
        var json = JsonNode.Parse(Document(path))!;
        var ome = json["attributes"]![NgffVersions.AttributeName]!.AsObject();
        var multiscale = MultiscaleOf(ome);
        var scale = image.Levels[^1].Scale.ToArray();
        var translation = image.Levels[^1].Translation.ToArray();
        foreach (var (name, document) in added)
        {
            for (var axis = 0; axis < scale.Length; axis++)
            {
                translation[axis] += scale[axis] * (document.Factors[axis] - 1) / 2;
                scale[axis] *= document.Factors[axis];
            }

            VersionOf(ome).AddLevel(multiscale, new ResolutionLevel(name, [.. scale], [.. translation]));
        }

        multiscale["type"] ??= "mean";
        var key = path.Length == 0 ? ArrayMetadata.Key : $"{path}/{ArrayMetadata.Key}";
        store.Put(key, Encoding.UTF8.GetBytes(json.ToJsonString()), durable: true);
    }

    private static JsonObject MultiscaleOf(JsonObject ome) => ome["multiscales"]![0]!.AsObject();

    // The reader has refused any that is not known.
    private static NgffVersion VersionOf(JsonObject ome) => ome["version"]?.GetValue<string>() is { } version
        ? NgffVersions.OfStored(version)! : NgffVersions.Default;
}
