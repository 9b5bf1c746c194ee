using System.Net;

namespace OmeZarr.Serving.Http;

/// <summary>
/// Which names a server answers to. A page of anybody's can have its own name lead to this machine (DNS rebinding) and then
/// would read everything as its own: a server that only this machine reaches answers to this machine's names alone.
/// </summary>
internal static class HostNames
{
    /// <summary>Whether the header <c>Host</c> names this machine; always when others may reach the server.</summary>
    /// <param name="bound">Where the server listens.</param>
    /// <param name="host">With or without a port; null when there is none, which no browser does.</param>
    public static bool IsOurs(IPAddress bound, string? host)
    {
        if (!IPAddress.IsLoopback(bound) || host is null)
            return true;
        var name = WithoutPort(host);
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim("[]"), out var address) && IPAddress.IsLoopback(address));
    }

    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        return colon > host.LastIndexOf(']') ? host[..colon] : host;
    }
}
