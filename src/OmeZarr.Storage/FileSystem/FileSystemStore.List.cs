namespace OmeZarr.Storage.FileSystem;

// Listing, folder by folder.
public sealed partial class FileSystemStore
{
    private const char Undecodable = '\uFFFD';

    /// <inheritdoc/>
    /// <remarks>
    /// A folder is a prefix, also when it is empty. Links are not listed, since nothing is read through one. The folder is open,
    /// and counts as an open file, until the enumeration ends or is disposed of.
    /// </remarks>
    public IEnumerable<StoreEntry> List(string prefix, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > 0)
            StoreKey.Validate(prefix);
        return Enumerate(prefix, cancel);
    }

    private IEnumerable<StoreEntry> Enumerate(string prefix, CancellationToken cancel)
    {
        using var folder = OpenToList(prefix, cancel);
        if (folder is null)
            yield break;
        _budget.Count(1);
        try
        {
            using var entries = folder.List().GetEnumerator();
            while (Next(entries, prefix, cancel) is { } entry)
            {
                if (IsReadable(entry))
                    yield return new StoreEntry(entry.Name, entry.Kind == EntryKind.Folder);
            }
        }
        finally
        {
            _budget.Count(-1);
        }
    }

    private Folder? OpenToList(string prefix, CancellationToken cancel)
    {
        _stop.ThrowIfCancelled(prefix, cancel);
        try
        {
            return TryOpenRoot()?.TryOpenToList(prefix, cancel);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw ListFailure(prefix, e, cancel);
        }
    }

    private Entry? Next(IEnumerator<Entry> entries, string prefix, CancellationToken cancel)
    {
        _stop.ThrowIfCancelled(prefix, cancel);
        try
        {
            return entries.MoveNext() ? entries.Current : null;
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw ListFailure(prefix, e, cancel);
        }
    }

    // Unfinished objects and marks have hidden names, which no key has.
    private static bool IsReadable(Entry entry) =>
        entry.Kind is EntryKind.File or EntryKind.Folder && StoreKey.IsPart(entry.Name) && !entry.Name.Contains(Undecodable);

    private StoreException ListFailure(string prefix, Exception cause, CancellationToken cancel)
    {
        _stop.ThrowIfCancelled(prefix, cancel);
        return IoFailure.Describe(PathOf(prefix), "listing it", cause);
    }
}
