using System.Collections.Immutable;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>plate</c> and holds the positions against it.</summary>
internal static class PlateParser
{
    public static PlateSettings? Parse(SettingsObject json, ImmutableArray<DimensionSettings> dimensions)
    {
        if (json.Object("plate") is not { } plate)
            return null;
        var settings = new PlateSettings(Names(plate, "row_names"), Names(plate, "column_names"), plate.Text("name", canBeEmpty: true));
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
            json.Problems.Add(
                "plate",
                $"each position needs plate_row and plate_column; missing for {string.Join(", ", homeless.Take(5).Select(position => ProblemList.Show(position.Name)))}");
        }

        foreach (var position in positions.Positions)
        {
            CheckKnown(position.PlateRow, settings.RowNames, "row_names", position);
            CheckKnown(position.PlateColumn, settings.ColumnNames, "column_names", position);
        }

        return settings;

        void CheckKnown(string? name, ImmutableArray<string> names, string key, PositionSettings position)
        {
            if (name is not null && !names.Contains(name))
                json.Problems.Add($"plate.{key}", $"has no {ProblemList.Show(name)}, where the position {ProblemList.Show(position.Name)} is");
        }
    }

    private static ImmutableArray<string> Names(SettingsObject plate, string key)
    {
        plate.Require(key, "all the plate's names, acquired or not");
        var names = plate.Texts(key) ?? [];
        foreach (var name in names)
            PathNames.Check(name, plate.PathOf(key), plate.Problems);
        foreach (var name in names.CountBy(name => name).Where(pair => pair.Value > 1))
            plate.Problems.Add(plate.PathOf(key), $"names must be unique; {ProblemList.Show(name.Key)} is repeated");
        return [.. names];
    }
}
