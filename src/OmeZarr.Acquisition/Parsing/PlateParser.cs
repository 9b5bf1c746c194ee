using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>plate</c> and holds the positions against it.</summary>
internal sealed class PlateParser
{
    private const long LastSecond = 253_402_300_799;

    private readonly ProblemList _problems;
    private readonly ImmutableArray<PositionSettings> _positions;

    private PlateParser(ProblemList problems, ImmutableArray<PositionSettings> positions)
    {
        _problems = problems;
        _positions = positions;
    }

    public static PlateSettings? Parse(SettingsObject json, ImmutableArray<DimensionSettings> dimensions)
    {
        if (json.Object("plate") is not { } plate)
            return null;
        var settings = new PlateSettings(
            Names(plate, "row_names"),
            Names(plate, "column_names"),
            plate.Text("name", canBeEmpty: true),
            Acquisitions(plate),
            plate.Choice("field_paths", ("numbers", false), ("names", true)) ?? false);
        if (dimensions.FirstOrDefault(dimension => dimension.Type == DimensionType.Position) is { } positions)
            new PlateParser(json.Problems, positions.Positions).Check(settings);
        else
            json.Problems.Add("plate", "needs a dimension of positions in `dimensions`");
        return settings;
    }

    /// <summary>Names become the folders of wells; OME-Zarr allows only ASCII letters and digits in them.</summary>
    private static ImmutableArray<string> Names(SettingsObject plate, string key)
    {
        plate.Require(key, "all the plate's names, acquired or not");
        var names = plate.Texts(key) ?? [];
        if (plate.TryGet(key, out _) && names.Length == 0)
            plate.Report(key, "a list with at least one name");
        foreach (var name in names)
        {
            if (!name.All(char.IsAsciiLetterOrDigit))
                plate.Problems.Add(plate.PathOf(key), $"is {ProblemList.Show(name)}; must be ASCII letters and digits only");
            else if (name.Equals(GroupNames.OmeGroup, StringComparison.OrdinalIgnoreCase))
                plate.Problems.Add(plate.PathOf(key), $"is {ProblemList.Show(name)}, the folder of the dataset's OME metadata");
            else if (PathNames.IsDevice(name))
                plate.Problems.Add(
                    plate.PathOf(key), $"is {ProblemList.Show(name)}, a device's name on Windows, where no folder has it");
            else
                NameRules.Check(name, plate.PathOf(key), plate.Problems);
        }

        foreach (var name in names.CountBy(name => name, StringComparer.OrdinalIgnoreCase).Where(pair => pair.Value > 1))
            plate.Problems.Add(plate.PathOf(key),
                $"names must be unique, not by case alone; {ProblemList.Show(name.Key)} is repeated");
        return [.. names];
    }

    private static ImmutableArray<PlateAcquisitionSettings> Acquisitions(SettingsObject plate)
    {
        if (plate.Array("acquisitions") is not { } elements)
            return [];
        var acquisitions = ImmutableArray.CreateBuilder<PlateAcquisitionSettings>();
        for (var i = 0; i < elements.Length; i++)
        {
            var path = $"{plate.PathOf("acquisitions")}[{i}]";
            if (elements[i].ValueKind == JsonValueKind.Object)
                acquisitions.Add(Acquisition(new SettingsObject(elements[i], path, "plate.acquisitions[].", plate.Problems), i));
            else
                plate.Problems.Add(path, elements[i], "an object");
        }

        foreach (var id in acquisitions.CountBy(acquisition => acquisition.Id).Where(pair => pair.Value > 1))
            plate.Problems.Add(plate.PathOf("acquisitions"), $"ids must be unique; {id.Key} is repeated");
        return acquisitions.ToImmutable();
    }

    private static PlateAcquisitionSettings Acquisition(SettingsObject json, int place)
    {
        var acquisition = new PlateAcquisitionSettings(
            (int?)json.Whole("id", 0, int.MaxValue) ?? place,
            json.Text("name", canBeEmpty: true),
            json.Text("description", canBeEmpty: true),
            (int?)json.Whole("maximum_field_count", 1, int.MaxValue),
            json.Whole("start_time", 0, LastSecond),
            json.Whole("end_time", 0, LastSecond));
        if (acquisition.EndTime < acquisition.StartTime)
            json.Problems.Add(json.Path, "end_time must not be before start_time");
        return acquisition;
    }

    private void Check(PlateSettings plate)
    {
        Report(
            position => position.PlateRow is null || position.PlateColumn is null,
            "plate",
            some => $"each position needs plate_row and plate_column; missing for {some}");
        CheckKnown(plate.RowNames, position => position.PlateRow, "row_names");
        CheckKnown(plate.ColumnNames, position => position.PlateColumn, "column_names");
        var ids = plate.Acquisitions.Select(acquisition => (int?)acquisition.Id).ToHashSet();
        Report(
            position => position.PlateAcquisition is { } id && !ids.Contains(id),
            "plate.acquisitions",
            some => $"has no acquisition with the plate_acquisition of {some}");
        Report(
            position => position.PlateAcquisition is null && ids.Count > 1,
            "plate.acquisitions",
            some => $"are several; each position needs its plate_acquisition, missing for {some}");
    }

    private void CheckKnown(ImmutableArray<string> names, Func<PositionSettings, string?> nameOf, string key)
    {
        var known = names.ToHashSet();
        foreach (var position in _positions.Where(position => nameOf(position) is { } name && !known.Contains(name)))
        {
            var where = $"where the position {ProblemList.Show(position.Name)} is";
            _problems.Add($"plate.{key}", $"has no {ProblemList.Show(nameOf(position)!)}, {where}");
        }
    }

    /// <summary>One problem for all positions that have it, with the names of some.</summary>
    private void Report(Func<PositionSettings, bool> isWrong, string path, Func<string, string> message)
    {
        const int some = 5;
        var wrong = _positions.Where(isWrong).ToArray();
        if (wrong.Length > 0)
            _problems.Add(path, message(string.Join(", ", wrong.Take(some).Select(position => ProblemList.Show(position.Name)))));
    }
}
