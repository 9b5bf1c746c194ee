using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>
/// What may be after a fault: a create that failed left the store as it was; after a finalize that returned 0 all is there; after
/// an error, what was flushed is there, and what can be seen is right.
/// </summary>
internal static class Outcome
{
    public static IEnumerable<Problem> Crashes(CameraRun host, bool ended, Scenario scenario, CallAnswer[] answers)
    {
        if (!ended)
        {
            var open = Array.FindIndex(answers, answer => answer is { HasBegun: true, HasEnded: false });
            yield return new Problem("hang", $"call {open}, {(open < 0 ? "none" : scenario.Calls[open].Kind)}, did not return");
        }
        else if (host.ExitCode != 0)
        {
            yield return new Problem("crash", $"the host ended with {host.ExitCode}: {host.FirstErrors}");
        }
    }

    /// <summary>Adds the problems, and names the outcome.</summary>
    /// <param name="scenario">What was played.</param>
    /// <param name="answers">How far it came.</param>
    /// <param name="before">What was there before.</param>
    /// <param name="place">The folder that the dataset's is in.</param>
    /// <param name="independent">Null: the library's own reader.</param>
    /// <param name="problems">Receives them.</param>
    /// <param name="lasts">The store refuses for ever, also what would undo a create: hidden leftovers are for the next one to
    /// clear away.</param>
    public static string Check(
        Scenario scenario, CallAnswer[] answers, FolderTree before, string place, IndependentReader? independent,
        List<Problem> problems, bool lasts = false)
    {
        var acknowledged = new Acknowledged(scenario, answers, promisedUntil: 0);
        if (!acknowledged.IsCreated)
        {
            var changes = FolderTree.Of(place).ChangesSince(before).ToArray();
            var hidden = $".{Path.GetFileName(scenario.Dataset)}.";
            var isHidden = lasts && changes.All(change =>
                change.StartsWith(hidden, StringComparison.Ordinal) && change.EndsWith(" is new", StringComparison.Ordinal));
            if (!isHidden)
                problems.AddRange(changes.Take(5).Select(change => new Problem("create left", change)));
            else if (changes.Length > 0)
                problems.AddRange(FollowUp.Check(scenario.Dataset, FolderTree.Of(scenario.Dataset),
                    Directory.Exists(scenario.Dataset), place + "-next"));
            return "create refused";
        }

        var reading = independent?.Read(scenario.Dataset) ?? LibraryReader.Read(scenario.Dataset);
        foreach (var problem in DatasetCheck.Check(scenario, acknowledged, reading).Problems)
            problems.Add(acknowledged.IsFinalized && problem.Kind == "lost" ? problem with { Kind = "silent loss" } : problem);
        CheckTokens(scenario, answers, problems);
        var refused = answers.Any(answer => answer is { HasEnded: true, Status: < 0 });
        return acknowledged.IsFinalized ? refused ? "completed after an error" : "completed" : "error reported";
    }

    // Each borrowed frame comes back once, whatever happened.
    private static void CheckTokens(Scenario scenario, CallAnswer[] answers, List<Problem> problems)
    {
        var calls = scenario.Calls.Zip(answers).ToArray();
        var borrowed = calls.Count(at => at.First.Kind == CallKind.Borrowed && at.Second.Succeeded);
        var polled = calls.Where(at => at.First.Kind == CallKind.PollReleased && at.Second.HasEnded).ToArray();
        if (polled.Length > 0 && polled.Sum(at => at.Second.Status) is var released && released != borrowed)
            problems.Add(new Problem("tokens", $"{borrowed} frames were borrowed, {released} came back"));
    }
}
