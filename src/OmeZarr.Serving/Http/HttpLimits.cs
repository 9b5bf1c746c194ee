namespace OmeZarr.Serving.Http;

/// <summary>How much a server may use, whatever is sent to it. Times in milliseconds, sizes in bytes.</summary>
public sealed record HttpLimits
{
    /// <summary>Connections at the same time; each has a thread.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>A request's line and headers together.</summary>
    public int HeadBytes { get; init; } = 16 << 10;

    /// <summary>Header lines of a request.</summary>
    public int HeaderLines { get; init; } = 100;

    /// <summary>From a request's first byte to the end of its headers.</summary>
    public int HeadMs { get; init; } = 10_000;

    /// <summary>How long a connection without a request stays open.</summary>
    public int IdleMs { get; init; } = 30_000;

    /// <summary>How long the other side may take none of what is sent to it.</summary>
    public int SendMs { get; init; } = 20_000;

    /// <summary>When all connections are taken, one that has not moved on for so long gives way to a new one.</summary>
    public int GivesWayAfterMs { get; init; } = 1000;

    /// <summary>Memory of each connection for what it sends, outside the managed heap.</summary>
    public int BufferBytes { get; init; } = 2 << 20;
}
