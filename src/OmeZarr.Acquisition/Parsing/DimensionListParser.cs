using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>dimensions</c> and holds them against the rules that concern all of them.</summary>
internal static class DimensionListParser
{
    private const int MostDimensions = 32;

    public static ImmutableArray<DimensionSettings> Parse(SettingsObject json)
    {
        json.Require("dimensions", "a list that ends with the frame's own two, such as y and x");
        if (json.Array("dimensions") is not { } elements)
            return [];
        if (elements.Length > MostDimensions)
        {
            json.Problems.Add(json.PathOf("dimensions"), $"has {elements.Length} elements; at most {MostDimensions} are read");
            return [];
        }

        var list = json.PathOf("dimensions");
        var dimensions = new List<DimensionSettings>();
        for (var i = 0; i < elements.Length; i++)
        {
            var path = $"{list}[{i}]";
            if (elements[i].ValueKind == JsonValueKind.Object)
                dimensions.Add(DimensionParser.Parse(new SettingsObject(elements[i], path, "dimensions[].", json.Problems)));
            else
                json.Problems.Add(path, elements[i], "an object");
        }

        if (dimensions.Count == elements.Length)
            CheckTogether(dimensions, list, json.Problems);
        return [.. dimensions];
    }

    private static void CheckTogether(List<DimensionSettings> dimensions, string list, ProblemList problems)
    {
        var named = dimensions.Select(dimension => dimension.Name).Where(name => name.Length > 0);
        foreach (var name in CoordinateParser.Repeated(named))
            problems.Add(list, $"names must be unique; {ProblemList.Show(name)} is repeated");
        for (var i = 1; i < dimensions.Count; i++)
        {
            if (dimensions[i] is { Count: null, Type: not DimensionType.Position })
                problems.Add($"{list}[{i}].count", "is missing; only the first dimension may be unbounded");
        }

        CheckNumbers(dimensions, list, problems);
        CheckFrame(dimensions, list, problems);
    }

    /// <summary>At least the frame's own two besides positions, and one dimension of positions at most.</summary>
    private static void CheckNumbers(List<DimensionSettings> dimensions, string list, ProblemList problems)
    {
        var axes = dimensions.Count(dimension => dimension.Type != DimensionType.Position);
        if (axes < 2)
            problems.Add(list, $"has {axes} without positions; at least 2 are needed, usually y and x");
        var positions = dimensions.Where(dimension => dimension.Type == DimensionType.Position).ToArray();
        if (positions.Length > 1)
        {
            var names = string.Join(", ", positions.Select(dimension => ProblemList.Show(dimension.Name)));
            problems.Add(list, $"{names} are of type position; at most one dimension of positions");
        }
    }

    /// <summary>The last two are the frame's own: in space, and of known size.</summary>
    private static void CheckFrame(List<DimensionSettings> dimensions, string list, ProblemList problems)
    {
        for (var i = Math.Max(0, dimensions.Count - 2); i < dimensions.Count; i++)
        {
            var dimension = dimensions[i];
            if (dimension.Type is null)
                dimensions[i] = dimension with { Type = DimensionType.Space };
            else if (dimension.Type != DimensionType.Space)
            {
                problems.Add(
                    $"{list}[{i}]",
                    $"{ProblemList.Show(dimension.Name)} is of type {DimensionParser.Word(dimension.Type)}; the last two "
                    + "dimensions are the frame's own and must be of type space");
            }

            if (i == 0 && dimension.Count is null)
                problems.Add($"{list}[0].count", "is missing; the frame's own two dimensions cannot be unbounded");
        }
    }
}
