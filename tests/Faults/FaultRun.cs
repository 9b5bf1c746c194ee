using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>One host with one fault that ends, and what is left of its dataset.</summary>
internal sealed class FaultRun(FaultCase fault, string folder, string? old, IndependentReader? independent)
{
    private const long Lasting = 1L << 40;
    private const long DelayUs = 3000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private string Place => Path.Join(folder, "data");

    /// <summary>Where the dataset of a run goes.</summary>
    public static string DatasetIn(string folder) => Path.Join(folder, "data", "set.ome.zarr");

    public FaultResult Run()
    {
        var scenario = Layout.Of(fault.Layout, DatasetIn(folder));
        Directory.CreateDirectory(Place);
        if (old is not null)
            FolderTree.Copy(old, scenario.Dataset);
        var before = FolderTree.Of(Place);
        using var shim = new ShimControl(Path.Join(folder, "shim.bin"));
        shim.Choose(fault.Action, [fault.Kind], fault.At, fault.Lasts ? Lasting : 1, (int)fault.Error, DelayUs);
        using var host = new CameraRun(scenario.Calls, Path.Join(folder, "host"), shim.Environment);
        var ended = host.WaitForExit(Bound);
        if (!ended)
            host.Kill();
        var answers = host.Log.All();
        List<Problem> problems = [.. Outcome.Crashes(host, ended, scenario, answers)];
        var outcome = problems.Count > 0 ? problems[0].Kind
            : Outcome.Check(scenario, answers, before, Place, independent, problems, fault.Lasts);
        return new FaultResult(
            shim.Hits == 0 ? "not reached" : outcome, problems, shim.What,
            problems.Count == 0 ? "" : $"settings: {scenario.Json}\n  host: {host.FirstErrors}");
    }
}
