using System.Globalization;

namespace OmeZarr.Litmus;

/// <summary>What a run is to do.</summary>
/// <param name="Rounds">Operations of each scenario.</param>
/// <param name="Threads">Threads of each scenario.</param>
/// <param name="PatienceSeconds">A scenario in which nothing moves for this long hangs.</param>
/// <param name="Scenarios">Those to run.</param>
internal sealed record Options(long Rounds, int Threads, int PatienceSeconds, IReadOnlyList<Scenario> Scenarios)
{
    /// <summary>The fewest threads that every scenario has a role for.</summary>
    public const int FewestThreads = 4;

    private const int MostThreads = 256;
    private const int MostPatienceSeconds = 3600;

    public static Options Default { get; } = new(300_000, 6, 30, Scenario.All);

    /// <exception cref="ArgumentException">The arguments are wrong; the message says which, and why.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = Default;
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var name = arguments[i];
            if (i + 1 == arguments.Count)
                throw new ArgumentException($"{name} is unknown, or lacks its value");
            var value = arguments[i + 1];
            options = name switch
            {
                "--rounds" => options with { Rounds = Number(name, value, 1, long.MaxValue / 2) },
                "--threads" => options with { Threads = (int)Number(name, value, FewestThreads, MostThreads) },
                "--patience" => options with { PatienceSeconds = (int)Number(name, value, 1, MostPatienceSeconds) },
                "--only" => options with { Scenarios = [.. value.Split(',').Select(Named)] },
                _ => throw new ArgumentException($"{name} {value}: there is no such option"),
            };
        }

        return options;
    }

    private static long Number(string name, string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{name} {text}: a whole number from {least} to {most} is needed");

    private static Scenario Named(string name) =>
        Scenario.All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException(
            $"{name} is no scenario; there are {string.Join(", ", Scenario.All.Select(scenario => scenario.Name))}");
}
