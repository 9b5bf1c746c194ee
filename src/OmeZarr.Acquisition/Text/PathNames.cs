using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Text;

/// <summary>Keeps names that become folders from leaving the dataset, or from being impossible on some file system.</summary>
internal static class PathNames
{
    private const int LongestName = Limits.NameBytes;

    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\:*?\"<>|");

    private static readonly FrozenSet<string> DeviceNames = new[] { "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$" }
        .Concat("0123456789¹²³".SelectMany(number => new[] { $"COM{number}", $"LPT{number}" }))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reports a name that cannot be one folder's name everywhere.</summary>
    public static void Check(string name, string path, ProblemList problems)
    {
        var wrong = Wrong(name);
        if (wrong is not null)
            problems.Add(path, $"is {ProblemList.Show(name)}, which cannot name a folder: {wrong}");
    }

    /// <summary>Why a name that is not empty cannot be a folder's, or null when it can.</summary>
    public static string? Wrong(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > LongestName)
            return $"longer than {LongestName} bytes";
        if (name.Any(char.IsControl))
            return "a control character";
        if (name.AsSpan().IndexOfAny(Separators) is var at and >= 0)
            return $"the character {name[at]}";
        if (name[^1] is '.' or ' ' || name[0] == ' ')
            return "a full stop at the end, or a space at an end";
        if (name[0] == '.')
            return "a full stop at the beginning";
        if (DeviceNames.Contains(name.Split('.')[0].TrimEnd(' ')))
            return "a device's name";
        return name.Equals("zarr.json", StringComparison.OrdinalIgnoreCase) ? "the name of Zarr's metadata" : null;
    }
}
