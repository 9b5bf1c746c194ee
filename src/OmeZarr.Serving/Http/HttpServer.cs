using System.Net;
using System.Net.Sockets;
using OmeZarr.Concurrency;

namespace OmeZarr.Serving.Http;

/// <summary>
/// A small HTTP/1.1 server over sockets that wait: one thread takes connections, and each connection has one. Everything that
/// it uses has a limit. docs/serving.md says why it is our own.
/// </summary>
public sealed class HttpServer : IDisposable
{
    private const int Backlog = 512;

    private const int StackBytes = 256 << 10;

    /// <summary>How often the thread that takes connections looks whether it should end.</summary>
    private const int LookMs = 50;

    /// <summary>How long the end waits for threads that a store holds up.</summary>
    private const int EndMs = 5000;

    private readonly Socket _listener;
    private readonly HttpLimits _limits;
    private readonly Action<Exception> _onDefect;
    private readonly CancellationTokenSource _stop = new();
    private readonly AutoResetEvent _left = new(initialState: false);
    private readonly Lock _lock = new();
    private readonly HashSet<HttpConnection> _connections = [];
    private IHttpHandler? _handler;
    private Thread? _thread;

    private HttpServer(Socket listener, HttpLimits limits, Action<Exception> onDefect)
    {
        _listener = listener;
        _limits = limits;
        _onDefect = onDefect;
    }

    /// <summary>Where it listens; the port is the one that was found.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connections that are open.</summary>
    public int OpenConnections
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>Takes a port, so that nobody else gets it; nothing is answered before <see cref="Start"/>.</summary>
    /// <param name="address">Of this machine.</param>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="limits">Null for the defaults.</param>
    /// <param name="onDefect">Told of exceptions that nobody thought of; on any thread.</param>
    /// <exception cref="IOException">It cannot be had; the message says why, in words.</exception>
    public static HttpServer Bind(
        IPAddress address, int port, HttpLimits? limits = null, Action<Exception>? onDefect = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        // With its first socket the runtime starts a thread for all of them, which stays. Made here it is none that the host's
        // signals could go to: threads have the mask of who made them.
        Socket? listener = null;
        Exception? failure = null;
        void ListenIsolated()
        {
            try
            {
                BackgroundThread.Isolate();
                listener = Listen(address, port);
            }
            catch (Exception e)
            {
                failure = e;
            }
        }

        var thread = new Thread(ListenIsolated, StackBytes) { IsBackground = true, Name = "omezarr http" };
        thread.Start();
        thread.Join();
        return failure switch
        {
            null => new HttpServer(listener!, limits ?? new HttpLimits(), onDefect ?? (static _ => { })),
            SocketException e => throw new IOException(Refusal(address, port, e), e),
            _ => throw new IOException($"port {port} of {address} cannot be used: {failure.Message}", failure),
        };
    }

    /// <summary>Begins to answer.</summary>
    /// <exception cref="OutOfMemoryException">The system gives no more threads.</exception>
    public void Start(IHttpHandler handler)
    {
        _handler = handler;
        var thread = new Thread(TakeConnections, StackBytes) { IsBackground = true, Name = "omezarr http" };
        thread.Start();
        _thread = thread;
    }

    /// <summary>
    /// Ends it: nothing is answered any more, and every thread has ended, unless a store holds one up for long; that one ends
    /// when the store answers.
    /// </summary>
    /// <returns>Whether every thread has ended.</returns>
    public bool Stop()
    {
        _stop.Cancel();
        var deadline = Deadline.After(EndMs);
        var hasEnded = _thread?.Join(EndMs) ?? true;
        _listener.Dispose();
        HttpConnection[] connections;
        lock (_lock)
            connections = [.. _connections];
        foreach (var connection in connections)
            connection.Close();
        foreach (var connection in connections)
            hasEnded &= connection.Join(deadline);
        return hasEnded;
    }

    public void Dispose() => Stop();

    private static Socket Listen(IPAddress address, int port)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // A port that somebody else listens on is refused on Windows only then.
            if (OperatingSystem.IsWindows())
                listener.ExclusiveAddressUse = true;
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private static string Refusal(IPAddress address, int port, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"port {port} of {address} is in use by another program; give another port, or 0 for any that is free",
        SocketError.AccessDenied => $"port {port} of {address} may not be used: the system keeps it for others",
        SocketError.AddressNotAvailable => $"{address} is no address of this machine",
        _ => $"port {port} of {address} cannot be used: {e.Message}",
    };

    private void TakeConnections()
    {
        try
        {
            BackgroundThread.Isolate();
            while (!_stop.IsCancellationRequested)
            {
                if (HasRoom() && _listener.Poll(TimeSpan.FromMilliseconds(LookMs), SelectMode.SelectRead))
                    TakeOne();
            }
        }
        catch (Exception e)
        {
            // The host must not die of it.
            _onDefect(e);
        }
    }

    private void TakeOne()
    {
        Socket socket;
        try
        {
            socket = _listener.Accept();
        }
        catch (SocketException)
        {
            // It has gone away again, or there are no descriptors left: then it is tried anew.
            _stop.Token.WaitHandle.WaitOne(1);
            return;
        }

        var connection = new HttpConnection(socket, _limits, _handler!, IsCrowded, _onDefect, _stop.Token);
        lock (_lock)
            _connections.Add(connection);
        try
        {
            connection.Start(Forget);
        }
        catch (OutOfMemoryException)
        {
            connection.Close();
            Forget(connection);
        }
    }

    /// <summary>
    /// Whether there is room for one more connection; waits a little for it. Others wait with the system meanwhile.
    /// </summary>
    private bool HasRoom()
    {
        HttpConnection? oldest;
        lock (_lock)
        {
            if (_connections.Count < _limits.Connections)
                return true;
            oldest = _connections.MaxBy(connection => connection.SinceItMoved);
        }

        // Whoever has not moved on for long gives way: a browser's spare connection, or somebody who wants to keep others out.
        if (oldest!.SinceItMoved.TotalMilliseconds >= _limits.GivesWayAfterMs)
            oldest.Close();
        _left.WaitOne(LookMs);
        return false;
    }

    /// <summary>Whether others may have to wait: then no connection stays open without a request.</summary>
    private bool IsCrowded() => OpenConnections * 4 >= _limits.Connections * 3;

    private void Forget(HttpConnection connection)
    {
        lock (_lock)
            _connections.Remove(connection);
        _left.Set();
    }
}
