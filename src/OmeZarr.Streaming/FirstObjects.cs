using System.Collections;
using OmeZarr.Documents;
using OmeZarr.Storage;

namespace OmeZarr.Streaming;

/// <summary>The first documents of a dataset, in the form that the store takes: each is made when needed and not kept.</summary>
internal sealed class FirstObjects(DocumentList documents) : IReadOnlyList<StoredObject>
{
    public int Count => documents.Count;

    public StoredObject this[int index] =>
        documents[index] is var document ? new StoredObject(document.Key, document.Utf8) : default;

    public IEnumerator<StoredObject> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
