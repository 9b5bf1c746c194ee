using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>
/// One host, one of whose system calls does not return until it is released: every call of the host keeps its time-out meanwhile,
/// and afterwards all is as it should be.
/// </summary>
internal sealed class HoldRun(FaultCase fault, string folder, string? old, long graceMs)
{
    private const int TimeoutMs = 300;
    private const long MsPerNs = 1_000_000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly string _gate = Path.Join(folder, "gate");

    private string Place => Path.Join(folder, "data");

    public FaultResult Run()
    {
        var scenario = Layout.Of(fault.Layout, FaultRun.DatasetIn(folder), TimeoutMs);
        // Once the store answers again the end is asked for once more.
        scenario = scenario with
        {
            Calls = [.. scenario.Calls, new(CallKind.Wait) { Text = _gate }, new(CallKind.Finalize), new(CallKind.PollReleased)],
        };
        Directory.CreateDirectory(Place);
        if (old is not null)
            FolderTree.Copy(old, scenario.Dataset);
        var before = FolderTree.Of(Place);
        using var shim = new ShimControl(Path.Join(folder, "shim.bin"));
        shim.Choose(ShimAction.Hold, [fault.Kind], fault.At);
        using var host = new CameraRun(scenario.Calls, Path.Join(folder, "host"), shim.Environment);
        List<Problem> problems = [.. WaitForCalls(scenario, host)];
        var outcome = problems.Count > 0 ? "hang" : Release(scenario, host, shim, before, problems);
        return new FaultResult(
            shim.Held == 0 ? "not reached" : outcome, problems, shim.What,
            problems.Count == 0 ? "" : $"settings: {scenario.Json}\n  host: {host.FirstErrors}");
    }

    // Every call before the gate ends within its time-out, while one system call is held.
    private IEnumerable<Problem> WaitForCalls(Scenario scenario, CameraRun host)
    {
        var gate = scenario.Calls.Count - 3;
        while (!host.HasExited && !host.Log[gate].HasBegun)
        {
            var answers = host.Log.All();
            for (var i = 0; i < gate; i++)
            {
                if (answers[i] is not { HasBegun: true, HasEnded: false } answer)
                    continue;
                var waited = (CameraLog.Now - answer.Begun) / MsPerNs;
                if (waited <= TimeoutMs + graceMs)
                    continue;
                host.Kill();
                yield return new Problem("hang",
                    $"call {i}, {scenario.Calls[i].Kind}, took more than {waited} ms, and its time-out is {TimeoutMs}");
                yield break;
            }

            Thread.Yield();
        }
    }

    private string Release(Scenario scenario, CameraRun host, ShimControl shim, FolderTree before, List<Problem> problems)
    {
        shim.Release();
        var create = host.Log[scenario.CreateCall];
        // A create that timed out goes on in the background: it has until now to undo what it did.
        if (create.HasEnded && create.Status != 0)
            WaitForUndoing(before);
        File.WriteAllText(_gate, "");
        var ended = host.WaitForExit(Bound);
        if (!ended)
            host.Kill();
        var answers = host.Log.All();
        problems.AddRange(Outcome.Crashes(host, ended, scenario, answers));
        return problems.Count > 0 ? problems[0].Kind
            : Outcome.Check(scenario, answers, before, Place, independent: null, problems);
    }

    private void WaitForUndoing(FolderTree before)
    {
        var end = CameraLog.Now + graceMs * MsPerNs;
        while (CameraLog.Now < end && TreeHasChanged(before))
            Thread.Yield();
    }

    private bool TreeHasChanged(FolderTree before)
    {
        try
        {
            return FolderTree.Of(Place).ChangesSince(before).Any();
        }
        catch (IOException)
        {
            // Something was removed while it was looked at.
            return true;
        }
    }
}
