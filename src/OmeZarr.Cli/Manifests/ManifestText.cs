using System.Globalization;

namespace OmeZarr.Cli.Manifests;

/// <summary>
/// The format of <c>sha256sum</c>: a digest, two spaces and a path in each line. Sizes are in lines that begin with '#', which
/// it leaves out when it checks.
/// </summary>
internal static class ManifestText
{
    public static string SizeLine(long bytes) => string.Create(CultureInfo.InvariantCulture, $"# {bytes} bytes");

    /// <summary>Names with line ends or backslashes are written as coreutils write them, with a '\' before the digest.</summary>
    public static string DigestLine(string digest, string path)
    {
        if (path.AsSpan().IndexOfAny('\\', '\n', '\r') < 0)
            return $"{digest}  {path}";
        var escaped = path.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal);
        return $"\\{digest}  {escaped}";
    }
}
