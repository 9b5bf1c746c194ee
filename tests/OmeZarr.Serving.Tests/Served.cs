using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Reading;
using OmeZarr.Serving.Http;
using OmeZarr.Serving.Sources;
using OmeZarr.Storage;

namespace OmeZarr.Serving.Tests;

/// <summary>A server on a free port of this machine, over any store; and requests to it, well made or not.</summary>
internal sealed class Served : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(2);

    private readonly DatasetServer _server;
    private readonly ConcurrentQueue<Exception> _defects;

    private Served(DatasetServer server, HttpLimits limits, ConcurrentQueue<Exception> defects)
    {
        _server = server;
        _defects = defects;
        Limits = limits;
        Client = new HttpClient { BaseAddress = new Uri(server.Url), Timeout = Guard };
    }

    public HttpLimits Limits { get; }

    public HttpClient Client { get; }

    public string Url => _server.Url;

    public int Port => Client.BaseAddress!.Port;

    public int OpenConnections => _server.OpenConnections;

    public static Served From(IReadableStore store, string name = "data.ome.zarr", HttpLimits? limits = null, string? token =
        null)
    {
        limits ??= new HttpLimits();
        var defects = new ConcurrentQueue<Exception>();
        var server = DatasetServer.Bind(IPAddress.Loopback, 0, token, limits, defects.Enqueue);
        server.Show(new Source(store, name));
        server.Start();
        return new Served(server, limits, defects);
    }

    public HttpResponseMessage Get(string path, string? range = null)
    {
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, path);
        if (range is not null)
            request.Headers.TryAddWithoutValidation("Range", range);
        return Client.Send(request);
    }

    public JsonNode Json(string path) => JsonNode.Parse(BytesOf(Get(path)))!;

    public static byte[] BytesOf(HttpResponseMessage answer)
    {
        var bytes = answer.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        Assert.That((int)answer.StatusCode, Is.LessThan(400), () => Encoding.UTF8.GetString(bytes));
        return bytes;
    }

    /// <summary>A connection that speaks any bytes.</summary>
    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)Guard.TotalMilliseconds,
            SendTimeout = (int)Guard.TotalMilliseconds,
        };
        socket.Connect(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>Sends bytes and returns all that is answered until the server ends the connection.</summary>
    public string Say(ReadOnlySpan<byte> bytes)
    {
        using var socket = Connect();
        return Say(socket, bytes);
    }

    public static string Say(Socket socket, ReadOnlySpan<byte> bytes)
    {
        var answer = new MemoryStream();
        try
        {
            socket.Send(bytes);
            socket.Shutdown(SocketShutdown.Send);
            var piece = new byte[1 << 16];
            for (int received; (received = socket.Receive(piece)) > 0;)
                answer.Write(piece, 0, received);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // It had enough.
        }

        return Encoding.Latin1.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }

    /// <summary>A request with headers as they are given.</summary>
    public string Say(string requestLine, params string[] headers) => Say(
        Encoding.Latin1.GetBytes($"{requestLine}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"));

    /// <summary>Fails the test when the server met anything that nobody thought of.</summary>
    public void ShouldBeWell()
    {
        Assert.That(_defects, Is.Empty);
        Assert.That((int)Get("-/dataset").StatusCode, Is.EqualTo(200));
    }

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
    }

    /// <summary>A dataset in any store; the store stays open.</summary>
    private sealed class Source(IReadableStore store, string name) : IServedSource
    {
        public string Name => name;

        public bool IsLive => false;

        public Dataset Open(CancellationToken cancel) => Dataset.Open(store, cancel: cancel);

        public JsonObject? Stats() => null;

        public long? FreeBytes() => null;

        public ImmutableArray<long>? Newest(Dataset dataset, int image) => null;
    }
}
