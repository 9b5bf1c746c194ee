namespace OmeZarr.Acquisition.Text;

/// <summary>Finds the known name that somebody who mistyped probably meant.</summary>
internal static class NearestName
{
    private const int LongestCompared = 64;

    /// <summary>The nearest candidate within about a third of its length in edits, or null. Case does not count.</summary>
    public static string? Of(string given, IEnumerable<string> candidates)
    {
        if (given.Length > LongestCompared)
            return null;
        return candidates
            .Select(name => (Name: name, Edits: Distance(given.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(near => near.Edits <= Math.Max(1, near.Name.Length / 3))
            .OrderBy(near => near.Edits)
            .Select(near => near.Name)
            .FirstOrDefault();
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
