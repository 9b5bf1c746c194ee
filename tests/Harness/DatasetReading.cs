namespace OmeZarr.Harness;

/// <summary>An array as a reader saw it: its elements in C order, little-endian.</summary>
public sealed record ArrayReading(string Path, long[] Shape, string DataType, byte[] Bytes);

/// <summary>A whole dataset as one reader saw it.</summary>
/// <param name="Reader">Who.</param>
/// <param name="Arrays">By their paths.</param>
/// <param name="Errors">What could not be opened or decoded: path and what the reader said.</param>
public sealed record DatasetReading(string Reader, IReadOnlyDictionary<string, ArrayReading> Arrays, IReadOnlyList<string> Errors)
{
    /// <summary>Where another reader saw something else; empty when they agree.</summary>
    public IEnumerable<string> Differences(DatasetReading other)
    {
        foreach (var path in Arrays.Keys.Union(other.Arrays.Keys))
        {
            if (!Arrays.TryGetValue(path, out var mine) || !other.Arrays.TryGetValue(path, out var theirs))
                yield return $"{path}: seen by only one of {Reader} and {other.Reader}";
            else if (!mine.Shape.SequenceEqual(theirs.Shape))
                yield return $"{path}: shape [{string.Join(',', mine.Shape)}] to {Reader}, [{string.Join(',', theirs.Shape)}] "
                    + $"to {other.Reader}";
            else if (!mine.Bytes.AsSpan().SequenceEqual(theirs.Bytes))
                yield return $"{path}: {Reader} and {other.Reader} see other elements";
        }
    }
}
