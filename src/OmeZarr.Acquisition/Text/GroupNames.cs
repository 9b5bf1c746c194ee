using System.Globalization;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Text;

/// <summary>Makes names of groups that are possible, and different from each other, on any file system.</summary>
internal static class GroupNames
{
    private const int LongestPart = 32;

    /// <summary>The group that holds what OME knows of a collection; no image can have its name.</summary>
    public const string OmeGroup = "OME";

    /// <summary>
    /// The names, and where one is repeated (or differs by case only, or is taken) with <c>_2</c>, <c>_3</c> … at the
    /// end of all but the first.
    /// </summary>
    public static string[] Distinct(IReadOnlyCollection<string> names, string taken)
    {
        var given = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { taken };
        var repeats = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        return [.. names.Select(name =>
        {
            var distinct = name;
            while (!used.Add(distinct))
            {
                do
                {
                    var number = repeats[name] = repeats.GetValueOrDefault(name, 1) + 1;
                    distinct = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
                }
                while (given.Contains(distinct));
            }

            return distinct;
        })];
    }

    /// <summary>A dimension's name and an index as part of a name: <c>angle3</c>.</summary>
    public static string Part(ImageIndex at)
    {
        var name = at.Dimension.Name.Length > LongestPart ? at.Dimension.Name[..LongestPart] : at.Dimension.Name;
        var safe = string.Concat(name.Select(character => char.IsLetterOrDigit(character) ? character : '-'));
        return string.Create(CultureInfo.InvariantCulture, $"{safe}{at.Index}");
    }

    /// <summary>A name that can be a folder's.</summary>
    public static string Possible(string name) => PathNames.Wrong(name) is null ? name : $"_{name}";

    /// <summary>The letters and digits of ASCII in a name: all that a field's name may have.</summary>
    public static string Alphanumeric(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit));
}
