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

/// <summary>One host, killed at a random instant, and what two independent readers see afterwards. All of it follows from the seed but for the instant itself.</summary>
internal sealed class KillRound(int seed, string folder, long slackNs, IndependentReader[] readers)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly Random _random = new(seed);

    private string Dataset => Path.Join(folder, "data", "set.ome.zarr");

    public RoundResult Run()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Dataset)!);
        var overwrites = _random.Next(3) == 0;
        var old = overwrites ? MakeOld() : FolderTree.Of(Dataset);
        var scenario = ScenarioMaker.Make(_random.Next(), Dataset, overwrites);
        using var run = new CameraRun(scenario.Calls, Path.Join(folder, "host"));
        var killed = KillSometime(scenario, run, out var problem);
        if (problem is not null)
            return Result(scenario, run, "hang", 0, [problem]);
        var answers = run.Log.All();
        var interval = scenario.Plan.Durability.FlushIntervalMs * 1_000_000L;
        var acknowledged = new Acknowledged(scenario, answers, killed - interval - slackNs);
        List<Problem> problems = [.. Unexpected(scenario, answers, run), .. Look(scenario, acknowledged, old, out var isBegun)];
        problems.AddRange(FollowUp.Check(Dataset, old, isBegun, folder));
        return Result(scenario, run, Where(scenario, answers), acknowledged.Cameras.Sum(camera => camera.Values.Count(fate => fate.IsAcknowledged)), problems);
    }

    private RoundResult Result(Scenario scenario, CameraRun run, string where, int acknowledged, List<Problem> problems) => new()
    {
        Where = where,
        Layout = scenario.Name,
        Problems = problems,
        Acknowledged = acknowledged,
        Given = problems.Count == 0 ? "" : $"settings: {scenario.Json}\n  host: {run.Errors.Trim()}",
    };

    // A dataset that is complete, to be replaced.
    private FolderTree MakeOld()
    {
        var scenario = ScenarioMaker.Make(_random.Next(), Dataset, overwrite: false, pauses: false);
        using var run = new CameraRun(scenario.Calls, Path.Join(folder, "old"));
        if (!run.WaitForExit(Bound) || run.ExitCode != 0)
            throw new InvalidOperationException($"the dataset to be replaced could not be made: {run.Errors}");
        return FolderTree.Of(Dataset);
    }

    // Waits until a random call has begun, and then for a random moment.
    private long KillSometime(Scenario scenario, CameraRun run, out Problem? hang)
    {
        hang = null;
        var (call, most) = _random.Next(4) switch
        {
            0 => (scenario.CreateCall, 4_000_000),
            1 => (scenario.EndCall, 6_000_000),
            _ => (_random.Next(scenario.CreateCall, scenario.EndCall), 4_000_000),
        };
        // Short delays mostly: a call takes microseconds, create and finalize some milliseconds.
        var delay = (long)(Math.Pow(_random.NextDouble(), 3) * most);
        var end = CameraLog.Now + (long)Bound.TotalMilliseconds * 1_000_000;
        var spin = new SpinWait();
        while (!run.HasExited && !run.Log[call].HasBegun)
        {
            spin.SpinOnce(sleep1Threshold: -1);
            if (CameraLog.Now > end)
                hang = new Problem("hang", $"the host did not get to call {call} within {Bound}");
            if (hang is not null)
                return run.Kill();
        }

        for (var until = CameraLog.Now + delay; CameraLog.Now < until && !run.HasExited;)
            spin.SpinOnce(sleep1Threshold: -1);
        return run.Kill();
    }

    private static IEnumerable<Problem> Unexpected(Scenario scenario, CallAnswer[] answers, CameraRun run)
    {
        const int killed = 128 + 9;
        if (run.ExitCode is not (0 or killed))
            yield return new Problem("crash", $"the host ended with {run.ExitCode}: {run.Errors}");
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is { HasEnded: true, Status: < 0 })
                yield return new Problem("refused", $"call {i}, {scenario.Calls[i].Kind}, returned {answers[i].Status}: {run.Errors}");
        }
    }

    private IEnumerable<Problem> Look(Scenario scenario, Acknowledged acknowledged, FolderTree old, out bool isBegun)
    {
        isBegun = acknowledged.IsCreated;
        if (!isBegun)
        {
            // Inside of create: what was there is whole, or the new one can be opened, or the next create settles it.
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
            .. readings.SelectMany(reading => DatasetCheck.Check(scenario, acknowledged, reading)),
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
