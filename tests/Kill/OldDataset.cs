using OmeZarr.Harness;

namespace OmeZarr.Kill;

/// <summary>A dataset that was there before.</summary>
internal static class OldDataset
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <summary>Makes one, completely, and takes it down.</summary>
    public static FolderTree Make(int seed, string dataset, string folder)
    {
        var scenario = ScenarioMaker.Make(seed, dataset, overwrite: false, pauses: false);
        using var run = new CameraRun(scenario.Calls, Path.Join(folder, "old"));
        if (!run.WaitForExit(Bound) || run.ExitCode != 0)
            throw new InvalidOperationException($"the dataset to be replaced could not be made: {run.FirstErrors}");
        return FolderTree.Of(dataset);
    }
}
