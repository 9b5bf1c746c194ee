using System.Globalization;
using OmeZarr.Cli.Inspection;
using OmeZarr.Cli.Terminal;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Cli.Verification;

/// <summary>A stored object of an array.</summary>
/// <param name="Key">Below the dataset.</param>
/// <param name="Index">In the array's grid.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record ArrayObject(string Key, long[] Index, long Bytes);

/// <summary>Which files of an array's folder are chunks, and which are something else.</summary>
internal sealed class ArrayFiles(IDatasetSource source, string path, StoredArray array)
{
    private readonly ChunkGrid _grid = new(array.Shape.AsSpan(), array.Chunk.Shape.AsSpan());
    private long _beyond;
    private string _firstBeyond = "";

    /// <summary>The objects of the array; what is none is told of.</summary>
    public IEnumerable<ArrayObject> Objects(Findings findings, CancellationToken cancel)
    {
        foreach (var found in Below("", findings, cancel))
            yield return found;
        if (_beyond > 0)
        {
            findings.Warning("foreign", path, $"{Quantity.Count(_beyond, "file")} with chunks beyond the array's shape, such as "
                + $"{_firstBeyond}: stored after the shape was last written, and no reader looks at them");
        }
    }

    /// <summary>Names of objects that were being written: <c>.NAME.partial</c>, <c>.NAME.NUMBER.tmp</c>.</summary>
    public static bool IsLeftover(string name) => name.StartsWith('.')
        && (name.EndsWith(".partial", StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal));

    private IEnumerable<ArrayObject> Below(string prefix, Findings findings, CancellationToken cancel)
    {
        foreach (var entry in source.Below(SourceKey.Below(path, prefix).TrimEnd('/')))
        {
            cancel.ThrowIfCancellationRequested();
            var name = prefix + entry.Name;
            var key = SourceKey.Below(path, name);
            if (entry.Kind == SourceEntryKind.Link)
                findings.Warning("foreign", key, "is a link; some readers follow it, and others do not");
            else if (entry.Kind == SourceEntryKind.Folder)
            {
                // Groups and arrays are looked at by themselves.
                if (source.Has(SourceKey.Below(key, ArrayMetadata.Key)))
                    continue;
                foreach (var found in Below(name + "/", findings, cancel))
                    yield return found;
            }
            else if (name == ArrayMetadata.Key || IsLeftover(entry.Name) || entry.Name is ".begun" or ".begun-here")
                continue;
            else if (IndexOf(name) is not { } index)
                findings.Warning("foreign", key, "is no chunk of the array");
            else if (!IsInGrid(index))
            {
                if (_beyond++ == 0)
                    _firstBeyond = key;
            }
            else
                yield return new ArrayObject(key, index, entry.Bytes);
        }
    }

    private bool IsInGrid(long[] index)
    {
        for (var axis = 0; axis < index.Length; axis++)
        {
            if (index[axis] >= _grid.Counts[axis])
                return false;
        }

        return true;
    }

    private long[]? IndexOf(string name)
    {
        var parts = name.Split(array.Keys.Separator);
        var numbers = array.Keys.IsVersion2 ? parts : parts[1..];
        if (numbers.Length != array.Rank)
            return null;
        var index = new long[numbers.Length];
        for (var axis = 0; axis < index.Length; axis++)
        {
            if (!long.TryParse(numbers[axis], NumberStyles.None, CultureInfo.InvariantCulture, out index[axis]))
                return null;
        }

        return array.Keys.KeyOf(index) == name ? index : null;
    }
}
