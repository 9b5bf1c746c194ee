using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Text;

/// <summary>How the root path and the format's suffix become the dataset's folder.</summary>
internal static class OutputPath
{
    private const string OmePart = ".ome";
    private const string FileScheme = "file";
    private static readonly string[] Extensions = [".tiff", ".tif", ".zarr"];

    /// <summary>
    /// Cuts a trailing <c>.zarr</c>, <c>.tif</c> or <c>.tiff</c>, with an <c>.ome</c> before it, in any case. The suffix
    /// comes back in lower case, empty when there is none.
    /// </summary>
    public static (string Stem, string Suffix) Split(string rootPath)
    {
        var path = WithoutTrailingSeparators(rootPath);
        foreach (var extension in Extensions.Where(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)))
        {
            var stem = path[..^extension.Length];
            return stem.EndsWith(OmePart, StringComparison.OrdinalIgnoreCase)
                ? (stem[..^OmePart.Length], OmePart + extension)
                : (stem, extension);
        }

        return (path, "");
    }

    /// <summary>The stem with the format's suffix; a leading <c>~</c> is the user's home, and <c>file://</c> goes.</summary>
    public static string Of(string rootPath, FormatSettings format)
    {
        var path = Split(WithoutScheme(rootPath)).Stem + format.Suffix;
        return IsBelowHome(path) ? Home + path[1..] : path;
    }

    /// <summary>Why a root path leads nowhere, or null.</summary>
    public static string? Refusal(string rootPath)
    {
        var scheme = SchemeOf(rootPath);
        if (scheme is not null && !scheme.Equals(FileScheme, StringComparison.OrdinalIgnoreCase))
            return $"has the scheme {scheme}://; paths of the file system are supported, and file:// followed by an absolute one";
        if (scheme is not null && WithoutScheme(rootPath) is var local && !(local.StartsWith('/') && local.Trim('/').Length > 0))
            return "must have an absolute path of this computer behind file://, as in file:///data/run.ome.zarr";
        if (scheme is not null && rootPath.AsSpan().IndexOfAny('%', '?', '#') >= 0)
            return "must be given as a plain path: %, ? and # have a meaning behind file://";
        if (!rootPath.StartsWith('~'))
            return null;
        if (!IsBelowHome(rootPath))
            return "begins with ~ and a name; only ~/ is supported, which is the user's own home. Write ./~ for a folder of "
                + "such a name";
        if (Home.Length == 0 || !Path.IsPathRooted(Home))
            return $"begins with ~, but HOME is {ProblemList.Show(Home)}, which is no absolute path";
        return Directory.Exists(Home) ? null : $"begins with ~, but HOME is {ProblemList.Show(Home)}, which does not exist";
    }

    /// <summary>A name for people: the last part of the root path, without its suffix.</summary>
    public static string NameOf(string rootPath)
    {
        var stem = Split(rootPath).Stem;
        var name = stem[(stem.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.Length > 0 ? name : "image";
    }

    // HOME itself: the runtime would look into the password file where it is empty, and take a path that is not absolute as it
    // is.
    private static string Home => OperatingSystem.IsWindows()
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)
        : Environment.GetEnvironmentVariable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static bool IsBelowHome(string path) =>
        path.StartsWith('~') && (path.Length == 1 || path[1] == '/' || path[1] == '\\');

    // A letter before it is a drive of Windows, not a scheme.
    private static string? SchemeOf(string path)
    {
        var end = path.IndexOf("://", StringComparison.Ordinal);
        return end > 1 && char.IsAsciiLetter(path[0])
            && path[..end].All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.') ? path[..end] : null;
    }

    // Behind file:// may be the name of this computer.
    private static string WithoutScheme(string path)
    {
        const string ownName = "localhost";
        if (SchemeOf(path) is not { } scheme || !scheme.Equals(FileScheme, StringComparison.OrdinalIgnoreCase))
            return path;
        var local = path[(scheme.Length + 3)..];
        local = local.StartsWith(ownName + "/", StringComparison.OrdinalIgnoreCase) ? local[ownName.Length..] : local;
        // file:///C:/data
        return OperatingSystem.IsWindows() && local.Length > 2 && local[0] == '/' && local[2] == ':' ? local[1..] : local;
    }

    private static string WithoutTrailingSeparators(string path)
    {
        var end = path.Length;
        while (end > 1 && (path[end - 1] == '/' || path[end - 1] == Path.DirectorySeparatorChar))
            end--;
        return path[..end];
    }
}
