using OmeZarr.Harness;

namespace OmeZarr.Kill;

/// <summary>What came of a round.</summary>
internal sealed record RoundResult
{
    public required string Where { get; init; }

    public required string Layout { get; init; }

    public required IReadOnlyList<Problem> Problems { get; init; }

    public int Acknowledged { get; init; }

    /// <summary>For a message: settings and calls.</summary>
    public string Given { get; init; } = "";
}

/// <summary>
/// One host, killed at a random instant, and what two independent readers see afterwards. All of it follows from the seed but for
/// the instant itself.
/// </summary>
internal sealed class KillRound(int seed, string folder, bool atCalls, long slackNs, string damage, IndependentReader[] readers)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly Random _random = Seeds.Generator(seed);

    private string Dataset => Path.Join(folder, "data", "set.ome.zarr");

    public RoundResult Run()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Dataset)!);
        var overwrites = _random.Next(3) == 0;
        var old = overwrites ? OldDataset.Make(_random.Next(), Dataset, folder) : FolderTree.Of(Dataset);
        var scenario = ScenarioMaker.Make(_random.Next(), Dataset, overwrites);
        using var death = atCalls ? Death.AtCall(scenario, _random, folder) : Death.AtInstant(scenario, _random, folder);
        if (!death.Run(Bound))
            return Result(scenario, death, "hang", 0, [new Problem("hang", $"the host was still running after {Bound}")]);
        scenario = death.Scenario;
        var run = death.Host;
        var (answers, killed) = (run.Log.All(), death.Instant);
        Damage.Do(damage, Dataset, _random);
        var interval = scenario.Plan.Durability.FlushIntervalMs * 1_000_000L;
        var acknowledged = new Acknowledged(scenario, answers, killed - interval - slackNs);
        List<Problem> problems = [.. Unexpected(scenario, answers, run), .. Look(scenario, acknowledged, old, out var isBegun)];
        problems.AddRange(FollowUp.Check(Dataset, old, isBegun, folder));
        return Result(scenario, death, Where(scenario, answers),
            acknowledged.Cameras.Sum(camera => camera.Values.Count(fate => fate.IsAcknowledged)), problems);
    }

    private static RoundResult Result(Scenario scenario, Death death, string where, int acknowledged, List<Problem> problems) =>
        new()
        {
            Where = where,
            Layout = scenario.Name,
            Problems = problems,
            Acknowledged = acknowledged,
            Given = problems.Count == 0 ? "" : $"killed {death.What}\n  settings: {scenario.Json}\n"
                + $"  host: {death.Host.FirstErrors}",
        };

    private static IEnumerable<Problem> Unexpected(Scenario scenario, CallAnswer[] answers, CameraRun run)
    {
        const int killed = 128 + 9;
        if (run.ExitCode is not (0 or killed))
            yield return new Problem("crash", $"the host ended with {run.ExitCode}: {run.FirstErrors}");
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is { HasEnded: true, Status: < 0 })
                yield return new Problem("refused",
                    $"call {i}, {scenario.Calls[i].Kind}, returned {answers[i].Status}: {run.FirstErrors}");
        }
    }

    private IEnumerable<Problem> Look(Scenario scenario, Acknowledged acknowledged, FolderTree old, out bool isBegun)
    {
        isBegun = acknowledged.IsCreated;
        if (!isBegun)
        {
            // Inside of create: what was there is whole, or the new one can be opened, or the next create recovers it.
            var isOld = !old.IsEmpty && !FolderTree.Of(Dataset).ChangesSince(old).Any();
            if (isOld)
            {
                isBegun = true;
                return [];
            }

            isBegun = File.Exists(Path.Join(Dataset, "zarr.json"));
            if (!isBegun)
                return [];
        }

        var readings = ReadAll();
        return [
            .. readings.SelectMany(reading => DatasetCheck.Check(scenario, acknowledged, reading).Problems),
            .. readings[0].Differences(readings[1]).Select(difference => new Problem("readers differ", difference)),
        ];
    }

    private DatasetReading[] ReadAll()
    {
        var second = Task.Run(() => readers[1].Read(Dataset));
        return [readers[0].Read(Dataset), second.GetAwaiter().GetResult()];
    }

    private static string Where(Scenario scenario, CallAnswer[] answers)
    {
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is { HasBegun: true, HasEnded: false })
                return scenario.Calls[i].IsAppend ? "append" : scenario.Calls[i].Kind.ToString().ToLowerInvariant();
        }

        return answers.All(answer => answer.HasEnded) ? "after the end" : "between calls";
    }
}
