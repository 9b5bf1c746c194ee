using System.Globalization;
using System.Text;

namespace OmeZarr.Serving.Http;

/// <summary>Reads the head of a request, which may be any bytes.</summary>
/// <seealso href="https://www.rfc-editor.org/rfc/rfc9112.html">HTTP/1.1</seealso>
internal static class RequestParser
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Parses a head.</summary>
    /// <param name="head">Up to and with the empty line.</param>
    /// <param name="limits">As the server's.</param>
    /// <exception cref="HttpRefusedException">It is not valid, or not supported.</exception>
    public static HttpRequest Parse(ReadOnlySpan<byte> head, HttpLimits limits)
    {
        foreach (var value in head)
        {
            if (value is < (byte)' ' and not ((byte)'\r' or (byte)'\n' or (byte)'\t') or 127)
                throw new HttpRefusedException(400, "there is a control character in the request");
        }

        // Bytes above 127 mean nothing where anything is looked at.
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines.Length - 3 > limits.HeaderLines)
            throw new HttpRefusedException(431, $"a request has at most {limits.HeaderLines} header lines");
        var (method, target, isOld) = RequestLine(lines[0]);
        var headers = Headers(lines.AsSpan(1));
        if (headers.ContainsKey("transfer-encoding") || headers.GetValueOrDefault("content-length", "0") != "0")
            throw new HttpRefusedException(413, "requests have no body here");
        if (!isOld && !headers.ContainsKey("host"))
            throw new HttpRefusedException(400, "the header Host is missing");
        var connection = headers.GetValueOrDefault("connection", "");
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return new HttpRequest
        {
            Method = method,
            Path = Decode(question < 0 ? target : target[..question], plusIsSpace: false),
            Query = QueryOf(question < 0 ? "" : target[(question + 1)..]),
            Host = headers.GetValueOrDefault("host"),
            Range = headers.GetValueOrDefault("range"),
            IfNoneMatch = headers.GetValueOrDefault("if-none-match"),
            AsksForPrivateNetwork = headers.ContainsKey("access-control-request-private-network"),
            KeepsAlive = !isOld && !connection.Contains("close", StringComparison.OrdinalIgnoreCase),
        };
    }

    private static (RequestMethod Method, string Target, bool IsOld) RequestLine(string line)
    {
        var parts = line.Split(' ');
        if (parts.Length != 3 || !parts[2].StartsWith("HTTP/", StringComparison.Ordinal))
            throw new HttpRefusedException(400, "this is no request of HTTP");
        if (parts[2] is not ("HTTP/1.1" or "HTTP/1.0"))
            throw new HttpRefusedException(505, "HTTP/1.1 is spoken here");
        var method = parts[0] switch
        {
            "GET" => RequestMethod.Get,
            "HEAD" => RequestMethod.Head,
            "OPTIONS" => RequestMethod.Options,
            _ => RequestMethod.Other,
        };
        return (method, PathAndQuery(parts[1]), parts[2] == "HTTP/1.0");
    }

    // A proxy is sent the whole address, and every server has to understand it.
    private static string PathAndQuery(string target)
    {
        const string scheme = "http://";
        if (target == "*")
            return "/";
        if (target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            var slash = target.IndexOf('/', scheme.Length);
            target = slash < 0 ? "/" : target[slash..];
        }

        return target.StartsWith('/') ? target : throw new HttpRefusedException(400, "the path does not begin with '/'");
    }

    private static Dictionary<string, string> Headers(ReadOnlySpan<string> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            if (line.Length == 0)
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line[..colon].AsSpan().ContainsAny(' ', '\t', '\n') || line.Contains('\n', StringComparison.Ordinal)
                || line.Contains('\r', StringComparison.Ordinal))
                throw new HttpRefusedException(400, "a header line is not valid");
            var name = line[..colon];
            // Two lengths, or two hosts, are how requests are smuggled.
            if (!headers.TryAdd(name, line[(colon + 1)..].Trim()) && IsSingle(name))
                throw new HttpRefusedException(400, "a header is given twice");
        }

        return headers;
    }

    private static bool IsSingle(string name) => name.ToLowerInvariant() is "host" or "content-length" or "range";

    private static Dictionary<string, string> QueryOf(string text)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            query[Decode(name, plusIsSpace: true)] = equals < 0 ? "" : Decode(pair[(equals + 1)..], plusIsSpace: true);
        }

        return query;
    }

    /// <summary>Percent-encoded UTF-8.</summary>
    private static string Decode(string text, bool plusIsSpace)
    {
        var bytes = new byte[text.Length];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !byte.TryParse(
                    text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count]))
                    throw new HttpRefusedException(400, "a '%' in the address is not followed by two hexadecimal digits");
                i += 2;
            }
            else
            {
                bytes[count] = text[i] == '+' && plusIsSpace ? (byte)' ' : (byte)text[i];
            }

            count++;
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            throw new HttpRefusedException(400, "the address is no UTF-8");
        }
    }
}
