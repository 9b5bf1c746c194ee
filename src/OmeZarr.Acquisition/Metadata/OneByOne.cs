using System.Collections;

namespace OmeZarr.Acquisition;

/// <summary>
/// A list whose items are made as they are asked for and kept by nobody: all the documents of a large dataset would take
/// more memory than everything else. To be gone through once, in order; counting it, or asking for one item, makes those before.
/// </summary>
/// <param name="make">Makes the items, the same each time.</param>
public sealed class OneByOne<T>(Func<IEnumerable<T>> make) : IReadOnlyList<T>
{
    public int Count => make().Count();

    public T this[int index] => make().ElementAt(index);

    public IEnumerator<T> GetEnumerator() => make().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
