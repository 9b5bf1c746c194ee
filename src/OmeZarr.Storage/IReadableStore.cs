namespace OmeZarr.Storage;

/// <summary>
/// A place that named objects are read from: a folder, a bucket, memory. Keys are relative, separated by '/', such as
/// <c>0/c/1/0/0</c>. Any thread. That an object is not there is an answer, not a failure; every failure is a
/// <see cref="StoreException"/> that names the key.
/// </summary>
/// <remarks>
/// Each call takes a token, because readers give up one by one: a viewer has moved on, a host's time-out has passed. A call
/// that finds its token cancelled fails with <see cref="StoreErrorKind.Cancelled"/>, and every wait of the store's own ends
/// with it. A store whose calls go into the operating system cannot interrupt one that is there: it looks at the token before
/// and after. docs/stores.md says who may wait for what.
/// </remarks>
public interface IReadableStore : IDisposable
{
    /// <summary>The whole object, or null when there is none of that name.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="mostBytes">A larger object is refused with <see cref="StoreErrorKind.TooLarge"/>.</param>
    /// <param name="cancel">Gives up.</param>
    byte[]? Get(string key, int mostBytes, CancellationToken cancel);

    /// <summary>
    /// Reads parts of one object into the caller's memory, and returns the size of the whole object in bytes; null when there
    /// is none of that name. Without any parts, only the size is asked for.
    /// </summary>
    /// <remarks>
    /// A part that reaches beyond the object's end is cut there: <see cref="RangeRead.Within"/> of the size tells how much came.
    /// Memory beyond that is left as it is. All parts are of the same version of the object, of which that is the size, unless
    /// the object grows meanwhile: then what lies before its end is unchanged (see <see cref="IObjectWriter.PublishFooter"/>).
    /// </remarks>
    /// <param name="key">The object's name.</param>
    /// <param name="ranges">What to read, and where to; any number, in any order.</param>
    /// <param name="cancel">Gives up. Then any part of the memory may have been written to.</param>
    long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel);
}
