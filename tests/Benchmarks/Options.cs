using System.Text.RegularExpressions;

namespace OmeZarr.Benchmarks;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage =
        """
        usage: Benchmarks [--quick] [--rows 1,2,…] [--only REGEX] [--rounds N] [--json FILE] [--out FOLDER] [--disk FOLDER] [--memory-disk FOLDER]
          --quick        one round of small runs, under a minute: shows that everything works, its figures say little
          --rows         only these rows of docs/performance.md
          --only         of row 8, only the encoders and pixels whose name matches this
          --rounds       repetitions of everything; default 5, with --quick 1
          --json         the results as JSON, there as well
          --out          where result files go (JSON, Markdown, SVG), named by CPU; default docs/benchmarks,
                         but nowhere with --quick or --rows
          --disk         a folder on the disk to measure; default artifacts/benchmark
          --memory-disk  a folder on a disk in memory; default /dev/shm
        """;

    private const string DefaultMemoryDisk = "/dev/shm";

    public bool Quick { get; init; }

    /// <summary>Empty for all.</summary>
    public IReadOnlySet<int> Rows { get; init; } = new HashSet<int>();

    /// <summary>Of row 8, what is measured.</summary>
    public Regex Only { get; init; } = new("");

    /// <summary>Repetitions, or null for the usual number.</summary>
    public int? Rounds { get; init; }

    public string? Json { get; init; }

    public string? Out { get; init; }

    public string Disk { get; init; } = Path.Combine(Repository.Root, "artifacts", "benchmark");

    /// <summary>Null when there is none.</summary>
    public string? MemoryDisk { get; init; } = Directory.Exists(DefaultMemoryDisk) ? DefaultMemoryDisk : null;

    /// <summary>Where result files go, or null.</summary>
    public string? ResultFolder => Out ?? (Quick || Rows.Count > 0 ? null : Path.Combine(Repository.Root, "docs", "benchmarks"));

    /// <exception cref="ArgumentException">The command line is not understood.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i];
            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{name} needs a value");
            options = name switch
            {
                "--quick" => options with { Quick = true },
                "--rows" => options with { Rows = RowNumbers(Value()) },
                "--only" => options with { Only = new Regex(Value()) },
                "--rounds" => options with { Rounds = RoundNumber(Value()) },
                "--json" => options with { Json = Value() },
                "--out" => options with { Out = Value() },
                "--disk" => options with { Disk = Value() },
                "--memory-disk" => options with { MemoryDisk = Value() },
                _ => throw new ArgumentException($"{name} is not known"),
            };
        }

        return options;
    }

    private static HashSet<int> RowNumbers(string list) => [.. list.Split(',').Select(RowNumber)];

    private static int RoundNumber(string text) =>
        RowNumber(text) is > 0 and var rounds ? rounds : throw new ArgumentException("--rounds begins at 1");

    private static int RowNumber(string word) =>
        int.TryParse(word, out var number) ? number : throw new ArgumentException($"'{word}' is no row's number");
}
