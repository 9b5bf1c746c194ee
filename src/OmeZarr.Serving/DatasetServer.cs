using System.Net;
using System.Net.Sockets;
using OmeZarr.Reading.Arrays;
using OmeZarr.Serving.Http;
using OmeZarr.Serving.Routes;
using OmeZarr.Serving.Sources;
using OmeZarr.Storage;

namespace OmeZarr.Serving;

/// <summary>
/// A dataset over HTTP: its files below its name, for other viewers, and a page of its own at the root. Any thread.
/// </summary>
public sealed class DatasetServer : IHttpHandler, IDisposable
{
    /// <summary>What the page asks for is below this, which is no name that a dataset would have.</summary>
    private const string PageFolder = "-";

    private readonly HttpServer _server;
    private readonly string _prefix;
    private readonly Action<Exception> _onDefect;
    private ServedDataset? _served;
    private Answers? _answers;

    private DatasetServer(HttpServer server, string? token, Action<Exception> onDefect)
    {
        _server = server;
        _prefix = token is null ? "/" : $"/{token}/";
        _onDefect = onDefect;
    }

    /// <summary>The page's address.</summary>
    public string Url
    {
        get
        {
            var end = _server.EndPoint;
            var host = end.Address.Equals(IPAddress.Any) || end.Address.Equals(IPAddress.IPv6Any) ? Dns.GetHostName()
                : end.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{end.Address}]" : $"{end.Address}";
            return $"http://{host}:{end.Port}{_prefix}";
        }
    }

    /// <summary>Connections that are open.</summary>
    public int OpenConnections => _server.OpenConnections;

    /// <summary>Takes a port. Nothing is answered before <see cref="Start"/>.</summary>
    /// <param name="address">Of this machine.</param>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="token">What addresses begin with, so that only who knows it sees anything; null for none.</param>
    /// <param name="limits">Null for the defaults.</param>
    /// <param name="onDefect">Told of what nobody thought of; on any thread.</param>
    /// <exception cref="IOException">The port cannot be had; the message says why.</exception>
    public static DatasetServer Bind(
        IPAddress address, int port, string? token = null, HttpLimits? limits = null, Action<Exception>? onDefect = null)
    {
        onDefect ??= static _ => { };
        return new DatasetServer(HttpServer.Bind(address, port, limits, onDefect), token, onDefect);
    }

    /// <summary>A token that nobody guesses.</summary>
    // 122 random bits of the system.
    public static string NewToken() => Guid.NewGuid().ToString("N");

    /// <summary>Begins to answer; before <see cref="Show"/> there is nothing to be seen.</summary>
    /// <exception cref="OutOfMemoryException">The system gives no more threads.</exception>
    public void Start() => _server.Start(this);

    /// <summary>Shows something, once.</summary>
    public void Show(IServedSource source)
    {
        var served = new ServedDataset(source);
        _answers = new Answers(served);
        // Release: who sees it also sees the answers.
        Volatile.Write(ref _served, served);
    }

    /// <summary>Ends every connection and thread.</summary>
    public void Dispose()
    {
        // What a thread still reads that a store holds up is left to it.
        if (_server.Stop())
            _served?.Dispose();
    }

    /// <inheritdoc/>
    public void Answer(HttpRequest request, HttpResponse response, CancellationToken cancel)
    {
        try
        {
            Route(request, response, cancel);
        }
        catch (ReadingException e) when (!response.HasBegun)
        {
            throw new HttpRefusedException(StatusOf(e.Kind), e.Message);
        }
        catch (StoreException e) when (!response.HasBegun)
        {
            throw new HttpRefusedException(e.Kind == StoreErrorKind.InvalidKey ? 404 : 500, e.Message);
        }
        catch (Exception e) when (!response.HasBegun && e is not (HttpRefusedException or IOException or ObjectDisposedException))
        {
            _onDefect(e);
            throw new HttpRefusedException(500, "a defect of the program, please report it");
        }
    }

    private void Route(HttpRequest request, HttpResponse response, CancellationToken cancel)
    {
        if (!HostNames.IsOurs(_server.EndPoint.Address, request.Host))
            throw new HttpRefusedException(421, "this server answers to this machine's own names only");
        response.Add("X-Content-Type-Options", "nosniff");
        response.Add("Referrer-Policy", "no-referrer");
        if (request.Method == RequestMethod.Other)
            throw new HttpRefusedException(405, "GET, HEAD and OPTIONS are answered");
        if (Volatile.Read(ref _served) is not { } served)
            throw new HttpRefusedException(503, "it has not begun yet");
        if (!TryFind(served, request, response, cancel))
            throw new HttpRefusedException(404, "there is nothing of that name");
    }

    private bool TryFind(ServedDataset served, HttpRequest request, HttpResponse response, CancellationToken cancel)
    {
        if (!HasPrefix(request.Path))
            return false;
        var path = request.Path[_prefix.Length..];
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var (folder, rest) = slash < 0 ? (path, "") : (path[..slash], path[(slash + 1)..]);
        if (folder == served.Source.Name)
        {
            SendFile(served, rest, request, response, cancel);
            return true;
        }

        // The page asks for nothing that needs permission; pages of others get none.
        if (request.Method == RequestMethod.Options)
            return false;
        if (path.Length == 0)
            return PageFiles.TryAnswer("", response);
        return folder == PageFolder && rest.Length > 0
            && (PageFiles.TryAnswer(rest, response) || _answers!.TryAnswer(rest, request, response, cancel));
    }

    private static void SendFile(
        ServedDataset served, string key, HttpRequest request, HttpResponse response, CancellationToken cancel)
    {
        Allow(request, response);
        if (request.Method == RequestMethod.Options)
            response.SendEmpty(204);
        else
            StoredObjects.Answer(served.Get(cancel).Store, key, served.MayGrow, request, response, cancel);
    }

    /// <summary>Other viewers are pages of other origins, and may read the files, also that one is not there.</summary>
    private static void Allow(HttpRequest request, HttpResponse response)
    {
        response.Add("Access-Control-Allow-Origin", "*");
        response.Add("Access-Control-Expose-Headers", "Accept-Ranges, Content-Length, Content-Range, ETag");
        if (request.Method != RequestMethod.Options)
            return;
        response.Add("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
        response.Add("Access-Control-Allow-Headers", "*");
        response.Add("Access-Control-Max-Age", "600");
        if (request.AsksForPrivateNetwork)
            response.Add("Access-Control-Allow-Private-Network", "true");
    }

    // Takes as long whatever is wrong.
    private bool HasPrefix(string path)
    {
        if (path.Length < _prefix.Length)
            return false;
        var difference = 0;
        for (var i = 0; i < _prefix.Length; i++)
            difference |= path[i] ^ _prefix[i];
        return difference == 0;
    }

    private static int StatusOf(ReadingErrorKind kind) => kind switch
    {
        ReadingErrorKind.NotFound => 404,
        ReadingErrorKind.OutOfRange => 400,
        ReadingErrorKind.GivenUp => 503,
        _ => 500,
    };
}
