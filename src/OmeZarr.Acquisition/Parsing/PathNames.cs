using System.Buffers;
using System.Collections.Frozen;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Keeps names that become folders from leaving the dataset, or from being impossible on some file system.</summary>
internal static class PathNames
{
    private const int LongestName = 200;
    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\:*?\"<>|");

    private static readonly FrozenSet<string> DeviceNames = new[] { "CON", "PRN", "AUX", "NUL" }
        .Concat(Enumerable.Range(1, 9).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" }))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reports a name that cannot be one folder's name everywhere.</summary>
    public static void Check(string name, string path, ProblemList problems)
    {
        var wrong = Wrong(name);
        if (wrong is not null)
            problems.Add(path, $"is {ProblemList.Show(name)}, which cannot name a folder: {wrong}");
    }

    private static string? Wrong(string name)
    {
        if (name.Length > LongestName)
            return $"longer than {LongestName} characters";
        if (name.Any(char.IsControl))
            return "a control character";
        if (name.AsSpan().IndexOfAny(Separators) is var at and >= 0)
            return $"the character {name[at]}";
        if (name[^1] is '.' or ' ' || name[0] == ' ')
            return "a full stop at the end, or a space at an end";
        if (DeviceNames.Contains(name.Split('.')[0]))
            return "a device's name";
        return name.Equals("zarr.json", StringComparison.OrdinalIgnoreCase) ? "the name of Zarr's metadata" : null;
    }
}
