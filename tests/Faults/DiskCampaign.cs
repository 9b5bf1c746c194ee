using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>
/// Real small disks that fill up, a disk that turns read-only, limits of the process, and a dataset whose folder is taken away
/// while it is written: what the system itself does, without the shim.
/// </summary>
internal sealed class DiskCampaign : IDisposable
{
    private const int Mebibyte = 1 << 20;
    private const int MostInHand = 64;

    private readonly CommandLine _line;
    private readonly KnownProblems _known;
    private readonly Workplace _place;
    private readonly IndependentReader _python;
    private readonly IndependentReader _zarrita;
    private readonly FaultSummary _summary = new();
    private readonly List<string> _skipped = [];

    public DiskCampaign(CommandLine line)
    {
        _line = line;
        _known = new KnownProblems(line.Text("known", ""));
        _place = new Workplace(line.Text("folder", ""));
        _python = IndependentReader.ZarrPython(_place.Folder);
        _zarrita = IndependentReader.Zarrita(_place.Folder);
    }

    public int Run()
    {
        var random = Seeds.Generator(_line.Number("seed", 1));
        for (var repeat = 0; repeat < _line.Number("repeat", 1); repeat++)
        {
            foreach (var name in DiskLayout.Names)
            {
                Full(name, "tmpfs", random.Next(6, 13), random);
                Full(name, "ext4", random.Next(12, 25), random);
                FileSizeLimit(name, random);
                ReadOnly(name, random);
                foreach (var mischief in Enum.GetValues<Mischief>())
                    TakeAway(name, mischief, random);
            }

            Limited("few descriptors", new CameraCall(CallKind.LimitFiles) { Number = 24 }, random);
            Limited("no thread", new CameraCall(CallKind.LimitProcesses) { Number = 1 }, random);
        }

        foreach (var what in _skipped.Distinct())
            Console.WriteLine($"skipped: {what}");
        _summary.Print();
        return _summary.Unknown == 0 ? 0 : 1;
    }

    public void Dispose()
    {
        _python.Dispose();
        _zarrita.Dispose();
        _place.Dispose();
    }

    private void Full(string name, string kind, int megabytes, Random random)
    {
        if (!Mounts.AreOwn || (kind == "ext4" && Mounts.AreOfUser))
        {
            _skipped.Add($"full {kind}: this process may not mount it");
            return;
        }

        var folder = _place.Make($"full-{kind}-{random.Next():x8}");
        var disk = Directory.CreateDirectory(Path.Join(folder, "data")).FullName;
        if (kind == "tmpfs")
        {
            Mounts.Memory(disk, megabytes);
        }
        else if (!Mounts.TryExt4(Path.Join(folder, "disk.img"), disk, megabytes))
        {
            _skipped.Add($"full {kind}: no loop devices or no mkfs.ext4 here");
            return;
        }

        var frames = megabytes * Mebibyte / DiskLayout.FrameBytes * 3 / 2;
        var end = random.Next(3) == 0 ? CallKind.Abort : CallKind.Finalize;
        var scenario = DiskLayout.Make(
            name, Path.Join(disk, "set.ome.zarr"), frames, random.Next(3) * 1500, random.Next(2) * random.Next(3, 12), end,
            random.Next());
        Play($"full {kind}", scenario, folder, mustFail: true);
        Mounts.Unmount(disk);
    }

    private void FileSizeLimit(string name, Random random)
    {
        var folder = _place.Make($"file-size-{random.Next():x8}");
        var dataset = Path.Join(folder, "data", "set.ome.zarr");
        var scenario = DiskLayout.Make(name, dataset, 60, pauseUs: 500, flushEvery: 7, CallKind.Finalize, random.Next());
        var limit = new CameraCall(CallKind.LimitFileSize) { Number = random.Next(1, 3 * Mebibyte) };
        Play("file size limit", scenario.With(random.Next(2), limit), folder, mustFail: false);
    }

    private void Limited(string what, CameraCall limit, Random random)
    {
        var folder = _place.Make($"limit-{random.Next():x8}");
        var dataset = Path.Join(folder, "data", "set.ome.zarr");
        var scenario = DiskLayout.Make(
            DiskLayout.Names[random.Next(DiskLayout.Names.Count)], dataset, 40, pauseUs: 200, flushEvery: 5, CallKind.Finalize,
            random.Next());
        Directory.CreateDirectory(Path.Join(folder, "data"));
        // A limit of processes does not hold for root.
        File.SetUnixFileMode(Path.Join(folder, "data"), (UnixFileMode)0x1FF);
        Play(what, scenario.With(scenario.CreateCall, new CameraCall(CallKind.BecomeNobody), limit), folder, mustFail: false);
    }

    private void ReadOnly(string name, Random random)
    {
        var folder = _place.Make($"read-only-{random.Next():x8}");
        var disk = Directory.CreateDirectory(Path.Join(folder, "data")).FullName;
        if (!Mounts.AreOwn || Mounts.AreOfUser || !Mounts.TryExt4(Path.Join(folder, "disk.img"), disk, 32))
        {
            _skipped.Add("a disk that turns read-only: this process may not mount it");
            return;
        }

        var scenario = DiskLayout.Make(name, Path.Join(disk, "set.ome.zarr"), 60, pauseUs: 300, flushEvery: 6, CallKind.Finalize,
            random.Next());
        var turned = false;
        Play("turns read-only", Gated(scenario, random.Next(10, 50), folder), folder, mustFail: true, () =>
            turned = Mounts.TryBreakExt4(disk));
        if (!turned)
            _skipped.Add("a disk that turns read-only: this system's ext4 cannot be told to");
        Mounts.Unmount(disk);
    }

    private void TakeAway(string name, Mischief mischief, Random random)
    {
        var folder = _place.Make($"{mischief}-{random.Next():x8}");
        var place = Directory.CreateDirectory(Path.Join(folder, "data")).FullName;
        var scenario = DiskLayout.Make(name, Path.Join(place, "set.ome.zarr"), 60, pauseUs: 100, flushEvery: 6,
            CallKind.Finalize, random.Next());
        var done = new PlaceMischief(mischief, scenario.Dataset, folder);
        var answers = Host(Gated(scenario, random.Next(8, 50), folder), folder, out var problems, out var errors, done.Do);
        problems.AddRange(done.Look(scenario, answers, _python));
        Add($"dataset {mischief.ToString().ToLowerInvariant()}", name, folder, scenario, errors, "error reported", problems);
    }

    // Waits in the middle, so that something can be done there.
    private static Scenario Gated(Scenario scenario, int at, string folder) =>
        scenario.With(at, new CameraCall(CallKind.Wait) { Text = Path.Join(folder, "gate") });

    private void Play(string what, Scenario scenario, string folder, bool mustFail, Action? inBetween = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(scenario.Dataset)!);
        var before = FolderTree.Of(Path.GetDirectoryName(scenario.Dataset)!);
        var answers = Host(scenario, folder, out var problems, out var errors, inBetween);
        var outcome = problems.Count > 0 ? problems[0].Kind : "";
        if (problems.Count == 0)
        {
            outcome = Outcome.Check(scenario, answers, before, Path.GetDirectoryName(scenario.Dataset)!, _python, problems);
            if (outcome != "create refused")
                CheckMore(scenario, answers, mustFail, problems);
        }

        Add(what, scenario.Name, folder, scenario, errors, outcome, problems);
    }

    private void CheckMore(Scenario scenario, CallAnswer[] answers, bool mustFail, List<Problem> problems)
    {
        var (python, zarrita) = (_python.Read(scenario.Dataset), _zarrita.Read(scenario.Dataset));
        problems.AddRange(python.Differences(zarrita).Select(difference => new Problem("readers differ", difference)));
        var acknowledged = new Acknowledged(scenario, answers, promisedUntil: 0);
        var readable = DatasetCheck.Check(scenario, acknowledged, python).Readable;
        var count = acknowledged.Cameras[0].Values.Count(fate => fate.IsAcknowledged);
        if (mustFail && acknowledged.IsFinalized)
            problems.Add(new Problem("nothing failed", "the disk was to be full, and finalize returned 0"));
        // The ring and the chunks in the workers' hands may be lost with the error; no more than that.
        if (mustFail && count > MostInHand && readable * 2 < count)
            problems.Add(new Problem("lost",
                $"{count} frames were acknowledged until the disk was full, and only {readable} can be read"));
        if (count > 0 && File.Exists(Path.Join(scenario.Dataset, "zarr.json")) && Told(scenario) is var told && told < readable)
            problems.Add(new Problem("counters",
                $"the root says frames_appended: {told} after the end, and {readable} frames can be read"));
    }

    private static long Told(Scenario scenario)
    {
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Join(scenario.Dataset, "zarr.json")));
        return document.RootElement.GetProperty("attributes").GetProperty("omezarr_native").GetProperty("frames_appended")
            .GetInt64();
    }

    private static CallAnswer[] Host(Scenario scenario, string folder, out List<Problem> problems, out string errors,
        Action? inBetween)
    {
        using var host = new CameraRun(scenario.Calls, Path.Join(folder, "host"));
        var wait = scenario.Calls.Select((call, i) => call.Kind == CallKind.Wait ? i : -1).Max();
        while (inBetween is not null && !host.HasExited && !host.Log[wait].HasBegun)
            Thread.Yield();
        inBetween?.Invoke();
        File.WriteAllText(Path.Join(folder, "gate"), "");
        var ended = host.WaitForExit(TimeSpan.FromSeconds(90));
        if (!ended)
            host.Kill();
        errors = host.FirstErrors;
        problems = [.. Outcome.Crashes(host, ended, scenario, host.Log.All())];
        return host.Log.All();
    }

    private void Add(string sort, string layout, string folder, Scenario scenario, string errors, string outcome,
        List<Problem> problems)
    {
        _summary.Add(sort, new FaultResult(outcome, problems, "", ""), _known);
        if (problems.Count == 0)
        {
            Mounts.Unmount(Path.Join(folder, "data"));
            Workplace.Remove(folder);
            return;
        }

        _place.Keep();
        Console.WriteLine($"{sort}, {layout}, {outcome}:");
        foreach (var problem in problems.Take(5))
            Console.WriteLine($"  {(_known.Has(problem) ? "(known) " : "")}{problem}");
        Console.WriteLine($"  settings: {scenario.Json}\n  host: {errors}\n  dataset: {folder}/data");
        Console.WriteLine(
            $"  again: dotnet run -c Release --project tests/Faults -- --what disks --seed {_line.Number("seed", 1)}");
    }
}
