using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Settings documents for tests: a valid one, changed by JSON fragments.</summary>
internal static class Document
{
    /// <summary>t 10, c 2, z 5, y 64, x 48 of uint16.</summary>
    public const string FiveDimensions = """
        {
          "root_path": "data/run.ome.zarr",
          "dtype": "uint16",
          "dimensions": [
            {"name": "t", "count": 10, "type": "time", "unit": "s", "scale": 0.5},
            {"name": "c", "type": "channel", "coords": ["DAPI", "FITC"]},
            {"name": "z", "count": 5, "type": "space", "unit": "um", "scale": 1.5},
            {"name": "y", "count": 64, "type": "space", "unit": "um", "scale": 0.1},
            {"name": "x", "count": 48, "type": "space", "unit": "um", "scale": 0.1}
          ]
        }
        """;

    public static AcquisitionPlan Plan(string json) => AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(json));

    /// <summary>The plan of the valid document with the members of another object set.</summary>
    public static AcquisitionPlan PlanWith(string members) => Plan(With(members));

    /// <summary>The plan of a document with these dimensions.</summary>
    public static AcquisitionPlan PlanOf(string dimensions, string members = "{}") => Plan(Of(dimensions, members));

    public static string With(string members)
    {
        var document = JsonNode.Parse(FiveDimensions)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(members)!.AsObject())
            document[key] = value?.DeepClone();
        return document.ToJsonString();
    }

    public static string Of(string dimensions, string members = "{}")
    {
        var document = JsonNode.Parse(With(members))!.AsObject();
        document["dimensions"] = JsonNode.Parse(dimensions);
        return document.ToJsonString();
    }

    /// <summary>The problems of a document that must be refused.</summary>
    public static IReadOnlyList<SettingsProblem> Problems(string json) => Problems(Encoding.UTF8.GetBytes(json));

    public static IReadOnlyList<SettingsProblem> Problems(byte[] utf8)
    {
        var refused = Assert.Throws<SettingsException>(() => AcquisitionPlanner.Plan(utf8));
        return refused!.Problems;
    }

    /// <summary>The only problem, as text.</summary>
    public static string Problem(string json)
    {
        var problems = Problems(json);
        Assert.That(problems, Has.Count.EqualTo(1), () => string.Join('\n', problems));
        return problems[0].ToString();
    }
}
