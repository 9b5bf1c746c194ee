using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Inspection;
using OmeZarr.Reading;
using OmeZarr.Serving.Sources;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Cli.Serving;

/// <summary>A dataset in a folder, which another process may be writing, or in a single file.</summary>
internal sealed class ServedPath(IDatasetSource source) : IServedSource
{
    /// <inheritdoc/>
    public string Name { get; } = Path.GetFileName(source.Path) is { Length: > 0 } name ? name : "dataset";

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public Dataset Open(CancellationToken cancel)
    {
        var store = source.Open();
        try
        {
            return Dataset.Open(store, cancel: cancel);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public JsonObject? Stats() => null;

    /// <inheritdoc/>
    public long? FreeBytes()
    {
        // A single file does not grow.
        if (!Directory.Exists(source.Path))
            return null;
        using var store = new FileSystemStore(source.Path);
        return store.FreeBytes();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Its last plane while an axis grows. Of an acquisition with a declared end the shape says nothing, and the number of frames
    /// has to: they are taken to come in the order of the axes, images inside the first.
    /// </remarks>
    public ImmutableArray<long>? Newest(Dataset dataset, int image)
    {
        var shape = dataset.Image(image).Levels[0].Array.Metadata.Shape;
        if (shape.Length < 3 || shape.Contains(0) || dataset.Own is not { IsComplete: false } own)
            return null;
        long[] newest = [.. shape.SkipLast(2).Select(length => length - 1)];
        if (own.Json["frames_declared"] is null)
            return [.. newest];
        if (own.Json["frames_appended"] is not JsonValue value || !value.TryGetValue(out long frames) || frames < 1)
            return [.. newest.Select(_ => 0L)];
        var perStep = shape.Skip(1).SkipLast(2).Aggregate((double)dataset.Images.Length, (product, length) => product * length);
        newest[0] = Math.Min(newest[0], (long)((frames - 1) / perStep));
        return [.. newest];
    }
}
