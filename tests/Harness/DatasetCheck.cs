using System.Text.Json;

namespace OmeZarr.Harness;

/// <summary>
/// Holds what a reader sees of a dataset against what the library acknowledged: nothing torn, nothing promised that is missing,
/// no shape that claims more than there is.
/// </summary>
public static class DatasetCheck
{
    /// <param name="scenario">What was played.</param>
    /// <param name="acknowledged">How far it came.</param>
    /// <param name="reading">What a reader saw afterwards.</param>
    public static DatasetVerdict Check(Scenario scenario, Acknowledged acknowledged, DatasetReading reading)
    {
        List<Problem> problems = [.. reading.Errors.Select(error => new Problem("unreadable", error))];
        var root = ReadRoot(scenario, problems);
        var isComplete = CheckCompletion(root, acknowledged, problems);
        // What calls itself complete has to be.
        var isFinal = acknowledged.IsFinalized || isComplete;
        var readable = 0L;
        for (var camera = 0; camera < scenario.Plan.Cameras.Length; camera++)
        {
            var plan = scenario.Plan.Cameras[camera];
            var images = new ImageCheck(plan, acknowledged, camera, isFinal, reading, problems);
            images.Check();
            readable += images.Readable;
            new FrameTableCheck(plan, acknowledged, camera, isFinal, images, reading, problems).Check();
        }

        if (root is { } own)
            CheckCounters(acknowledged, own, readable, problems);
        return new DatasetVerdict(problems, readable);
    }

    private static JsonElement? ReadRoot(Scenario scenario, List<Problem> problems)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Join(scenario.Dataset, "zarr.json")));
            return document.RootElement.GetProperty("attributes").GetProperty("omezarr_native").Clone();
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException)
        {
            problems.Add(new Problem("unreadable", $"zarr.json of the root: {e.Message}"));
            return null;
        }
    }

    private static bool CheckCompletion(JsonElement? root, Acknowledged acknowledged, List<Problem> problems)
    {
        var isComplete = root is { } own && own.GetProperty("complete").GetBoolean();
        if (isComplete && !acknowledged.IsEnding)
            problems.Add(new Problem("complete", "the root says complete: true, and no end has begun"));
        if (isComplete && acknowledged.HasFailed)
            problems.Add(new Problem("complete", "the root says complete: true, and finalize returned an error"));
        if (root is not null && !isComplete && acknowledged.IsFinalized)
            problems.Add(new Problem("complete", "the root says complete: false, and finalize returned 0"));
        return isComplete;
    }

    private static void CheckCounters(Acknowledged acknowledged, JsonElement own, long readable, List<Problem> problems)
    {
        // Told with each flush, where it is told at all: never more than there is.
        if (own.TryGetProperty("frames_stored", out var stored) && stored.GetInt64() > readable)
            problems.Add(
                new Problem("counters", $"the root says frames_stored: {stored.GetInt64()}, and {readable} frames can be read"));
        if (!acknowledged.IsFinalized)
            return;
        var fates = acknowledged.Cameras.SelectMany(camera => camera.Values).Where(fate => fate.IsAcknowledged).ToArray();
        (string Name, int Count)[] expected =
            [("frames_appended", fates.Count(fate => fate.Frame is not null)),
                ("frames_skipped", fates.Count(fate => fate.Frame is null))];
        foreach (var (name, count) in expected)
        {
            if (own.GetProperty(name).GetInt64() is var told && told != count)
                problems.Add(new Problem("counters", $"the root says {name}: {told}, and {count} were acknowledged"));
        }
    }
}

/// <summary>What a check found.</summary>
/// <param name="Problems">What must not be.</param>
/// <param name="Readable">Frames that can be read, whole and right.</param>
public sealed record DatasetVerdict(IReadOnlyList<Problem> Problems, long Readable);
