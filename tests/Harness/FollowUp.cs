using System.Text.Json.Nodes;

namespace OmeZarr.Harness;

/// <summary>
/// What the next acquisition at a place meets after an earlier one was killed or failed there: without overwrite it takes nothing
/// away, with overwrite it works, and afterwards nothing else lies beside the dataset.
/// </summary>
public static class FollowUp
{
    private const int AlreadyExists = -7;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <param name="dataset">Where it was; its parent holds nothing else.</param>
    /// <param name="old">What was there before the earlier acquisition, or empty.</param>
    /// <param name="isBegun">Whether the earlier acquisition's dataset can be opened.</param>
    /// <param name="folder">For the hosts.</param>
    public static IEnumerable<Problem> Check(string dataset, FolderTree old, bool isBegun, string folder)
    {
        var before = FolderTree.Of(dataset);
        var (status, message) = Create(dataset, overwrite: false, folder);
        var after = FolderTree.Of(dataset);
        var isOld = !old.IsEmpty && !after.ChangesSince(old).Any();
        if (status == 0 && isBegun)
            yield return new Problem("next create", "without overwrite it took the place of a dataset that could be opened");
        if (status == 0 && !old.IsEmpty && !isBegun)
            yield return new Problem("next create", "without overwrite it began anew, and the dataset of before is gone");
        if (status != 0 && !isBegun && !isOld && (!old.IsEmpty || status == AlreadyExists))
            yield return new Problem("next create",
                $"without overwrite: {message}; there is neither the dataset of before nor a new one");
        // A mark that create had not taken away any more may go: with that it is finished.
        if (status == AlreadyExists && isBegun
            && after.ChangesSince(before).Where(change => change != ".begun is gone").ToArray() is { Length: > 0 } changes)
            yield return new Problem("next create", $"refused, it changed {string.Join(", ", changes.Take(5))}");

        (status, message) = Create(dataset, overwrite: true, folder);
        if (status != 0)
        {
            yield return new Problem("next create", $"with overwrite: {message}");
            yield break;
        }

        var left = Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(dataset)!).Where(entry => entry != dataset)
            .ToArray();
        if (left.Length > 0)
            yield return new Problem("leftover",
                $"after the next create with overwrite: {string.Join(", ", left.Select(Path.GetFileName))}");
    }

    // An acquisition of one frame; what its create says, or its finalize.
    private static (int Status, string Message) Create(string dataset, bool overwrite, string folder)
    {
        var settings = new JsonObject
        {
            ["root_path"] = dataset,
            ["overwrite"] = overwrite,
            ["dtype"] = "uint8",
            ["dimensions"] = new JsonArray(
                new JsonObject { ["name"] = "y", ["count"] = 4 }, new JsonObject { ["name"] = "x", ["count"] = 4 }),
        };
        var frame = GivenFrame.Make(Scenario.PlanOf(settings).Cameras[0], 0, 0, 1, 0);
        CameraCall[] calls =
            [new(CallKind.Create) { Text = settings.ToJsonString() }, new(CallKind.Append) { Frame = frame },
                new(CallKind.Finalize)];
        using var run = new CameraRun(calls, Path.Join(folder, $"next{(overwrite ? "-overwrites" : "")}"));
        if (!run.WaitForExit(Bound))
            return (-1, "the host hangs");
        if (run.ExitCode != 0)
            return (-1, $"the host ended with {run.ExitCode}: {run.Errors}");
        var answers = run.Log.All();
        var failed = answers.FirstOrDefault(answer => answer.HasEnded && answer.Status != 0);
        return (failed.Status, run.Errors.Trim());
    }
}
