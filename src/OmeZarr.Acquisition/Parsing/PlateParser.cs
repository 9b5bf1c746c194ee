using System.Collections.Immutable;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>plate</c> and holds the positions against it.</summary>
internal static class PlateParser
{
    public static PlateSettings? Parse(SettingsObject json, ImmutableArray<DimensionSettings> dimensions)
    {
        if (json.Object("plate") is not { } plate)
            return null;
        var name = plate.Text("name", canBeEmpty: true);
        var settings = new PlateSettings(Names(plate, "row_names"), Names(plate, "column_names"), name);
        json.Problems.AddNotYet("plate", "plates");
        var positions = dimensions.FirstOrDefault(dimension => dimension.Type == DimensionType.Position);
        if (positions is null)
        {
            json.Problems.Add("plate", "needs a dimension of positions in `dimensions`");
            return settings;
        }

        var homeless = positions.Positions.Where(position => position.PlateRow is null || position.PlateColumn is null).ToArray();
        if (homeless.Length > 0)
        {
            var some = string.Join(", ", homeless.Take(5).Select(position => ProblemList.Show(position.Name)));
            json.Problems.Add("plate", $"each position needs plate_row and plate_column; missing for {some}");
        }

        CheckKnown(settings.RowNames, position => position.PlateRow, "row_names");
        CheckKnown(settings.ColumnNames, position => position.PlateColumn, "column_names");
        return settings;

        void CheckKnown(ImmutableArray<string> names, Func<PositionSettings, string?> nameOf, string key)
        {
            var known = names.ToHashSet();
            foreach (var position in positions.Positions.Where(position => nameOf(position) is { } name && !known.Contains(name)))
            {
                var where = $"where the position {ProblemList.Show(position.Name)} is";
                json.Problems.Add($"plate.{key}", $"has no {ProblemList.Show(nameOf(position)!)}, {where}");
            }
        }
    }

    private static ImmutableArray<string> Names(SettingsObject plate, string key)
    {
        plate.Require(key, "all the plate's names, acquired or not");
        var names = plate.Texts(key) ?? [];
        foreach (var name in names)
            PathNames.Check(name, plate.PathOf(key), plate.Problems);
        foreach (var name in CoordinateParser.Repeated(names))
            plate.Problems.Add(plate.PathOf(key), $"names must be unique; {ProblemList.Show(name)} is repeated");
        return [.. names];
    }
}
