using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Storage.Zip;

namespace OmeZarr.Reading;

/// <summary>Where a dataset on this machine is: in a folder, or in a single file.</summary>
public static class DatasetLocation
{
    /// <summary>How the name of a dataset in a single file ends.</summary>
    public const string SingleFile = ".ozx";

    /// <summary>Whether a path is that of a file, which a dataset can be.</summary>
    public static bool IsFile(string path) => File.Exists(path);

    /// <summary>The store of a path, which belongs to the caller.</summary>
    /// <exception cref="ReadingException">It is a file, and no zip file that can be trusted.</exception>
    /// <exception cref="StoreException">It is a file that cannot be read.</exception>
    public static IReadableStore Open(string path) => IsFile(path) ? OpenFile(path) : new FileSystemStore(path);

    /// <summary>As above, of a file.</summary>
    public static ZipStore OpenFile(string path)
    {
        try
        {
            return new ZipStore(path);
        }
        catch (StoreException e) when (e.InnerException is InvalidDataException)
        {
            throw new ReadingException(ReadingErrorKind.Format, e.Message, e);
        }
    }
}
