using System.Diagnostics;
using OmeZarr.Harness;

namespace OmeZarr.Kill;

/// <summary>The program: options, rounds, what is printed.</summary>
internal static class KillProgram
{
    private static readonly string[] InTurn = ["instants", "calls", "resume", "instants", "calls", "creators"];

    private const string Help = """
        Kills a host of the published library and looks at what is left, with zarr-python and zarrita.

        Each round makes a random acquisition (settings, layout, host) from its seed, kills the host with SIGKILL and then, with no
        repair, holds what both readers see against what the library had acknowledged. Then the next acquisition at the same place is
        tried, without and with overwrite. Needs ./build.sh Setup and ./build.sh Publish (or OMEZARR_NATIVE_LIBRARY).

          --rounds N        rounds to run (100)
          --seed N          of the first round; each further one has the next number (1)
          --mode WORD       instants: at a random moment; calls: before or after a random system call; creators: while another host
                            creates at the same place; resume: killed up to twenty times, and gone on with each time; all: in
                            turn (all)
          --slack-ms N      a frame has to be there this long after its flush interval (5000); flushed frames always
          --folder PATH     where datasets are written (memory, where there is /dev/shm)
          --damage WORD     flip, cut or delete: damages each dataset before it is read, to see that it is noticed (none)
          --known FILE      kinds of problems that are known and do not fail the run, one a line

        Examples
          dotnet run -c Release --project tests/Kill -- --rounds 3000 --seed 1
          dotnet run -c Release --project tests/Kill -- --rounds 1 --mode calls --seed 4711      # one round again
          dotnet run -c Release --project tests/Kill -- --folder /tmp --slack-ms 1000

        The exit status is 0 when every promise was kept, 1 when not, 2 for wrong options. What failed is left where it is.
        """;

    public static int Run(string[] arguments)
    {
        try
        {
            var line = CommandLine.Parse(arguments, "rounds", "seed", "mode", "slack-ms", "folder", "damage", "known");
            if (!line.AsksForHelp)
                return RunRounds(line);
            Console.WriteLine(Help);
            return 0;
        }
        catch (ArgumentException error)
        {
            Console.Error.WriteLine($"{error.Message}\n--help tells more.");
            return 2;
        }
    }

    private static int RunRounds(CommandLine line)
    {
        var known = new KnownProblems(line.Text("known", ""));
        using var place = new Workplace(line.Text("folder", ""));
        using var python = IndependentReader.ZarrPython(place.Folder);
        using var zarrita = IndependentReader.Zarrita(place.Folder);
        var summary = new Summary();
        var clock = Stopwatch.StartNew();
        int first = line.Number("seed", 1), rounds = line.Number("rounds", 100);
        var mode = line.Choice("mode", "all", "instants", "calls", "creators", "resume");
        var damage = line.Choice("damage", "none", "flip", "cut", "delete");
        for (var seed = first; seed < first + rounds; seed++)
        {
            var folder = place.Make($"seed-{seed}");
            var ofSeed = mode == "all" ? InTurn[seed % InTurn.Length] : mode;
            var result = ofSeed == "creators" ? new CreatorsRound(seed, folder, python).Run()
                : ofSeed == "resume" ? new ResumeRound(seed, folder, line.Number("slack-ms", 5000) * 1_000_000L, damage,
                    [python, zarrita]).Run()
                : new KillRound(seed, folder, ofSeed == "calls", line.Number("slack-ms", 5000) * 1_000_000L, damage,
                    [python, zarrita]).Run();
            summary.Add(result, known);
            if (result.Problems.Count == 0)
            {
                Workplace.Remove(folder);
            }
            else
            {
                place.Keep();
                Report(seed, ofSeed, folder, result, known);
            }

            if ((seed - first + 1) % 25 == 0)
                Console.WriteLine(
                    $"{seed - first + 1} of {rounds} rounds, {summary.Failed} failed, {clock.Elapsed.TotalSeconds:0} s");
        }

        summary.Print();
        return summary.Unknown == 0 ? 0 : 1;
    }

    private static void Report(int seed, string mode, string folder, RoundResult result, KnownProblems known)
    {
        Console.WriteLine($"seed {seed}, {result.Layout}, killed in {result.Where}, {result.Acknowledged} frames acknowledged:");
        foreach (var problem in result.Problems.Take(8))
            Console.WriteLine($"  {(known.Has(problem) ? "(known) " : "")}{problem}");
        if (result.Problems.Count > 8)
            Console.WriteLine($"  and {result.Problems.Count - 8} more");
        Console.WriteLine($"  {result.Given}");
        Console.WriteLine(
            $"  dataset: {folder}/data\n"
                + $"  again: dotnet run -c Release --project tests/Kill -- --rounds 1 --seed {seed} --mode {mode}");
    }
}
