using System.Collections.Concurrent;
using OmeZarr.Defects;
using OmeZarr.Litmus;
using OmeZarr.Simulation.Parts;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Simulation.Workload;

namespace OmeZarr.Simulation;

/// <summary>Plays runs and says what they found.</summary>
internal static class SimulationProgram
{
    public const int NothingFound = 0;
    public const int Found = 1;
    public const int WrongArguments = 2;

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is ["--help"])
        {
            Console.Out.WriteLine(Options.Help);
            return NothingFound;
        }

        try
        {
            return Run(Options.Parse(arguments));
        }
        catch (ArgumentException exception)
        {
            Console.Error.WriteLine($"{exception.Message}\n\n{Options.Help}");
            return WrongArguments;
        }
    }

    private static IRun Of(Options options, ulong seed)
    {
        var trace = options.Trace ? new Trace(Console.Out) : null;
        var played = options.Plays[(int)(seed % (ulong)options.Plays.Count)];
        return played == Options.Acquisition
            ? new Run(seed, options.Rules, trace)
            : new PartRun(seed, Scenario.All.Single(scenario => scenario.Name == played), options.Rules, trace);
    }

    private static int Run(Options options)
    {
        if (options.Defect is { } defect)
            Defect.Choose(defect);
        var began = System.Diagnostics.Stopwatch.StartNew();
        var found = new ConcurrentDictionary<ulong, Violation>();
        long next = -1, done = 0, steps = 0;
        ulong fingerprint = 0;
        var jobs = Enumerable.Range(0, options.Jobs).Select(_ => new System.Threading.Thread(Work)).ToArray();
        foreach (var job in jobs)
            job.Start();
        foreach (var job in jobs)
            job.Join();
        foreach (var group in found.GroupBy(each => each.Value.Rule).OrderBy(group => group.Min(each => each.Key)))
        {
            var (seed, violation) = group.MinBy(each => each.Key);
            Console.Out.WriteLine(
                $"{group.Key}: {group.Count()} of {done} runs, the first with seed {seed}: {violation.Message}");
            Console.Out.WriteLine(
                $"replay: dotnet run -c Release --project tests/Simulation -- --seed {seed}{options.Again} --trace");
        }

        var outcome = found.IsEmpty ? "nothing found" : $"{found.Count} violations";
        var (seconds, perMinute) = (began.Elapsed.TotalSeconds, done / began.Elapsed.TotalMinutes);
        var speed = FormattableString.Invariant($"{seconds:0.0} s ({perMinute:0} a minute)");
        var runs = $"{done} runs of {steps / Math.Max(1, done)} steps";
        Console.Out.WriteLine($"{runs} in {speed}, fingerprint {fingerprint:x16}: {outcome}");
        return found.IsEmpty ? NothingFound : Found;

        void Work()
        {
            while (options.KeepsGoing || found.IsEmpty)
            {
                var number = System.Threading.Interlocked.Increment(ref next);
                if (number >= options.Seeds)
                    return;
                var seed = options.First + (ulong)number;
                var run = Of(options, seed);
                if (options.Trace)
                    Console.Out.WriteLine(run.Describe());
                if (run.Play() is { } violation)
                    found[seed] = violation;
                System.Threading.Interlocked.Increment(ref done);
                System.Threading.Interlocked.Add(ref steps, run.Scheduler.Steps);
                // Independent of the order in which runs end.
                System.Threading.Interlocked.Add(ref fingerprint, run.Scheduler.Fingerprint);
            }
        }
    }
}
