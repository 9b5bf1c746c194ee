using OmeZarr.Storage;

namespace OmeZarr.Cli.Inspection;

/// <summary>A dataset as something with files in it: a folder, or a single file that holds others.</summary>
internal interface IDatasetSource : IDisposable
{
    /// <summary>The full path of the folder or file.</summary>
    string Path { get; }

    /// <summary>A store for reading, which belongs to the caller.</summary>
    IReadableStore Open();

    /// <summary>What lies right below a key, or below the root for an empty one, in no order.</summary>
    IEnumerable<SourceEntry> Below(string key);

    /// <summary>Whether there is a file of a key.</summary>
    bool Has(string key);

    /// <summary>The size of all files, as far as they can be seen; for a progress bar.</summary>
    double Bytes(CancellationToken cancel);
}

/// <summary>Something in a dataset.</summary>
/// <param name="Name">The last part of its key.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">A file's size.</param>
internal readonly record struct SourceEntry(string Name, SourceEntryKind Kind, long Bytes);

/// <summary>Links are not followed.</summary>
internal enum SourceEntryKind
{
    File,
    Folder,
    Link,
}

/// <summary>Keys in a source.</summary>
internal static class SourceKey
{
    /// <summary>The key of a name below another, which may be the root.</summary>
    public static string Below(string key, string name) => key.Length == 0 ? name : $"{key}/{name}";
}
