using OmeZarr.Cli.Verification;

namespace OmeZarr.Cli.Mending;

/// <summary>What a killed writer leaves: unfinished files in the dataset, and folders beside it.</summary>
internal static class Leftovers
{
    private static readonly string[] Roles = ["begun", "replaced", "deleted"];

    /// <summary>Hidden folders beside a dataset, of a create that was killed (docs/beginning.md).</summary>
    public static string[] Beside(string folder)
    {
        var (parent, name) = (Path.GetDirectoryName(folder), Path.GetFileName(folder));
        if (parent is null || !Directory.Exists(parent))
            return [];
        var all = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint };
        return [.. Directory.EnumerateDirectories(parent, $".{name}.*", all).Select(path => Path.GetFileName(path))
            .Where(found => Roles.Any(role => found.StartsWith($".{name}.{role}-", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Unfinished files anywhere in a dataset, by their keys.</summary>
    public static string[] Inside(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        var all = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, RecurseSubdirectories = true };
        return [.. Directory.EnumerateFiles(folder, ".*", all)
            .Where(path => ArrayFiles.IsLeftover(Path.GetFileName(path)))
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
    }
}
