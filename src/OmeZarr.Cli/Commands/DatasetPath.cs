using OmeZarr.Cli.Inspection;
using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;

namespace OmeZarr.Cli.Commands;

/// <summary>A dataset as it is named on the command line.</summary>
internal static class DatasetPath
{
    private static readonly StringComparison Paths =
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>The full path of a dataset's folder.</summary>
    /// <exception cref="UserException">It is not there, or no folder.</exception>
    public static string Folder(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(full))
            return full;
        throw !File.Exists(full) ? UserException.NotThere(path) : UserException.CannotAccess(
            IsSingleFile(full) ? $"'{path}' is a dataset in a single file, which can only be read: unpack it first"
            : $"'{path}' is a file; a dataset is a folder");
    }

    /// <summary>A dataset to be read: a folder, or a single file.</summary>
    /// <exception cref="UserException">It is not there, or neither.</exception>
    /// <exception cref="OmeZarr.Reading.Arrays.ReadingException">It is a file that cannot be trusted.</exception>
    public static IDatasetSource Source(string path)
    {
        var full = Path.GetFullPath(path);
        return IsSingleFile(full) && File.Exists(full) ? new DatasetFile(full) : new DatasetFolder(Folder(path));
    }

    /// <summary>Opens the dataset of a source.</summary>
    /// <exception cref="OmeZarr.Reading.Arrays.ReadingException">It is none.</exception>
    public static Dataset Open(IDatasetSource source, CancellationToken cancel)
    {
        var store = source.Open();
        try
        {
            return Dataset.Open(store, cancel: cancel);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Opens the dataset in a folder.</summary>
    /// <exception cref="OmeZarr.Reading.Arrays.ReadingException">It is none.</exception>
    public static Dataset Open(string folder, CancellationToken cancel) => Open(new DatasetFolder(folder), cancel);

    /// <summary>Whether two paths are the same file.</summary>
    public static bool IsSame(string path, string other) => Path.GetFullPath(path).Equals(Path.GetFullPath(other), Paths);

    /// <summary>Whether a path lies inside of a folder.</summary>
    public static bool IsWithin(string folder, string path) =>
        Path.GetFullPath(path).StartsWith(Path.Join(folder, $"{Path.DirectorySeparatorChar}"), Paths);

    /// <summary>The size of all files of a folder, as far as they can be seen; for a progress bar.</summary>
    public static double Bytes(string folder, CancellationToken cancel) => new DatasetFolder(folder).Bytes(cancel);

    private static bool IsSingleFile(string path) =>
        path.EndsWith(DatasetLocation.SingleFile, StringComparison.OrdinalIgnoreCase);
}
