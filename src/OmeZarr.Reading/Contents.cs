using System.Collections.Concurrent;
using System.Collections.Immutable;
using OmeZarr.Ngff.Stored;
using OmeZarr.Reading.Arrays;

namespace OmeZarr.Reading;

/// <summary>What a dataset consisted of at one moment.</summary>
/// <param name="Root">Its root.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Images">Its images.</param>
internal sealed record Contents(NodeDocument Root, DatasetKind Kind, ImmutableArray<ImagePlace> Images)
{
    /// <summary>The group that lists a collection's images.</summary>
    private const string OmeGroup = "OME";

    /// <summary>More images are not listed, so that hostile metadata stay small.</summary>
    private const int MostImages = 1_000_000;

    internal string? Version => Root.Ome?.Version;

    internal StoredPlate? Plate => Root.Ome?.Plate;

    internal OwnRecord? Own { get; } = OwnRecord.Read(Root.Attributes);

    /// <summary>The images that were asked for.</summary>
    internal ConcurrentDictionary<int, DatasetImage> Opened { get; } = new();

    /// <summary>Other arrays that were asked for.</summary>
    internal ConcurrentDictionary<string, ArraySource> Arrays { get; } = new();

    internal static Contents Read(ArrayReading reading, string path, CancellationToken cancel)
    {
        var root = NodeDocument.Find(reading, path, cancel) ?? throw new ReadingException(ReadingErrorKind.NotFound,
            $"There is no \"{NodeDocument.Below(path, "zarr.json")}\": this is no Zarr v3, and so no OME-Zarr 0.5. Datasets in "
            + "OME-Zarr 0.4 and before (with .zgroup files) are not read.");
        if (root.Array is not null)
            return new Contents(root, DatasetKind.Array, [new ImagePlace("")]);
        if (root.Ome is not { } ome)
        {
            throw new ReadingException(ReadingErrorKind.Format,
                $"\"{NodeDocument.Below(path, "zarr.json")}\" is a group of Zarr without OME-Zarr metadata (`attributes.ome`).");
        }

        if (ome.Plate is { } plate)
            return Some(root, DatasetKind.Plate, Fields(reading, path, plate, cancel));
        if (ome.Image is not null)
            return new Contents(root, DatasetKind.Image, [new ImagePlace("")]);
        if (!ome.Well.IsDefault)
            return Some(root, DatasetKind.Collection, ome.Well.Select(image => new ImagePlace(image.Path)));
        if (!ome.Labels.IsDefault)
            return Some(root, DatasetKind.Collection, ome.Labels.Select(label => new ImagePlace(label)));
        if (ome.IsCollection)
            return Some(root, DatasetKind.Collection, Series(reading, path, cancel).Select(image => new ImagePlace(image)));
        throw new ReadingException(ReadingErrorKind.Format,
            $"\"{NodeDocument.Below(path, "zarr.json")}\": `ome` has none of multiscales, plate, well, labels and "
            + "bioformats2raw.layout.");
    }

    private static Contents Some(NodeDocument root, DatasetKind kind, IEnumerable<ImagePlace> images)
    {
        ImmutableArray<ImagePlace> all = [.. images.Take(MostImages + 1)];
        return all.Length switch
        {
            0 => throw new ReadingException(ReadingErrorKind.Format, $"The dataset \"{root.Path}\" lists no images."),
            > MostImages => throw new ReadingException(
                ReadingErrorKind.TooLarge, $"The dataset lists more than {MostImages} images."),
            _ => new Contents(root, kind, all),
        };
    }

    private static IEnumerable<ImagePlace> Fields(
        ArrayReading reading, string path, StoredPlate plate, CancellationToken cancel)
    {
        foreach (var well in plate.Wells)
        {
            // A plate lists wells that have no images yet.
            var node = NodeDocument.Find(reading, NodeDocument.Below(path, well.Path), cancel);
            if (node?.Ome is not { Well.IsDefault: false } group)
                continue;
            for (var field = 0; field < group.Well.Length; field++)
                yield return new ImagePlace($"{well.Path}/{group.Well[field].Path}", well, field);
        }
    }

    /// <summary>As the collection lists them, or else as many as are numbered from 0 on.</summary>
    private static IEnumerable<string> Series(ArrayReading reading, string path, CancellationToken cancel)
    {
        var group = NodeDocument.Find(reading, NodeDocument.Below(path, OmeGroup), cancel)?.Ome;
        if (group is { Series.IsDefault: false })
            return group.Series;
        return Enumerable.Range(0, MostImages + 1)
            .Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .TakeWhile(name => NodeDocument.Find(reading, NodeDocument.Below(path, name), cancel) is not null);
    }
}
