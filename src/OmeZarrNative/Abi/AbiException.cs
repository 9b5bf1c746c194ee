using System.Diagnostics.CodeAnalysis;
using OmeZarr.Concurrency;

namespace OmeZarrNative.Abi;

/// <summary>A refusal with its status code and a message for the caller.</summary>
internal sealed class AbiException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>
    /// Throws one from a per-frame call, which runs in the host's floating-point environment until it refuses something.
    /// </summary>
    [DoesNotReturn]
    public static void Throw(int status, HostSafeText message)
    {
        var text = message.ToText();
        using var host = FloatEnvironment.UseDefault();
        throw new AbiException(status, text);
    }
}
