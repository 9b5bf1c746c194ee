namespace OmeZarr;

/// <summary>
/// <c>Select</c> without the runtime's special cases, in place of it for all rooms (a namespace around the caller goes before
/// what it is <c>using</c>). Compiled ahead of time, every pair of element types that a chain of the runtime's own could have
/// becomes code of its own: 12 MB in the native library, which has 7 without.
/// </summary>
internal static class PlainSelect
{
    public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> items, Func<T, TResult> selector)
    {
        foreach (var item in items)
            yield return selector(item);
    }

    public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> items, Func<T, int, TResult> selector)
    {
        var index = 0;
        foreach (var item in items)
            yield return selector(item, index++);
    }
}
