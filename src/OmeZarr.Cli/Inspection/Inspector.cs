using System.Collections.Immutable;
using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Inspection;

/// <summary>Makes the report of a dataset: its documents, and a look at which files there are; no pixel is read.</summary>
internal static class Inspector
{
    private const string OmeXml = "OME/METADATA.ome.xml";

    public static DatasetReport Inspect(Dataset dataset, IDatasetSource source, IProgressBar progress, CancellationToken cancel)
    {
        var files = DatasetFiles.Of(source, cancel);
        progress.SetTotal(dataset.Images.Length);
        var images = new ImageReport[dataset.Images.Length];
        for (var i = 0; i < images.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            images[i] = ImageOf(dataset, i, files, cancel);
            progress.Add(1);
        }

        return new DatasetReport
        {
            Path = source.Path,
            Kind = dataset.Kind,
            Version = dataset.Version,
            Own = dataset.Own,
            Plate = dataset.Plate is { } plate
                ? new PlateReport(plate.Name, plate.Rows.Length, plate.Columns.Length, plate.Wells.Length) : null,
            Images = [.. images],
            HasOmeXml = source.Has(OmeXml),
            Files = files.Files,
            FileBytes = files.Bytes,
        };
    }

    private static ImageReport ImageOf(Dataset dataset, int index, DatasetFiles files, CancellationToken cancel)
    {
        var path = dataset.Images[index].Path;
        try
        {
            var image = dataset.Image(index, cancel);
            return new ImageReport(path, image, [.. image.Levels.Select(level => LevelOf(level, files))], null);
        }
        catch (Exception e) when (e is ReadingException or StoreException)
        {
            return new ImageReport(path, null, ImmutableArray<LevelReport>.Empty, e.Message);
        }
    }

    private static LevelReport LevelOf(ImageLevel level, DatasetFiles files)
    {
        var array = level.Array.Metadata;
        var grid = new ChunkGrid(array.Shape.AsSpan(), array.Chunk.Shape.AsSpan());
        var (count, bytes) = files.DataOf(level.Array.Path);
        return new LevelReport { Level = level, Objects = count, ExpectedObjects = grid.Count, StoredBytes = bytes };
    }
}
