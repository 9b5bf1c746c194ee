using System.Globalization;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation;

/// <summary>What the program is to do.</summary>
internal sealed record Options
{
    /// <summary>Runs, of which each has the next seed.</summary>
    public long Seeds { get; init; } = 1000;

    /// <summary>The first seed.</summary>
    public ulong First { get; init; }

    public bool Trace { get; init; }

    public bool KeepsGoing { get; init; }

    public string? Defect { get; init; }

    /// <summary>Runs at the same time.</summary>
    public int Jobs { get; init; } = 1;

    public IReadOnlySet<string> Rules { get; init; } = Scheduling.Rules.All.Select(rule => rule.Name).ToHashSet();

    public static string Help =>
        $"""
        Runs the data plane again and again under a scheduler, a clock and a store of the program's own.

          --seeds N       how many runs (default 1000)
          --first N       the first run's seed (default 0)
          --seed N        this run only
          --trace         writes down what the threads do
          --defect NAME   with a mistake in the product, which must be found
          --keep-going    goes on after a violation, and counts
          --jobs N        so many runs at a time (default 1)
          --only A,B      only these rules:

        {string.Join('\n', Scheduling.Rules.All.Select(rule => $"            {rule.Name,-16}{rule.What}"))}

        Exit code: 0 when nothing was found, 1 when something was, 2 for wrong arguments.
        """;

    /// <exception cref="ArgumentException">The arguments are wrong; the message says which, and why.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            options = name switch
            {
                "--trace" => options with { Trace = true },
                "--keep-going" => options with { KeepsGoing = true },
                "--seeds" => options with { Seeds = (long)Number(name, Value()) },
                "--first" => options with { First = Number(name, Value()) },
                "--seed" => options with { First = Number(name, Value()), Seeds = 1 },
                "--jobs" => options with { Jobs = (int)Math.Clamp(Number(name, Value()), 1, 64) },
                "--defect" => options with { Defect = Value() },
                "--only" => options with { Rules = Value().Split(',').Select(Known).ToHashSet() },
                _ => throw new ArgumentException($"{name}: there is no such option"),
            };

            string Value() => ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{name} lacks its value");
        }

        return options;
    }

    private static ulong Number(string name, string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"{name} {text}: a whole number is needed");

    private static string Known(string rule) => Scheduling.Rules.All.Any(known => known.Name == rule)
        ? rule
        : throw new ArgumentException($"{rule} is no rule; there are {string.Join(", ", Scheduling.Rules.All.Select(known => known.Name))}");
}
