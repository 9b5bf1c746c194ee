namespace OmeZarr.Serving.Http;

/// <summary>What is to be done with a resource; anything else is refused.</summary>
public enum RequestMethod
{
    Other,
    Get,
    Head,
    Options,
}

/// <summary>The head of a request. There is no body: one that announces a body is refused.</summary>
public sealed record HttpRequest
{
    public required RequestMethod Method { get; init; }

    /// <summary>Decoded; begins with '/'. Any text, also one that is no sound path.</summary>
    public required string Path { get; init; }

    /// <summary>Names and values behind the '?', decoded; of a name given twice the last.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    /// <summary>The header <c>Host</c>, or null.</summary>
    public string? Host { get; init; }

    /// <summary>The header <c>Range</c>, or null.</summary>
    public string? Range { get; init; }

    /// <summary>The header <c>If-None-Match</c>, or null.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>Whether a page of another origin asks if it may reach into this network.</summary>
    public bool AsksForPrivateNetwork { get; init; }

    /// <summary>Whether the connection stays open for another one.</summary>
    public required bool KeepsAlive { get; init; }
}
