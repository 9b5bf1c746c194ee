using System.Diagnostics;
using System.Globalization;
using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>All runs of one start of the program.</summary>
internal sealed class Campaign : IDisposable
{
    private const int ProgressEvery = 250;

    private readonly CommandLine _line;
    private readonly KnownProblems _known;
    private readonly Workplace _place;
    private readonly IndependentReader _python;
    private readonly Dictionary<int, string?> _old = [];
    private readonly FaultSummary _summary = new();
    private readonly Lock _printing = new();
    private int _done;

    public Campaign(CommandLine line)
    {
        _line = line;
        _known = new KnownProblems(line.Text("known", ""));
        _place = new Workplace(line.Text("folder", ""));
        _python = IndependentReader.ZarrPython(_place.Folder);
    }

    public int Run()
    {
        var cases = Cases();
        var clock = Stopwatch.StartNew();
        Console.WriteLine($"{cases.Length} faults");
        var seconds = _line.Number("seconds", int.MaxValue);
        Parallel.ForEach(
            Enumerable.Range(0, cases.Length),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, _line.Number("jobs", 1)) },
            (number, state) =>
            {
                if (clock.Elapsed.TotalSeconds > seconds)
                    state.Stop();
                RunCase(cases[number], number);
                if (Interlocked.Increment(ref _done) % ProgressEvery == 0)
                    Console.WriteLine(
                        $"{_done} of {cases.Length} runs, {_summary.Failed} failed, {clock.Elapsed.TotalSeconds:0} s");
            });
        _summary.Print();
        return _summary.Unknown == 0 ? 0 : 1;
    }

    public void Dispose()
    {
        _python.Dispose();
        _place.Dispose();
    }

    private FaultCase[] Cases()
    {
        if (_line.Has("case"))
        {
            var only = FaultCase.Parse(_line.Text("case", ""));
            _old[only.Layout] = MakeOld(only.Layout);
            return [only];
        }

        var words = _line.Text("only", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var all = Layouts().SelectMany(CasesOf).Where(fault => words.All(word => Names(fault, word))).ToArray();
        var sample = _line.Number("sample", 0);
        if (sample <= 0 || sample >= all.Length)
            return all;
        Seeds.Generator(_line.Number("seed", 1)).Shuffle(all);
        return all[..sample];
    }

    private static bool Names(FaultCase fault, string word) => fault.Sort.Contains(word, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<int> Layouts()
    {
        var bounds = _line.Text("layouts", $"0-{Layout.WrittenCount - 1}").Split('-');
        if (bounds.Length > 2 || bounds.Any(bound => !int.TryParse(bound, CultureInfo.InvariantCulture, out _)))
            throw new ArgumentException("--layouts: written as 3 or 0-12");
        var first = int.Parse(bounds[0], CultureInfo.InvariantCulture);
        return Enumerable.Range(first, int.Parse(bounds[^1], CultureInfo.InvariantCulture) - first + 1);
    }

    // A run without any fault tells how many calls there are; it has to be right.
    private FaultCase[] CasesOf(int layout)
    {
        _old[layout] = MakeOld(layout);
        var folder = _place.Make($"reference-{layout}");
        var scenario = Layout.Of(layout, FaultRun.DatasetIn(folder));
        var place = Directory.CreateDirectory(Path.GetDirectoryName(scenario.Dataset)!).FullName;
        if (_old[layout] is { } old)
            FolderTree.Copy(old, scenario.Dataset);
        using var shim = new ShimControl(Path.Join(folder, "shim.bin"));
        using var host = new CameraRun(scenario.Calls, Path.Join(folder, "host"), shim.Environment);
        if (!host.WaitForExit(TimeSpan.FromMinutes(1)))
            host.Kill();
        List<Problem> problems = [.. Outcome.Crashes(host, host.HasExited, scenario, host.Log.All())];
        var outcome = Outcome.Check(scenario, host.Log.All(), FolderTree.Of(place), place, _python, problems);
        Console.WriteLine($"layout {layout}: {scenario.Name}, {outcome}, {Enum.GetValues<SystemCall>().Sum(shim.CountOf)} calls");
        if (problems.Count > 0)
            Report($"layout {layout} without any fault", folder, new FaultResult(outcome, problems, "", scenario.Json), "");
        return [.. FaultCatalog.Of(layout, shim.CountOf)];
    }

    // The dataset that a layout replaces, or null.
    private string? MakeOld(int layout)
    {
        var scenario = Layout.Of(layout, Path.Join(_place.Make($"old-{layout}"), "set.ome.zarr"));
        if (!scenario.Plan.Overwrite)
            return null;
        using var host = new CameraRun(scenario.Calls, Path.Join(_place.Folder, $"old-{layout}-host"));
        if (!host.WaitForExit(TimeSpan.FromMinutes(1)) || host.ExitCode != 0)
            throw new InvalidOperationException($"the dataset to be replaced could not be made: {host.Errors}");
        return scenario.Dataset;
    }

    private void RunCase(FaultCase fault, int number)
    {
        var folder = _place.Make(fault.ToString().Replace('/', '-'));
        var independent = number % Math.Max(1, _line.Number("independent", 20)) == 0 ? _python : null;
        var result = fault.Action == ShimAction.Hold
            ? new HoldRun(fault, folder, _old[fault.Layout], _line.Number("grace-ms", 10_000)).Run()
            : new FaultRun(fault, folder, _old[fault.Layout], independent).Run();
        _summary.Add(fault.Sort, result, _known);
        if (result.Problems.Count == 0)
            Workplace.Remove(folder);
        else
            Report($"{fault}, met by {result.What}, {result.Outcome}", folder, result, $"--case {fault}");
    }

    private void Report(string what, string folder, FaultResult result, string again)
    {
        lock (_printing)
        {
            _place.Keep();
            Console.WriteLine($"{what}:");
            foreach (var problem in result.Problems.Take(4))
                Console.WriteLine($"  {(_known.Has(problem) ? "(known) " : "")}{problem}");
            Console.WriteLine(
                $"  {result.Given}\n  dataset: {folder}/data\n  again: dotnet run -c Release --project tests/Faults -- {again}");
        }
    }
}
