using OmeZarr.Cli.Inspection;
using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Json;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Cli.Verification;

/// <summary>What was looked at.</summary>
internal sealed record VerificationResult(long Arrays, long Chunks, long MissingChunks, long Bytes, Findings Findings);

/// <summary>Checks a dataset whole: documents against each other and the rules, every stored object, every chunk.</summary>
internal sealed class Verifier(IDatasetSource source, bool quick, IProgressBar progress, CancellationToken cancel)
{
    private readonly Findings _findings = new();

    public VerificationResult Verify()
    {
        using var dataset = Open();
        var images = dataset is null ? [] : CheckImages(dataset);
        if (dataset?.Own is { IsComplete: false } own)
            _findings.Warning("incomplete", "", string.Join("; ", ReportText.Outcome(own)));
        if (dataset?.Plate is { } plate)
            PlateRules.Check(plate, _findings);
        if (dataset is not null)
            OmeXmlCheck.Check(dataset.Store, images, _findings);
        if (source is DatasetFile file)
            ZipCheck.Check(file.Store, dataset?.Version, quick, _findings, cancel);
        CheckLeftovers("");
        var levels = images.OfType<DatasetImage>().SelectMany(image => image.Levels).Select(level => level.Array.Path)
            .ToHashSet();
        long arrays = 0, chunks = 0, missing = 0, bytes = 0;
        foreach (var path in Nodes(""))
        {
            if (CheckNode(path, levels.Contains(path) ? dataset?.Own : null) is not { } result)
                continue;
            arrays++;
            chunks += result.Chunks;
            missing += result.MissingChunks;
            bytes += result.Bytes;
        }

        return new VerificationResult(arrays, chunks, missing, bytes, _findings);
    }

    private Dataset? Open()
    {
        var store = source.Open();
        try
        {
            return Dataset.Open(store, cancel: cancel);
        }
        catch (Exception e) when (e is ReadingException or StoreException)
        {
            store.Dispose();
            _findings.Error("metadata", "", e.Message);
            return null;
        }
    }

    private DatasetImage?[] CheckImages(Dataset dataset)
    {
        var images = new DatasetImage?[dataset.Images.Length];
        for (var i = 0; i < images.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                images[i] = dataset.Image(i, cancel);
                if (dataset.Kind != DatasetKind.Array)
                    ImageRules.Check(images[i]!, _findings);
            }
            catch (Exception e) when (e is ReadingException or StoreException && !cancel.IsCancellationRequested)
            {
                _findings.Error("metadata", dataset.Images[i].Path, e.Message);
            }
        }

        return images;
    }

    // Anywhere below the dataset, chunks included.
    private void CheckLeftovers(string path)
    {
        foreach (var entry in source.Below(path))
        {
            cancel.ThrowIfCancellationRequested();
            var key = SourceKey.Below(path, entry.Name);
            if (entry.Kind == SourceEntryKind.Folder)
                CheckLeftovers(key);
            else if (entry.Kind == SourceEntryKind.Link)
                continue;
            else if (ArrayFiles.IsLeftover(entry.Name))
                _findings.Warning("leftover", key, "was being written when its writer was killed, or is being written now");
            else if (entry.Name is ".begun" or ".begun-here")
                _findings.Warning("leftover", key, "is the mark of a writer that was killed, or that begins now");
        }
    }

    /// <summary>Every folder with a document, the root first; links are not followed.</summary>
    private IEnumerable<string> Nodes(string path)
    {
        cancel.ThrowIfCancellationRequested();
        var isNode = source.Has(SourceKey.Below(path, ArrayMetadata.Key));
        if (isNode)
            yield return path;
        // Folders of chunks have no nodes in them, and may be many.
        var folders = source.Below(path)
            .Where(entry => entry.Kind == SourceEntryKind.Folder && !(isNode && entry.Name == "c"));
        foreach (var below in folders.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            foreach (var node in Nodes(SourceKey.Below(path, below.Name)))
                yield return node;
        }
    }

    private ArrayResult? CheckNode(string path, OwnRecord? own)
    {
        var key = path.Length == 0 ? ArrayMetadata.Key : $"{path}/{ArrayMetadata.Key}";
        try
        {
            using (var store = source.Open())
            {
                if (!ZarrNodeKind.IsArray(store.Get(key)!))
                    return null;
            }

            using var array = Dataset.Open(source.Open(), path, cancel: cancel);
            var level = array.Image(0, cancel).Levels[0].Array;
            var result = new ArrayCheck(source, level, array.Store, quick, _findings, progress, cancel).Run();
            TellMissing(path, result, own);
            return result;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && IsAboutTheNode(e))
        {
            _findings.Error("metadata", key, e.Message);
            return null;
        }
    }

    private static bool IsAboutTheNode(Exception e) =>
        e is ReadingException or StoreException or ZarrFormatException or IOException or UnauthorizedAccessException
            or OverflowException;

    // A writer that finished says so, and lists the frames that it lacks: everything else has to be there.
    private void TellMissing(string path, ArrayResult result, OwnRecord? own)
    {
        if (result.MissingChunks <= 0 || own is not { IsComplete: true, MissingFrames.Length: 0 })
            return;
        _findings.Error("missing", path,
            $"{Quantity.Count(result.MissingChunks, "chunk")} of {result.Chunks + result.MissingChunks} cannot be read, and its "
                + "writer says that the dataset is complete: they were lost");
    }
}
