using System.Text;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;
using OmeZarr.Ngff;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads one element of <c>dimensions</c> and decides its type, count and unit.</summary>
internal static class DimensionParser
{
    // The name of the array of its times, too, and so of a folder.
    private const int LongestName = Limits.NameBytes;

    private static readonly (string, DimensionType)[] TypeWords =
    [
        ("space", DimensionType.Space), ("time", DimensionType.Time), ("channel", DimensionType.Channel),
        ("position", DimensionType.Position), ("other", DimensionType.Other),
    ];

    public static DimensionSettings Parse(SettingsObject json)
    {
        json.Require("name", "each dimension needs one");
        var name = json.Text("name") ?? "";
        if (Encoding.UTF8.GetByteCount(name) > LongestName)
            json.Report("name", $"at most {LongestName} bytes long in UTF-8");
        var chunk = (int?)json.Whole("chunk_size", 1, int.MaxValue);
        var shard = (int?)json.Whole("shard_size_chunks", 1, int.MaxValue);
        var unit = json.Text("unit", canBeEmpty: true);
        var coords = json.Array("coords");
        var type = TypeOf(json, name, coords, unit);
        var dimension = new DimensionSettings
        {
            Name = name,
            Count = json.Whole("count", 1, SettingsObject.LargestExactInteger),
            Type = type,
            ChunkSize = chunk,
            ShardSizeChunks = shard,
            Unit = unit is null ? null : UnitOf(json, unit, type),
            Scale = ScaleOf(json, type),
            Translation = json.Number("translation"),
        };
        return WithCoordinates(json, dimension, coords);
    }

    /// <summary>The type as given, or by the objects in coords, or by the unit, or by the name.</summary>
    private static DimensionType? TypeOf(SettingsObject json, string name, JsonElement[]? coords, string? unit)
    {
        if (json.Choice<DimensionType>("type", TypeWords) is { } given)
            return given;
        var byCoords = coords is null ? null : CoordinateParser.TypeOfObjects(coords);
        DimensionType? byUnit = unit is null ? null
            : NgffUnits.Length(unit) is not null ? DimensionType.Space
            : NgffUnits.Time(unit) is not null ? DimensionType.Time
            : null;
        if (byCoords is not null && byUnit is not null)
        {
            json.Problems.Add(
                json.Path,
                $"coords suggest the type {Word(byCoords)}, but unit {ProblemList.Show(unit!)} suggests {Word(byUnit)}; "
                + "give `type` or remove one");
        }

        return byCoords ?? byUnit ?? ByName(name);
    }

    private static DimensionType? ByName(string name) => name.ToLowerInvariant() switch
    {
        "x" or "y" or "z" => DimensionType.Space,
        "t" or "time" => DimensionType.Time,
        "c" or "channel" => DimensionType.Channel,
        "p" => DimensionType.Position,
        _ => null,
    };

    public static string Word(DimensionType? type) => type.ToString()!.ToLowerInvariant();

    /// <summary>Programs say 0 where frames follow each other as fast as they can: the interval is not known then.</summary>
    private static double? ScaleOf(SettingsObject json, DimensionType? type)
    {
        var scale = json.Number("scale");
        if (scale != 0)
            return scale;
        if (type == DimensionType.Time)
            json.Problems.Warn(
                json.PathOf("scale"), "is 0, which is no interval; it is taken as unknown, which OME-Zarr says as 1");
        else
            json.Report("scale", "a number other than 0");
        return null;
    }

    private static string? UnitOf(SettingsObject json, string unit, DimensionType? type)
    {
        var (name, allowed, names, symbol) = type switch
        {
            DimensionType.Space => (NgffUnits.Length(unit), "a unit of length", NgffUnits.LengthNames, "um"),
            DimensionType.Time => (NgffUnits.Time(unit), "a unit of time", NgffUnits.TimeNames, "ms"),
            _ => (unit, "", [], ""),
        };
        if (name is null)
        {
            json.Report(
                "unit", $"{allowed} because the type is {Word(type)}: {string.Join(", ", names)}, or a symbol such as {symbol}");
        }

        return name;
    }

    private static DimensionSettings WithCoordinates(SettingsObject json, DimensionSettings dimension, JsonElement[]? coords)
    {
        var countIsWrong = dimension.Count is null && json.TryGet("count", out _);
        if (coords?.Length == 0)
            json.Report("coords", "a list with at least one element");
        else if (dimension.Count is { } count && coords is not null && count != coords.Length)
            json.Problems.Add(json.PathOf("coords"), $"has {coords.Length} elements, but count is {count}; they must agree");
        if (dimension.Count is null && (countIsWrong || coords is not null))
            dimension = dimension with { Count = Math.Max(1, coords?.Length ?? 1) };
        if (coords is null)
            return dimension.Type == DimensionType.Position ? WithNumberedPositions(json, dimension) : dimension;
        var parser = new CoordinateParser(json.PathOf("coords"), json.Problems);
        return dimension.Type switch
        {
            DimensionType.Channel => dimension with { Channels = parser.Channels(coords) },
            DimensionType.Position => dimension with { Positions = parser.Positions(coords) },
            _ => dimension with { Coordinates = parser.Plain(coords, dimension.Type) },
        };
    }

    private static DimensionSettings WithNumberedPositions(SettingsObject json, DimensionSettings dimension)
    {
        switch (dimension.Count)
        {
            case null:
                json.Problems.Add(json.Path, "a dimension of positions cannot be unbounded; give `coords` or `count`");
                return dimension;
            case > Limits.MostImages:
                json.Report("count", $"at most {ProblemList.Show(Limits.MostImages)} for positions");
                return dimension;
            default:
                var names = Enumerable.Range(0, (int)dimension.Count).Select(i => new PositionSettings($"{i}"));
                return dimension with { Positions = [.. names] };
        }
    }
}
