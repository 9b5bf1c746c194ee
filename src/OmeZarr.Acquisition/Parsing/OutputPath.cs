namespace OmeZarr.Acquisition.Parsing;

/// <summary>How the root path and the format's suffix become the dataset's folder.</summary>
internal static class OutputPath
{
    private const string OmePart = ".ome";
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

    /// <summary>The stem with the format's suffix; a leading <c>~</c> is the user's home.</summary>
    public static string Of(string rootPath, FormatSettings format)
    {
        var path = Split(rootPath).Stem + format.Suffix;
        if (path != "~" && !path.StartsWith("~/", StringComparison.Ordinal) && !path.StartsWith(@"~\", StringComparison.Ordinal))
            return path;
        return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
    }

    /// <summary>A name for people: the last part of the root path, without its suffix.</summary>
    public static string NameOf(string rootPath)
    {
        var stem = Split(rootPath).Stem;
        var name = stem[(stem.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.Length > 0 ? name : "image";
    }

    private static string WithoutTrailingSeparators(string path)
    {
        var end = path.Length;
        while (end > 1 && (path[end - 1] == '/' || path[end - 1] == Path.DirectorySeparatorChar))
            end--;
        return path[..end];
    }
}
