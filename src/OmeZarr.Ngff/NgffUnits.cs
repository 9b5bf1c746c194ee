using System.Collections.Frozen;

namespace OmeZarr.Ngff;

/// <summary>The units of length and time that OME-Zarr names, and other spellings of them.</summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html#axes-md"/>
public static class NgffUnits
{
    private static readonly (string Name, string Symbol)[] LengthUnits =
    [
        ("angstrom", "Å"), ("attometer", "am"), ("centimeter", "cm"), ("decimeter", "dm"), ("exameter", "Em"),
        ("femtometer", "fm"), ("foot", "ft"), ("gigameter", "Gm"), ("hectometer", "hm"), ("inch", "in"),
        ("kilometer", "km"), ("megameter", "Mm"), ("meter", "m"), ("micrometer", "µm"), ("mile", "mi"),
        ("millimeter", "mm"), ("nanometer", "nm"), ("parsec", "pc"), ("petameter", "Pm"), ("picometer", "pm"),
        ("terameter", "Tm"), ("yard", "yd"), ("yoctometer", "ym"), ("yottameter", "Ym"), ("zeptometer", "zm"),
        ("zettameter", "Zm"),
    ];

    private static readonly (string Name, string Symbol)[] TimeUnits =
    [
        ("attosecond", "as"), ("centisecond", "cs"), ("day", "d"), ("decisecond", "ds"), ("exasecond", "Es"),
        ("femtosecond", "fs"), ("gigasecond", "Gs"), ("hectosecond", "hs"), ("hour", "h"), ("kilosecond", "ks"),
        ("megasecond", "Ms"), ("microsecond", "µs"), ("millisecond", "ms"), ("minute", "min"), ("nanosecond", "ns"),
        ("petasecond", "Ps"), ("picosecond", "ps"), ("second", "s"), ("terasecond", "Ts"), ("yoctosecond", "ys"),
        ("yottasecond", "Ys"), ("zeptosecond", "zs"), ("zettasecond", "Zs"),
    ];

    private static readonly FrozenDictionary<string, string> ToLength = Spellings(
        LengthUnits, ("um", "micrometer"), ("u", "micrometer"), ("micron", "micrometer"), ("microns", "micrometer"),
        ("A", "angstrom"));

    private static readonly FrozenDictionary<string, string> ToTime = Spellings(
        TimeUnits,
        ("us", "microsecond"),
        ("usec", "microsecond"),
        ("µsec", "microsecond"),
        ("msec", "millisecond"),
        ("sec", "second"));

    private static readonly FrozenDictionary<string, string> ToSymbol = LengthUnits.Concat(TimeUnits)
        .ToFrozenDictionary(unit => unit.Name, unit => unit.Symbol, StringComparer.Ordinal);

    /// <summary>Names of the units of length.</summary>
    public static IReadOnlyList<string> LengthNames { get; } = [.. LengthUnits.Select(unit => unit.Name)];

    /// <summary>Names of the units of time.</summary>
    public static IReadOnlyList<string> TimeNames { get; } = [.. TimeUnits.Select(unit => unit.Name)];

    /// <summary>The name of a unit of length that is given by name, symbol or usual short form; null when it is none.</summary>
    public static string? Length(string unit) => ToLength.GetValueOrDefault(Normalized(unit));

    /// <summary>The name of a unit of time that is given by name, symbol or usual short form; null when it is none.</summary>
    public static string? Time(string unit) => ToTime.GetValueOrDefault(Normalized(unit));

    /// <summary>
    /// The symbol that OME-XML has for a unit of <see cref="LengthNames"/> or <see cref="TimeNames"/>; null for others.
    /// </summary>
    public static string? Symbol(string name) => ToSymbol.GetValueOrDefault(name);

    private static FrozenDictionary<string, string> Spellings(
        (string Name, string Symbol)[] units, params (string, string)[] others) =>
        units.Select(unit => (unit.Symbol, unit.Name))
            .Concat(units.Select(unit => (unit.Name, unit.Name)))
            .Concat(others)
            .ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    /// <summary>
    /// Case tells symbols apart (mm, Mm), names not. The Greek letter and the Ångström sign stand for the look-alikes
    /// that OME uses (U+00B5, U+00C5).
    /// </summary>
    private static string Normalized(string unit)
    {
        unit = unit.Replace('\u03BC', '\u00B5').Replace('\u212B', '\u00C5');
        return unit.Length > 2 ? unit.ToLowerInvariant() : unit;
    }
}
