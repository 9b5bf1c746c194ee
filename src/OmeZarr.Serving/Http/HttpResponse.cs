using System.Globalization;
using System.Text;
using OmeZarr.Memory;

namespace OmeZarr.Serving.Http;

/// <summary>The answer to one request, sent while it is made. One thread.</summary>
public sealed class HttpResponse
{
    private readonly IByteSink _to;
    private readonly NativeBuffer? _buffer;
    private readonly bool _isHead;
    private readonly StringBuilder _headers = new();
    private long _left;

    internal HttpResponse(IByteSink to, NativeBuffer? buffer, bool isHead, bool keepsAlive)
    {
        _to = to;
        _isHead = isHead;
        _buffer = buffer;
        KeepsAlive = keepsAlive;
    }

    /// <summary>Memory of the connection's own, for what is to be sent.</summary>
    public Span<byte> Buffer => _buffer is null ? [] : _buffer.Span((int)_buffer.Length);

    /// <summary>Whether the status is on its way: then an error can no longer be told.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether all was sent that was promised.</summary>
    internal bool IsWhole => HasBegun && _left == 0;

    /// <summary>Whether the connection is of use afterwards.</summary>
    internal bool KeepsAlive { get; set; }

    /// <summary>Adds a header to the answer.</summary>
    public void Add(string name, string value)
    {
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new InvalidOperationException($"{name} cannot have such a value");
        _headers.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    /// <summary>Answers with a body that is there.</summary>
    public void Send(int status, string contentType, ReadOnlySpan<byte> body)
    {
        Begin(status, contentType, body.Length);
        Write(body);
    }

    /// <summary>Answers with a short text.</summary>
    public void SendText(int status, string text) =>
        Send(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text + "\n"));

    /// <summary>Answers without a body.</summary>
    public void SendEmpty(int status) => Begin(status, null, 0);

    /// <summary>Begins an answer whose body follows by <see cref="Write"/>; of a HEAD nothing has to follow.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="contentType">Null when there is no body.</param>
    /// <param name="length">Bytes of the body.</param>
    public void Begin(int status, string? contentType, long length)
    {
        var hasLength = status is not (204 or 304);
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {Reason(status)}\r\n");
        if (contentType is not null)
            head.Append("Content-Type: ").Append(contentType).Append("\r\n");
        if (hasLength)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        head.Append(KeepsAlive ? "" : "Connection: close\r\n").Append(_headers).Append("\r\n");
        HasBegun = true;
        _left = _isHead || !hasLength ? 0 : length;
        _to.Send(Encoding.ASCII.GetBytes(head.ToString()));
    }

    /// <summary>Sends a part of the body.</summary>
    public void Write(ReadOnlySpan<byte> part)
    {
        if (_isHead)
            return;
        if (part.Length > _left)
            throw new InvalidOperationException("the body is longer than was said");
        _left -= part.Length;
        _to.Send(part);
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        416 => "Range Not Satisfiable",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Status",
    };
}

/// <summary>Where an answer goes: a connection, or a test.</summary>
internal interface IByteSink
{
    /// <summary>Sends all of it.</summary>
    /// <exception cref="IOException">The other side does not take it.</exception>
    void Send(ReadOnlySpan<byte> bytes);
}
