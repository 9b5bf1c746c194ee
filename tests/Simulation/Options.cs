using System.Globalization;
using OmeZarr.Defects;
using OmeZarr.Litmus;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation;

/// <summary>What the program is to do.</summary>
internal sealed record Options
{
    /// <summary>The name of whole acquisitions among what is played.</summary>
    public const string Acquisition = "acquisition";

    /// <summary>Number of runs; each uses the next seed.</summary>
    public long Seeds { get; init; } = 1000;

    /// <summary>The first seed.</summary>
    public ulong First { get; init; }

    public bool Trace { get; init; }

    public bool KeepsGoing { get; init; }

    public Defect? Defect { get; init; }

    /// <summary>What is played: <see cref="Acquisition"/>, or scenarios of the litmus; in turn, run by run.</summary>
    public IReadOnlyList<string> Plays { get; init; } = [Acquisition];

    /// <summary>Runs at the same time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>The arguments that repeat the run, except for the seed.</summary>
    public string Again =>
        Defect is not null ? $" --defect {Defect.Name}" : Plays is [Acquisition] ? "" : $" --play {string.Join(',', Plays)}";

    public IReadOnlySet<string> Rules { get; init; } = Scheduling.Rules.All.Select(rule => rule.Name).ToHashSet();

    public static string Help =>
        $"""
        Runs the data plane again and again under a scheduler, a clock and a store of the program's own.

          --seeds N       how many runs (default 1000)
          --first N       the first run's seed (default 0)
          --seed N        this run only
          --trace         writes down what the threads do
          --play A,B      what is played, one after the other: {Acquisition} (default), or scenarios of the litmus:
                          {string.Join(", ", Scenario.All.Select(scenario => scenario.Name))}; "parts" for all of these
          --keep-going    goes on after a violation, and counts
          --jobs N        so many runs at a time (default 1)
          --only A,B      only these rules:

        {string.Join('\n', Scheduling.Rules.All.Select(rule => $"            {rule.Name,-16}{rule.What}"))}

          --defect NAME   with a mistake in the product, which must be found; what is played then is what finds it:

        {string.Join('\n', DefectList.All.Select(defect => $"            {defect.Name,-20}{defect.What}"))}

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
                "--defect" => Having(options, Value()),
                "--play" => options with { Plays = [.. Value().Split(',').SelectMany(Played)] },
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

    private static Options Having(Options options, string name)
    {
        var defect = DefectList.All.FirstOrDefault(defect => defect.Name == name)
            ?? throw new ArgumentException($"{name} is no defect; --help names them all");
        return options with { Defect = defect, Plays = [.. Finders(defect.Finder)] };
    }

    private static IEnumerable<string> Finders(Finder finder) => Scenario.All
        .Select(scenario => scenario.Name)
        .Where(name => finder.HasFlag(Enum.Parse<Finder>(name, ignoreCase: true)))
        .Concat(finder.HasFlag(Finder.Simulation) ? [Acquisition] : []);

    private static IEnumerable<string> Played(string name)
    {
        var scenarios = Scenario.All.Select(scenario => scenario.Name);
        return name == "parts" ? scenarios
            : name == Acquisition || scenarios.Contains(name) ? [name]
            : throw new ArgumentException(
                $"{name} is nothing to play; there are {Acquisition}, parts, {string.Join(", ", scenarios)}");
    }

    private static string Known(string rule) => Scheduling.Rules.All.Any(known => known.Name == rule)
        ? rule
        : throw new ArgumentException(
            $"{rule} is no rule; there are {string.Join(", ", Scheduling.Rules.All.Select(known => known.Name))}");
}
