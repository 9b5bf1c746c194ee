using OmeZarr.Harness;

namespace OmeZarr.Kill;

/// <summary>Counts rounds and problems, and prints them as a table.</summary>
internal sealed class Summary
{
    private readonly SortedDictionary<string, int> _where = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _problems = new(StringComparer.Ordinal);
    private long _acknowledged;
    private int _rounds;

    /// <summary>Rounds with any problem.</summary>
    public int Failed { get; private set; }

    /// <summary>Rounds with a problem that is not known.</summary>
    public int Unknown { get; private set; }

    public void Add(RoundResult result, KnownProblems known)
    {
        _rounds++;
        _acknowledged += result.Acknowledged;
        _where[result.Where] = _where.GetValueOrDefault(result.Where) + 1;
        foreach (var kind in result.Problems.Select(problem => problem.Kind).Distinct())
            _problems[kind] = _problems.GetValueOrDefault(kind) + 1;
        Failed += result.Problems.Count > 0 ? 1 : 0;
        Unknown += result.Problems.Any(problem => !known.Has(problem)) ? 1 : 0;
    }

    public void Print()
    {
        Console.WriteLine($"\n{_rounds} rounds, {_acknowledged} frames acknowledged, {Failed} rounds with problems");
        Console.WriteLine("| killed in | rounds |\n|---|---|");
        foreach (var (where, count) in _where)
            Console.WriteLine($"| {where} | {count} |");
        Console.WriteLine("\n| problem | rounds |\n|---|---|");
        foreach (var (kind, count) in _problems)
            Console.WriteLine($"| {kind} | {count} |");
        if (_problems.Count == 0)
            Console.WriteLine("| none | |");
    }
}
