using System.Text;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>What names that become part of a path must be; <see cref="PathNames"/> makes a path of any other.</summary>
internal static class NameRules
{
    /// <summary>Reports a name of which nothing can be seen, or that is longer than documents have room for.</summary>
    public static void Check(string name, string path, ProblemList problems)
    {
        if (Encoding.UTF8.GetByteCount(name) > Limits.NameBytes)
            problems.Add(path, $"is {ProblemList.Show(name)}; must be at most {Limits.NameBytes} bytes long in UTF-8");
        else if (!PathNames.IsVisible(name))
            problems.Add(path, $"is {ProblemList.Show(name)}, of which nothing can be seen; must be a name");
    }
}
