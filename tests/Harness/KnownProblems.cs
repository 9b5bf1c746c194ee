namespace OmeZarr.Harness;

/// <summary>
/// Kinds of problems that are known and not yet solved: a file with one kind a line, <c>#</c> begins a comment. They are told,
/// but do not fail a run. The list is to become empty.
/// </summary>
public sealed class KnownProblems
{
    private readonly HashSet<string> _kinds;

    /// <param name="file">Empty: nothing is known.</param>
    public KnownProblems(string file) => _kinds = file.Length == 0 ? [] :
        [.. File.ReadLines(file).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)];

    public bool Has(Problem problem) => _kinds.Contains(problem.Kind);
}
