using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>What can be asked of a stream or an array at any time, and still when it has ended.</summary>
/// <param name="Stats">Its counters.</param>
/// <param name="Arrays">Those of each array of a stream with keys; empty for others.</param>
/// <param name="Error">Its first error; empty without one.</param>
/// <param name="Path">The dataset's full path.</param>
internal sealed record StreamReport(OmzStats Stats, IReadOnlyList<(string Key, OmzStats Stats)> Arrays, string Error, string Path)
{
    /// <summary>As things are at this moment.</summary>
    public static StreamReport Of(OpenStream open)
    {
        var hasArrays = !open.IsArray && open.Session.Plan.Settings.HasKeys;
        return new StreamReport(
            StatsReport.Of(StreamCalls.StatsOf(open)),
            hasArrays
                ? [.. open.Session.Pipelines.Select(pipeline => (pipeline.Key, StatsReport.Of(open.Session.Stats(pipeline))))]
                : [],
            open.Session.Fault?.Message ?? "",
            System.IO.Path.GetFullPath(open.Session.Plan.OutputPath));
    }

    /// <summary>Of a stream that is open, or has ended and is among the last that did.</summary>
    /// <exception cref="AbiException">It is neither.</exception>
    public static StreamReport Of(ulong stream) =>
        EndedStreams.Of(stream) ?? Of(StreamCalls.Find(stream));
}

/// <summary>
/// The last reports of streams that have ended: a host that asks what became of its frames does so after the end. Bounded; the
/// oldest go first. Any thread.
/// </summary>
internal static class EndedStreams
{
    private const int MostStats = 4096;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<ulong, StreamReport> Reports = [];
    private static readonly Queue<ulong> Order = new();
    private static int _stats;

    /// <summary>Keeps a report; before the handle is closed, so that it can be asked for at every moment.</summary>
    public static void Keep(ulong stream, StreamReport report)
    {
        lock (Gate)
        {
            Reports[stream] = report;
            Order.Enqueue(stream);
            _stats += CountOf(report);
            while (_stats > MostStats && Order.Count > 1 && Reports.Remove(Order.Dequeue(), out var oldest))
                _stats -= CountOf(oldest);
        }
    }

    /// <summary>A stream's last report, or null.</summary>
    public static StreamReport? Of(ulong stream)
    {
        lock (Gate)
            return Reports.GetValueOrDefault(stream);
    }

    private static int CountOf(StreamReport report) => 1 + report.Arrays.Count;
}
