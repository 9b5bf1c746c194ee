using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>pyramid</c>.</summary>
internal static class PyramidParser
{
    private const int LargestFactor = 64;
    private static readonly (string Word, PyramidMethod Method)[] Methods =
        [.. Enum.GetValues<PyramidMethod>().Select(method => (method.Word(), method))];

    public static PyramidSettings Parse(SettingsObject json, ImmutableArray<DimensionSettings> dimensions)
    {
        if (json.Object("pyramid") is not { } pyramid)
            return new PyramidSettings(1, PyramidMethod.Mean, ImmutableSortedDictionary<string, int>.Empty);
        var levels = (int?)pyramid.WholeOrAuto("levels", 1, Limits.MostLevels);
        return new PyramidSettings(levels, pyramid.Choice<PyramidMethod>("method", Methods)
            ?? PyramidMethod.Mean, Factors(pyramid, dimensions));
    }

    private static ImmutableSortedDictionary<string, int> Factors(
        SettingsObject pyramid, ImmutableArray<DimensionSettings> dimensions)
    {
        var factors = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        if (!pyramid.TryGet("factors", out var given))
            return factors.ToImmutable();
        if (given.ValueKind != JsonValueKind.Object)
        {
            pyramid.Report("factors", "an object of dimensions' names and factors");
            return factors.ToImmutable();
        }

        foreach (var factor in given.EnumerateObject())
        {
            var path = $"{pyramid.PathOf("factors")}.{factor.Name}";
            if (dimensions.All(dimension => dimension.Name != factor.Name))
                pyramid.Problems.Add(pyramid.PathOf("factors"), $"{ProblemList.Show(factor.Name)} is no dimension's name");
            else if (!SettingsObject.TryWhole(factor.Value, out var number) || number is < 1 or > LargestFactor)
                pyramid.Problems.Add(path, factor.Value, $"a whole number from 1 to {LargestFactor}");
            else if (!factors.TryAdd(factor.Name, (int)number))
                pyramid.Problems.Add(path, "is given twice");
        }

        return factors.ToImmutable();
    }
}
