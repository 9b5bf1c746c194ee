using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Documents;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Simulation.Workload;
using OmeZarr.Zarr;

namespace OmeZarr.Simulation.Oracles;

/// <summary>Checks what the root says of the dataset as a whole.</summary>
internal sealed class CompletionOracle(IReadOnlyList<FrameBook> books)
{
    /// <summary>Whether the root says that everything is there.</summary>
    public static bool IsMarked(Func<string, byte[]?> get) => (bool)Own(get)["complete"]!;

    /// <summary>The same of a root that may be missing or torn.</summary>
    public static bool IsReadableAndMarked(Func<string, byte[]?> get)
    {
        try
        {
            return get(ArrayMetadata.Key) is not null && IsMarked(get);
        }
        catch (Exception torn) when (torn is JsonException or InvalidOperationException or NullReferenceException)
        {
            return false;
        }
    }

    /// <summary>Checks the root after a run without a failure has ended.</summary>
    public void CheckEnd(Func<string, byte[]?> get, bool complete)
    {
        var own = Own(get);
        if ((bool)own["complete"]! != complete)
            throw Broken($"the root says complete: {own["complete"]}, and it is {complete}");
        if (!complete)
            return;
        if ((long)own["frames_appended"]! != Count(Fate.Taken))
            throw Broken($"the root counts {own["frames_appended"]} frames, and {Count(Fate.Taken)} were taken");
        var absent = (long)own["frames_skipped"]! + (long)own["frames_dropped"]!;
        if (absent != Count(Fate.Absent))
            throw Broken($"the root counts {absent} frames as left out, and {Count(Fate.Absent)} were");
    }

    private int Count(Fate fate) => books.Sum(book => book.Count(fate));

    private static JsonNode Own(Func<string, byte[]?> get) =>
        JsonNode.Parse(get(ArrayMetadata.Key)!)!["attributes"]![DatasetMetadata.OwnNamespace]!;

    private static ViolationException Broken(string message) => new(new Violation(Rules.Completion, message));
}
