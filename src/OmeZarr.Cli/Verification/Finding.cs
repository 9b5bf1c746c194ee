namespace OmeZarr.Cli.Verification;

/// <summary>How bad something is.</summary>
internal enum Severity
{
    /// <summary>Readers may stumble over it, or it is lost space; no data is wrong.</summary>
    Warning,

    /// <summary>Data is lost or wrong, or the metadata contradict themselves.</summary>
    Error,
}

/// <summary>Something that is not as it should be.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Kind">What it is, for scripts; docs/omezarr.md lists the kinds.</param>
/// <param name="Path">Of a node or file, below the dataset.</param>
/// <param name="Message">For people.</param>
internal sealed record Finding(Severity Severity, string Kind, string Path, string Message);

/// <summary>What was found, in bounded memory. Any thread.</summary>
internal sealed class Findings
{
    /// <summary>More are counted only: a destroyed dataset has as many as chunks.</summary>
    public const int MostKept = 10_000;

    private readonly Lock _lock = new();
    private readonly List<Finding> _kept = [];
    private long _errors;
    private long _warnings;

    public long Errors => Interlocked.Read(ref _errors);

    public long Warnings => Interlocked.Read(ref _warnings);

    /// <summary>By path; of the same path in the order in which they were found.</summary>
    public Finding[] Kept
    {
        get
        {
            lock (_lock)
                return [.. _kept.OrderBy(finding => finding.Path, StringComparer.Ordinal)];
        }
    }

    public void Error(string kind, string path, string message)
    {
        Interlocked.Increment(ref _errors);
        Keep(new Finding(Severity.Error, kind, path, message));
    }

    public void Warning(string kind, string path, string message)
    {
        Interlocked.Increment(ref _warnings);
        Keep(new Finding(Severity.Warning, kind, path, message));
    }

    private void Keep(Finding finding)
    {
        lock (_lock)
        {
            if (_kept.Count < MostKept)
                _kept.Add(finding);
        }
    }
}
