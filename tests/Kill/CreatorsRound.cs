using OmeZarr.Harness;

namespace OmeZarr.Kill;

/// <summary>
/// Two hosts create a dataset at the same place: the first is held at a random system call of its create while the second
/// creates, and is then released or killed. At most one of them owns the place, and its data are not touched by the other.
/// </summary>
internal sealed class CreatorsRound(int seed, string folder, IndependentReader reader)
{
    private const long Ns = 1_000_000_000;
    private const long BoundNs = 60 * Ns;

    private readonly Random _random = Seeds.Generator(seed);

    private string Dataset => Path.Join(folder, "data", "set.ome.zarr");

    private string Gate => Path.Join(folder, "gate");

    public RoundResult Run()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Dataset)!);
        var old = _random.Next(3) > 0 ? OldDataset.Make(_random.Next(), Dataset, folder) : FolderTree.Of(Dataset);
        var (first, second) = (Next("first"), Next("second"));
        using var shim = new ShimControl(Path.Join(folder, "shim.bin"));
        var at = _random.NextInt64(1, Math.Max(2, CallCount.Of(first, folder) + 1));
        shim.Choose(ShimAction.Hold, ShimControl.OfStore, at);

        using var a = new CameraRun(first.Calls, Path.Join(folder, "first"), shim.Environment);
        var ofA = first.CreateCall;
        WaitUntil(() => shim.Held > 0 || a.Log[ofA].HasEnded || a.HasExited);
        using var b = new CameraRun(second.Calls, Path.Join(folder, "second"));
        var ofB = second.CreateCall;
        List<Problem> problems = [];
        if (!WaitUntil(() => b.Log[ofB].HasEnded || b.HasExited))
            problems.Add(new Problem("hang", "the second create did not return while the first was held"));
        var killsFirst = _random.Next(3) == 0;
        if (killsFirst)
            a.Kill();
        shim.Release();
        if (!killsFirst && !WaitUntil(() => a.Log[ofA].HasEnded || a.HasExited))
            problems.Add(new Problem("hang", "the first create did not return after it was released"));
        File.WriteAllText(Gate, "");
        foreach (var host in new[] { a, b })
        {
            if (!host.WaitForExit(TimeSpan.FromSeconds(60)))
                problems.Add(new Problem("hang", $"a host did not end: {host.FirstErrors}"));
        }

        var both = new[] { (Host: a, Scenario: first, Name: "the first"), (Host: b, Scenario: second, Name: "the second") };
        var owners = both.Where(one => one.Host.Log[one.Scenario.CreateCall].Succeeded && !(killsFirst && one.Host == a))
            .ToArray();
        if (owners.Length == 2)
            problems.Add(new Problem("two owners", "both creates returned OK, and neither had ended"));
        foreach (var (host, scenario, name) in owners)
            problems.AddRange(Check(host, scenario, name));
        if (owners.Length == 0 && !killsFirst && FolderTree.Of(Dataset).ChangesSince(old).ToArray() is { Length: > 0 } changes)
            problems.Add(new Problem("create left", $"both creates failed, and {string.Join(", ", changes.Take(5))}"));
        // One that was killed after the place was its own has begun, too.
        var isBegun = owners.Length > 0
            || (File.Exists(Path.Join(Dataset, "zarr.json")) && FolderTree.Of(Dataset).ChangesSince(old).Any());
        problems.AddRange(FollowUp.Check(Dataset, isBegun ? FolderTree.Of(Dataset) : old, isBegun, folder));
        return new RoundResult
        {
            Where = killsFirst ? "create, while another creates" : "(held in create, while another creates)",
            Layout = $"{first.Name} and {second.Name}",
            Problems = problems,
            Given = problems.Count == 0 ? "" :
                $"the first held at system call {at} of its create: {shim.What}\n"
                    + $"  first: {first.Json}\n    {a.FirstErrors}\n  second: {second.Json}\n    {b.FirstErrors}",
        };
    }

    // Waits between create and all that follows; the shim sees create only.
    private Scenario Next(string name)
    {
        var scenario = ScenarioMaker.Make(_random.Next(), Dataset, overwrite: _random.Next(3) > 0, pauses: false);
        scenario = scenario.ArmedOnly(scenario.CreateCall, scenario.CreateCall + 1);
        List<CameraCall> calls = [.. scenario.Calls];
        calls.Insert(scenario.CreateCall + 2, new CameraCall(CallKind.Wait) { Text = Gate });
        return scenario with { Name = $"{name}: {scenario.Name}", Calls = calls };
    }

    private IEnumerable<Problem> Check(CameraRun host, Scenario scenario, string name)
    {
        var answers = host.Log.All();
        var failed = Array.FindIndex(answers, answer => answer is { HasEnded: true, Status: < 0 });
        if (failed >= 0)
            yield return new Problem("owner disturbed",
                $"{name}: {scenario.Calls[failed].Kind} returned {answers[failed].Status}: {host.FirstErrors}");

        foreach (var problem in DatasetCheck.Check(scenario, new Acknowledged(scenario, answers, promisedUntil: 0),
            reader.Read(Dataset)).Problems)
            yield return problem with { Message = $"{name} owned it: {problem.Message}" };
    }

    private static bool WaitUntil(Func<bool> condition)
    {
        var end = CameraLog.Now + BoundNs;
        while (!condition())
        {
            if (CameraLog.Now > end)
                return false;
            Thread.Yield();
        }

        return true;
    }
}
