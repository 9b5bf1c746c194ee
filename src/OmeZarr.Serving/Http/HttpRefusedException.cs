namespace OmeZarr.Serving.Http;

/// <summary>A request is answered with an error.</summary>
/// <param name="status">The status code.</param>
/// <param name="message">For people.</param>
public sealed class HttpRefusedException(int status, string message) : Exception(message)
{
    /// <summary>The status code, 400 or above.</summary>
    public int Status { get; } = status;
}
