namespace OmeZarr.Benchmarks.Children;

/// <summary>The threads of this process by number, as Linux lists them; empty elsewhere.</summary>
internal static class ThreadNames
{
    private const string Tasks = "/proc/self/task";

    // Threads of the runtime that this program itself runs on, which come and go.
    private const string OfTheCaller = ".NET Tiered";

    public static IReadOnlySet<string> OfThisProcess() =>
        Directory.Exists(Tasks) ? Directory.GetDirectories(Tasks).ToHashSet() : [];

    /// <summary>Names of the threads that were not there before, without those of the calling program's runtime.</summary>
    public static IReadOnlyList<string> AddedSince(IReadOnlySet<string> before) =>
        [.. OfThisProcess().Except(before).Select(Name).Where(name => !name.StartsWith(OfTheCaller, StringComparison.Ordinal))
            .Order()];

    private static string Name(string task) => File.ReadAllText(Path.Combine(task, "comm")).Trim();
}
