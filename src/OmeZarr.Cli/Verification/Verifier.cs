using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Json;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Cli.Verification;

/// <summary>What was looked at.</summary>
internal sealed record VerificationResult(long Arrays, long Chunks, long MissingChunks, long Bytes, Findings Findings);

/// <summary>Checks a dataset whole: documents against each other and the rules, every stored object, every chunk.</summary>
internal sealed class Verifier(string folder, bool quick, IProgressBar progress, CancellationToken cancel)
{
    private readonly Findings _findings = new();

    public VerificationResult Verify()
    {
        using var dataset = Open();
        var images = dataset is null ? [] : CheckImages(dataset);
        if (dataset?.Plate is { } plate)
            PlateRules.Check(plate, _findings);
        if (dataset is not null)
            OmeXmlCheck.Check(folder, images, _findings);
        CheckLeftovers();
        var levels = images.OfType<DatasetImage>().SelectMany(image => image.Levels).Select(level => level.Array.Path)
            .ToHashSet();
        long arrays = 0, chunks = 0, missing = 0, bytes = 0;
        foreach (var path in Nodes(new DirectoryInfo(folder), ""))
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
        var store = new FileSystemStore(folder);
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
    private void CheckLeftovers()
    {
        var all = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, RecurseSubdirectories = true };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles(".*", all))
        {
            cancel.ThrowIfCancellationRequested();
            var key = Path.GetRelativePath(folder, file.FullName).Replace('\\', '/');
            if (ArrayFiles.IsLeftover(file.Name))
                _findings.Warning("leftover", key, "was being written when its writer was killed, or is being written now");
            else if (file.Name is ".begun" or ".begun-here")
                _findings.Warning("leftover", key, "is the mark of a writer that was killed, or that begins now");
        }
    }

    /// <summary>Every folder with a document, the root first; links are not followed.</summary>
    private IEnumerable<string> Nodes(DirectoryInfo at, string path)
    {
        cancel.ThrowIfCancellationRequested();
        var isNode = File.Exists(Path.Join(at.FullName, ArrayMetadata.Key));
        if (isNode)
            yield return path;
        foreach (var below in at.EnumerateDirectories().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            // Folders of chunks have no nodes in them, and may be many.
            if (below.LinkTarget is not null || (isNode && below.Name == "c"))
                continue;
            foreach (var node in Nodes(below, path.Length == 0 ? below.Name : $"{path}/{below.Name}"))
                yield return node;
        }
    }

    private ArrayResult? CheckNode(string path, OwnRecord? own)
    {
        var key = path.Length == 0 ? ArrayMetadata.Key : $"{path}/{ArrayMetadata.Key}";
        try
        {
            if (!ZarrNodeKind.IsArray(File.ReadAllBytes(Path.Join(folder, key))))
                return null;
            using var array = Dataset.Open(new FileSystemStore(folder), path, cancel: cancel);
            var source = array.Image(0, cancel).Levels[0].Array;
            var result = new ArrayCheck(folder, source, array.Store, quick, _findings, progress, cancel).Run();
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
