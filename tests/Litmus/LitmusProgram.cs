using System.Diagnostics;

namespace OmeZarr.Litmus;

/// <summary>Runs scenarios one after the other and says what they found.</summary>
internal static class LitmusProgram
{
    public const int NothingFound = 0;
    public const int Found = 1;
    public const int WrongArguments = 2;

    /// <summary>
    /// Operations per trial, each of which starts with new objects: enough that threads meet often, and few enough that many
    /// capacities are tried and a lost item is missed soon.
    /// </summary>
    private const long OperationsOfATrial = 5000;

    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is ["--help"])
        {
            Console.Out.WriteLine(Help());
            return NothingFound;
        }

        Options options;
        try
        {
            options = Options.Parse(arguments);
        }
        catch (ArgumentException exception)
        {
            Console.Error.WriteLine($"{exception.Message}\n\n{Help()}");
            return WrongArguments;
        }

        var exitCode = NothingFound;
        foreach (var scenario in options.Scenarios)
        {
            if (!Run(scenario, options))
                exitCode = Found;
        }

        return exitCode;
    }

    public static string Help() =>
        $"""
        Stresses the lock-free parts of the library from many threads.

          --rounds N      operations of each scenario (default {Options.Default.Rounds})
          --threads N     threads of each scenario, at least {Options.FewestThreads} (default {Options.Default.Threads})
          --patience N    seconds without any operation after which a scenario is said to hang (default {Options.Default.PatienceSeconds})
          --only A,B      only these scenarios:

        {string.Join('\n', Scenario.All.Select(scenario => $"          {scenario.Name,-14}{scenario.Checks}"))}

        Exit code: 0 when nothing was found, 1 when something was, 2 for wrong arguments.
        """;

    // Returns true when nothing was found.
    private static bool Run(Scenario scenario, Options options)
    {
        var began = Stopwatch.StartNew();
        long operations = 0;
        Trial trial;
        var seed = 0u;
        do
        {
            trial = new Trial(options, Math.Min(OperationsOfATrial, options.Rounds - operations), ++seed);
            scenario.Play(trial);
            operations += trial.Operations;
        }
        while (trial.Violations == 0 && operations < options.Rounds);

        var result = trial.Violations == 0 ? "nothing found" : $"{trial.Violations} violations, the first: {trial.First}";
        var seconds = began.Elapsed.TotalSeconds;
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{scenario.Name}: {operations} operations of {options.Threads} threads in {seconds:0.0} s: {result}"));
        return trial.Violations == 0;
    }
}
