namespace OmeZarr.Documents;

/// <summary>How a dataset's acquisition ended, for the root's attributes. docs/layouts.md describes them to readers.</summary>
/// <param name="Complete">Whether it was finalized, nothing failed, and every frame came or was left out.</param>
/// <param name="Ended">One of the constants here; null while frames come, and for ever after a kill.</param>
/// <param name="Reason">Why the host ended it, in the host's words, or null.</param>
/// <param name="Error">The first failure, or null.</param>
public sealed record DatasetOutcome(bool Complete, string? Ended = null, string? Reason = null, string? Error = null)
{
    /// <summary>All that was taken has been stored.</summary>
    public const string Finalized = "finalized";

    /// <summary>Given up on request.</summary>
    public const string Aborted = "aborted";

    /// <summary>Something could not be stored.</summary>
    public const string Failed = "failed";

    /// <summary>The host ended it for a reason of its own, such as an exception.</summary>
    public const string HostError = "host_error";

    /// <summary>Characters of a message that are kept; only its first line is.</summary>
    public const int MostTextLength = 1000;

    /// <summary>Frames are still coming, or the process was killed.</summary>
    public static DatasetOutcome Writing { get; } = new(Complete: false);

    /// <summary>What came to an end.</summary>
    /// <param name="isWhole">Whether every frame came or was left out.</param>
    /// <param name="wasAborted">Whether frames were given up on request.</param>
    /// <param name="reason">Why the host ended it, if not because all is done.</param>
    /// <param name="error">The first failure.</param>
    public static DatasetOutcome Of(bool isWhole, bool wasAborted, string? reason, string? error)
    {
        var ended = error is not null ? Failed : reason is not null ? HostError : wasAborted ? Aborted : Finalized;
        return new DatasetOutcome(isWhole && ended == Finalized, ended, Short(reason), Short(error));
    }

    private static string? Short(string? text)
    {
        if (text is null)
            return null;
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        if (line.Length > MostTextLength)
            line = char.IsHighSurrogate(line[MostTextLength - 1]) ? line[..(MostTextLength - 1)] : line[..MostTextLength];
        return line.ToString();
    }
}
