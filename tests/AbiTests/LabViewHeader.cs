using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>A parameter of a call: its C type without its name.</summary>
internal sealed record LabViewParameter(string Type, string Name)
{
    private static readonly string[] Numbers =
        ["int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "float", "double"];

    public bool IsValue => Numbers.Contains(Type);

    public bool IsText => Type is "char*" or "const char*";

    /// <summary>A pointer to numbers: one, or as many as another parameter says.</summary>
    public bool IsNumbers => Type.EndsWith('*') && Numbers.Contains(Bare);

    public bool IsConstant => Type.StartsWith("const ", StringComparison.Ordinal);

    /// <summary>The type of the number, or of each number.</summary>
    public string Bare => Type.Replace("const ", "", StringComparison.Ordinal).TrimEnd('*');
}

/// <summary>A call of omezarr_labview.h.</summary>
internal sealed record LabViewCall(string Name, IReadOnlyList<LabViewParameter> Parameters);

/// <summary>
/// Reads omezarr_labview.h as LabVIEW's Import Shared Library wizard does: plain prototypes and nothing else.
/// </summary>
internal static partial class LabViewHeader
{
    public static string Path => System.IO.Path.Combine(Repository.Hosts, "labview", "omezarr_labview.h");

    public static IReadOnlyList<LabViewCall> Functions { get; } = [.. Declarations().Select(Parse)];

    /// <summary>What is left of the header without comments and lines of the preprocessor, up to each semicolon.</summary>
    public static IEnumerable<string> Declarations()
    {
        var plain = Directive().Replace(Comment().Replace(File.ReadAllText(Path), " "), "")
            .Replace("extern \"C\" {", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        return plain.Split(';').Select(text => Space().Replace(text, " ").Trim()).Where(text => text.Length > 0);
    }

    private static LabViewCall Parse(string declaration)
    {
        var match = Prototype().Match(declaration);
        if (!match.Success)
            throw new FormatException($"not a plain prototype: {declaration}");
        return new LabViewCall(match.Groups["name"].Value,
            [.. match.Groups["parameters"].Value.Split(',').Select(text => ParameterOf(text.Trim()))]);
    }

    private static LabViewParameter ParameterOf(string text)
    {
        var at = text.LastIndexOf(' ');
        return new LabViewParameter(text[..at], text[(at + 1)..]);
    }

    [GeneratedRegex(@"^OMZLV_API int32_t OMZLV_CALL (?<name>omzlv_\w+)\((?<parameters>[\w*, ]+)\)$")]
    private static partial Regex Prototype();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^#.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
