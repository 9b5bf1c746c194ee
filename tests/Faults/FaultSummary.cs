using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>
/// Counts outcomes by the sort of fault, and problems by their kind; prints both as tables. Any thread may add.
/// </summary>
internal sealed class FaultSummary
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, SortedDictionary<string, int>> _outcomes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _problems = new(StringComparer.Ordinal);
    private int _runs;

    /// <summary>Runs with any problem.</summary>
    public int Failed { get; private set; }

    /// <summary>Runs with a problem that is not known.</summary>
    public int Unknown { get; private set; }

    public void Add(string sort, FaultResult result, KnownProblems known)
    {
        lock (_lock)
        {
            _runs++;
            if (!_outcomes.TryGetValue(sort, out var ofSort))
                _outcomes.Add(sort, ofSort = new SortedDictionary<string, int>(StringComparer.Ordinal));
            ofSort[result.Outcome] = ofSort.GetValueOrDefault(result.Outcome) + 1;
            foreach (var kind in result.Problems.Select(problem => problem.Kind).Distinct())
                _problems[kind] = _problems.GetValueOrDefault(kind) + 1;
            Failed += result.Problems.Count > 0 ? 1 : 0;
            Unknown += result.Problems.Any(problem => !known.Has(problem)) ? 1 : 0;
        }
    }

    public void Print()
    {
        Console.WriteLine($"\n{_runs} runs, {Failed} with problems\n\n| fault | outcomes |\n|---|---|");
        foreach (var (sort, outcomes) in _outcomes)
            Console.WriteLine($"| {sort} | {string.Join(", ", outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"))} |");
        Console.WriteLine("\n| problem | runs |\n|---|---|");
        foreach (var (kind, count) in _problems)
            Console.WriteLine($"| {kind} | {count} |");
        if (_problems.Count == 0)
            Console.WriteLine("| none | |");
    }
}
