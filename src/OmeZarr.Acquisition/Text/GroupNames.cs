using System.Globalization;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Text;

/// <summary>Makes names of groups that are different from each other on any file system.</summary>
internal static class GroupNames
{
    /// <summary>The most characters of a camera's or a position's part of a name.</summary>
    public const int LongestPart = 80;

    /// <summary>The most characters of a name that is put together of several parts.</summary>
    public const int LongestName = 200;

    private const int LongestDimension = 32;

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

    /// <summary>A dimension's name and an index as part of a path: <c>angle3</c>.</summary>
    public static string PathOf(ImageIndex at) => Numbered(PathNames.Of(at.Dimension.Name, LongestDimension), at.Index);

    /// <summary>A dimension's name and an index as part of a name for people.</summary>
    public static string NameOf(ImageIndex at) => Numbered(at.Dimension.Name, at.Index);

    /// <summary>A text as a part of a path, or a word and a number where nothing of it can be in one.</summary>
    public static string PathOf(string text, string word, int number) =>
        PathNames.Of(text, LongestPart) is { Length: > 0 } path ? path : PathNames.Of(Numbered(word, number), LongestPart);

    private static string Numbered(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}{number}");
}
