using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;
using OmeZarr.Storage.FileSystem;

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
        throw UserException.CannotAccess(File.Exists(full)
            ? $"'{path}' is a file; a dataset is a folder"
            : $"'{path}' is not there");
    }

    /// <summary>Opens the dataset in a folder.</summary>
    /// <exception cref="OmeZarr.Reading.Arrays.ReadingException">It is none.</exception>
    public static Dataset Open(string folder, CancellationToken cancel)
    {
        var store = new FileSystemStore(folder);
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

    /// <summary>Whether a path lies inside of a folder.</summary>
    public static bool IsWithin(string folder, string path) =>
        Path.GetFullPath(path).StartsWith(Path.Join(folder, $"{Path.DirectorySeparatorChar}"), Paths);

    /// <summary>The size of all files, as far as they can be seen; for a progress bar.</summary>
    public static double Bytes(string folder, CancellationToken cancel)
    {
        double bytes = 0;
        var all = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", all))
        {
            cancel.ThrowIfCancellationRequested();
            bytes += file.Length;
        }

        return bytes;
    }
}
