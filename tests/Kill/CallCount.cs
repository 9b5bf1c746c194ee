using OmeZarr.Harness;

namespace OmeZarr.Kill;

/// <summary>How many system calls touch the store in the armed part of a scenario: a run elsewhere tells.</summary>
internal static class CallCount
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    public static long Of(Scenario scenario, string folder)
    {
        var elsewhere = Path.Join(folder, "counted");
        using var shim = new ShimControl(Path.Join(folder, "count.bin"));
        shim.Choose(ShimAction.Count, ShimControl.OfStore);
        var counted = scenario.At(Path.Join(elsewhere, Path.GetFileName(scenario.Dataset)));
        Directory.CreateDirectory(elsewhere);
        if (Directory.Exists(scenario.Dataset))
            FolderTree.Copy(scenario.Dataset, counted.Dataset);
        // Nobody opens a gate there.
        CameraCall[] calls = [.. counted.Calls.Where(call => call.Kind != CallKind.Wait)];
        using var run = new CameraRun(calls, Path.Join(folder, "counting"), shim.Environment);
        if (!run.WaitForExit(Bound))
            run.Kill();
        Workplace.Remove(elsewhere);
        return shim.Count;
    }
}
