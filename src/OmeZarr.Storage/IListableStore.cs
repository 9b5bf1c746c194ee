namespace OmeZarr.Storage;

/// <summary>
/// A store whose keys can be listed, level by level. Not every one that can be read can do that: web servers mostly cannot.
/// A Zarr is read without, since its documents say what there is; listing finds what they do not say. Any thread.
/// </summary>
public interface IListableStore
{
    /// <summary>
    /// What lies right below a prefix, in no order, fetched in pages while it is enumerated: memory does not grow with the number
    /// of entries. What is added or removed meanwhile may be in it or not; everything else is in it once.
    /// </summary>
    /// <param name="prefix">
    /// Empty for the store's root, otherwise a key without a '/' at its end. Nothing lies below a prefix that is not there, or
    /// that is an object.
    /// </param>
    /// <param name="cancel">Ends the enumeration with <see cref="StoreErrorKind.Cancelled"/>; looked at for every page.</param>
    /// <returns>Only what <see cref="StoreKey"/> allows: anything else cannot be read by a key either.</returns>
    IEnumerable<StoreEntry> List(string prefix, CancellationToken cancel);
}

/// <summary>What lies right below a prefix.</summary>
/// <param name="Name">The last part of its key.</param>
/// <param name="IsPrefix">
/// Whether it is not an object but what the keys of others begin with. In a bucket a name can be both; then there are two
/// entries.
/// </param>
public readonly record struct StoreEntry(string Name, bool IsPrefix);
