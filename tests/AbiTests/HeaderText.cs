using System.Globalization;
using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>What omezarr_native.h declares, read from its text.</summary>
internal static partial class HeaderText
{
    /// <summary>Names of the functions, sorted.</summary>
    public static IReadOnlyList<string> Functions { get; } =
        [.. Function().Matches(Text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    /// <summary>Status codes by name: OMZ_OK, the errors, and the positive results of an append.</summary>
    public static IReadOnlyDictionary<string, int> StatusCodes { get; } = StatusCode().Matches(Text).ToDictionary(
        match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));

    private static string Text => File.ReadAllText(Repository.Header);

    /// <summary>Names of a struct's members, in order.</summary>
    public static IReadOnlyList<string> MembersOf(string name)
    {
        var body = Regex.Match(Text, $$"""typedef struct {{name}} \{(.*?)\} {{name}};""", RegexOptions.Singleline).Groups[1].Value;
        return [.. Member().Matches(body).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex(@"OMZ_API [^;]*?OMZ_CALL (omz_\w+)\(")]
    private static partial Regex Function();

    [GeneratedRegex(@"#define (OMZ_OK|OMZ_E_\w+|OMZ_FRAME_(?:DROPPED|METADATA_LOST)) +(-?\d+)")]
    private static partial Regex StatusCode();

    [GeneratedRegex(@"^ +[a-z][\w* ]*?(\w+);", RegexOptions.Multiline)]
    private static partial Regex Member();
}
