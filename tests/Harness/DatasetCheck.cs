using System.Text.Json;

namespace OmeZarr.Harness;

/// <summary>
/// Holds what a reader sees of a dataset against what the library acknowledged: nothing torn, nothing promised that is missing, no
/// shape that claims more than there is.
/// </summary>
public static class DatasetCheck
{
    /// <param name="scenario">What was played.</param>
    /// <param name="acknowledged">How far it came.</param>
    /// <param name="reading">What a reader saw afterwards.</param>
    public static IReadOnlyList<Problem> Check(Scenario scenario, Acknowledged acknowledged, DatasetReading reading)
    {
        List<Problem> problems = [.. reading.Errors.Select(error => new Problem("unreadable", error))];
        var isComplete = CheckRoot(scenario, acknowledged, problems);
        // What calls itself complete has to be.
        var isFinal = acknowledged.IsFinalized || isComplete;
        for (var camera = 0; camera < scenario.Plan.Cameras.Length; camera++)
        {
            var plan = scenario.Plan.Cameras[camera];
            new ImageCheck(plan, acknowledged, camera, isFinal, reading, problems).Check();
            new FrameTableCheck(plan, acknowledged, camera, isFinal, reading, problems).Check();
        }

        return problems;
    }

    private static bool CheckRoot(Scenario scenario, Acknowledged acknowledged, List<Problem> problems)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Join(scenario.Dataset, "zarr.json")));
            var own = document.RootElement.GetProperty("attributes").GetProperty("omezarr_native");
            var isComplete = own.GetProperty("complete").GetBoolean();
            if (isComplete && !acknowledged.IsEnding)
                problems.Add(new Problem("complete", "the root says complete: true, and no end has begun"));
            if (!isComplete && acknowledged.IsFinalized)
                problems.Add(new Problem("complete", "the root says complete: false, and finalize returned 0"));
            if (acknowledged.IsFinalized)
                CheckCounters(acknowledged, own, problems);
            return isComplete;
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException)
        {
            problems.Add(new Problem("unreadable", $"zarr.json of the root: {e.Message}"));
            return false;
        }
    }

    private static void CheckCounters(Acknowledged acknowledged, JsonElement own, List<Problem> problems)
    {
        var fates = acknowledged.Cameras.SelectMany(camera => camera.Values).Where(fate => fate.IsAcknowledged).ToArray();
        (string Name, int Count)[] expected =
            [("frames_appended", fates.Count(fate => fate.Frame is not null)), ("frames_skipped", fates.Count(fate => fate.Frame is null))];
        foreach (var (name, count) in expected)
        {
            if (own.GetProperty(name).GetInt64() is var told && told != count)
                problems.Add(new Problem("counters", $"the root says {name}: {told}, and {count} were acknowledged"));
        }
    }
}
