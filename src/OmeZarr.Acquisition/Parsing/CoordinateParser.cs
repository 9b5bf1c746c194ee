using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads the elements of a dimension's <c>coords</c>: channels, positions, or plain texts and numbers.</summary>
internal sealed class CoordinateParser(string path, ProblemList problems)
{
    private const string ChannelKeys = "channel.";
    private const string PositionKeys = "position.";

    /// <summary>What objects among coords are, by a key that only one kind has; null when nothing tells.</summary>
    public static DimensionType? TypeOfObjects(IEnumerable<JsonElement> coords)
    {
        foreach (var element in coords.Where(coord => coord.ValueKind == JsonValueKind.Object))
        {
            foreach (var property in element.EnumerateObject().Where(property => property.Name != "name"))
            {
                if (SettingsKeys.Under(ChannelKeys).Contains(property.Name))
                    return DimensionType.Channel;
                if (SettingsKeys.Under(PositionKeys).Contains(property.Name))
                    return DimensionType.Position;
            }
        }

        return null;
    }

    public ImmutableArray<ChannelSettings> Channels(JsonElement[] coords)
    {
        var channels = ImmutableArray.CreateBuilder<ChannelSettings>();
        for (var i = 0; i < coords.Length; i++)
        {
            if (NameOrObject(coords[i], i, ChannelKeys, "channel") is (var name, var json))
                channels.Add(json is null ? new ChannelSettings(name) : Channel(json, name));
        }

        foreach (var name in Repeated(channels.Select(channel => channel.Name)))
            problems.Add(path, $"channel names must be unique; {ProblemList.Show(name)} is repeated");
        return channels.ToImmutable();
    }

    public ImmutableArray<PositionSettings> Positions(JsonElement[] coords)
    {
        var positions = ImmutableArray.CreateBuilder<PositionSettings>();
        for (var i = 0; i < coords.Length; i++)
        {
            if (NameOrObject(coords[i], i, PositionKeys, "position") is not (var name, var json))
                continue;
            var position = json is null ? new PositionSettings(name) : Position(json, name);
            NameRules.Check(name, json?.PathOf("name") ?? $"{path}[{i}]", problems);
            positions.Add(position);
        }

        var groups = positions.GroupBy(at => (at.PlateRow, at.PlateColumn, at.GridRow, at.GridColumn));
        foreach (var group in groups)
        {
            foreach (var name in Repeated(group.Select(position => position.Name)))
                problems.Add(path, $"position names must be unique{Within(group.First())}; {ProblemList.Show(name)} is repeated");
        }

        return positions.ToImmutable();
    }

    /// <summary>Texts and numbers.</summary>
    public ImmutableArray<Coordinate> Plain(JsonElement[] coords, DimensionType? type)
    {
        var values = ImmutableArray.CreateBuilder<Coordinate>(coords.Length);
        for (var i = 0; i < coords.Length; i++)
        {
            var coord = coords[i];
            if (coord.ValueKind == JsonValueKind.String)
                values.Add(new Coordinate(coord.GetString(), null));
            else if (coord.ValueKind == JsonValueKind.Number && coord.TryGetDouble(out var number) && double.IsFinite(number))
                values.Add(new Coordinate(null, number));
            else if (coord.ValueKind == JsonValueKind.Object && type is null)
                problems.Add($"{path}[{i}]", "nothing tells a channel from a position here; give the dimension's `type`");
            else
                problems.Add($"{path}[{i}]", coord, "text or a number; objects need the type channel or position");
        }

        return values.ToImmutable();
    }

    private (string Name, SettingsObject? Json)? NameOrObject(JsonElement coord, int i, string keys, string what)
    {
        var at = $"{path}[{i}]";
        switch (coord.ValueKind)
        {
            case JsonValueKind.String when coord.GetString() is { Length: > 0 } name:
                return (name, null);
            case JsonValueKind.Object:
                var json = new SettingsObject(coord, at, keys, problems);
                json.Require("name", $"each {what} needs one");
                return json.Text("name") is { } given ? (given, json) : null;
            default:
                problems.Add(at, coord, $"a {what}: its name, or an object with a name");
                return null;
        }
    }

    private static ChannelSettings Channel(SettingsObject json, string name)
    {
        const int LongestWavelengthNm = 1_000_000;
        string? color = null;
        if (json.TryGet("color", out var given) && !ColorParser.TryParse(given, out color))
            json.Report("color", ColorParser.Allowed);
        return new ChannelSettings(
            name,
            (int?)json.Whole("excitation_wavelength_nm", 1, LongestWavelengthNm),
            (int?)json.Whole("emission_wavelength_nm", 1, LongestWavelengthNm),
            json.Text("fluorophore", canBeEmpty: true),
            color);
    }

    private PositionSettings Position(SettingsObject json, string name)
    {
        var position = new PositionSettings(name)
        {
            PlateRow = json.Text("plate_row"),
            PlateColumn = json.Text("plate_column"),
            GridRow = (int?)json.Whole("grid_row", int.MinValue, int.MaxValue),
            GridColumn = (int?)json.Whole("grid_column", int.MinValue, int.MaxValue),
            X = json.Number("x_coord"),
            Y = json.Number("y_coord"),
            Z = json.Number("z_coord"),
            PlateAcquisition = (int?)json.Whole("plate_acquisition", 0, int.MaxValue),
        };
        if (json.TryGet("plate_row", out _) != json.TryGet("plate_column", out _))
            problems.Add(json.Path, "plate_row and plate_column must both be given, or neither");
        if (json.TryGet("grid_row", out _) != json.TryGet("grid_column", out _))
            problems.Add(json.Path, "grid_row and grid_column must both be given, or neither");
        return position;
    }

    private static string Within(PositionSettings position)
    {
        var well = position.PlateRow is null ? "" : $" in well {position.PlateRow}/{position.PlateColumn}";
        var cell = position.GridRow is null ? "" : $" at grid row {position.GridRow}, column {position.GridColumn}";
        return well + cell;
    }

    public static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.CountBy(name => name).Where(pair => pair.Value > 1).Select(pair => pair.Key);
}
