namespace OmeZarrNative.Abi;

/// <summary>A refusal with its status code and a message for the caller.</summary>
internal sealed class AbiException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
