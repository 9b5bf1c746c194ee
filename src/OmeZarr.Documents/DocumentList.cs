using System.Collections;

namespace OmeZarr.Documents;

/// <summary>
/// Documents in the order in which they should be stored, each made when it is asked for and not kept: a plate has tens of
/// thousands of them.
/// </summary>
public sealed class DocumentList : IReadOnlyList<MetadataDocument>
{
    private readonly (int End, Func<int, MetadataDocument> Make)[] _parts;

    /// <param name="parts">How many documents there are of a kind, and what makes one by its number among them.</param>
    internal DocumentList(params ReadOnlySpan<(int Count, Func<int, MetadataDocument> Make)> parts)
    {
        _parts = new (int, Func<int, MetadataDocument>)[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            Count = checked(Count + parts[i].Count);
            _parts[i] = (Count, parts[i].Make);
        }
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Makes a document.</summary>
    public MetadataDocument this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            var start = 0;
            foreach (var (end, make) in _parts)
            {
                if (index < end)
                    return make(index - start);
                start = end;
            }

            throw new ArgumentOutOfRangeException(nameof(index), index, $"there are {Count} documents");
        }
    }

    /// <inheritdoc/>
    public IEnumerator<MetadataDocument> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
