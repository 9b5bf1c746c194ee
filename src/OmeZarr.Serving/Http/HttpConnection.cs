using System.Diagnostics;
using System.Net.Sockets;
using OmeZarr.Concurrency;
using OmeZarr.Memory;

namespace OmeZarr.Serving.Http;

/// <summary>One connection: requests one after the other, on a thread of its own, until either side has had enough.</summary>
/// <param name="socket">The other side; belongs to this.</param>
/// <param name="limits">The server's.</param>
/// <param name="handler">Answers.</param>
/// <param name="isCrowded">Whether the connection should end with the answer.</param>
/// <param name="onDefect">Told of what nobody thought of.</param>
/// <param name="cancel">Cancelled when the server ends.</param>
internal sealed class HttpConnection(
    Socket socket, HttpLimits limits, IHttpHandler handler, Func<bool> isCrowded, Action<Exception> onDefect,
    CancellationToken cancel) : IByteSink
{
    private const int StackBytes = 512 << 10;

    /// <summary>Sent by one call of the system, so that it is seen that the other side takes something.</summary>
    private const int MostBytesAtOnce = 256 << 10;

    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly byte[] _head = new byte[limits.HeadBytes];
    private NativeBuffer? _buffer;
    private int _received;
    private long _moved = Stopwatch.GetTimestamp();
    private Thread? _thread;

    /// <summary>How long ago something was received, sent or answered.</summary>
    public TimeSpan SinceItMoved => Stopwatch.GetElapsedTime(Volatile.Read(ref _moved));

    /// <summary>Starts its thread, which tells when it ends.</summary>
    /// <exception cref="OutOfMemoryException">The system gives no more threads.</exception>
    public void Start(Action<HttpConnection> ended)
    {
        _thread = new Thread(() => Run(ended), StackBytes) { IsBackground = true, Name = "omezarr http" };
        _thread.Start();
    }

    /// <summary>Ends it; any thread. What waits for the other side fails.</summary>
    public void Close() => socket.Dispose();

    /// <summary>Waits for the thread's end; false when it takes longer.</summary>
    public bool Join(Deadline deadline) => _thread?.Join(deadline.RemainingMs) ?? true;

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                var sent = socket.Send(bytes[..Math.Min(bytes.Length, MostBytesAtOnce)]);
                bytes = bytes[sent..];
                Moved();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("the other side does not take the answer", e);
        }
    }

    private void Moved() => Volatile.Write(ref _moved, Stopwatch.GetTimestamp());

    private void Run(Action<HttpConnection> ended)
    {
        try
        {
            BackgroundThread.Isolate();
            BackgroundThread.GiveWay();
            socket.NoDelay = true;
            socket.SendTimeout = limits.SendMs;
            while (!cancel.IsCancellationRequested && AnswerNext())
                Moved();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The other side has gone away, or is too slow: there is nobody to tell.
        }
        catch (Exception e)
        {
            // The host must not die of it.
            onDefect(e);
        }
        finally
        {
            socket.Dispose();
            _buffer?.Dispose();
            ended(this);
        }
    }

    // False: the connection ends.
    private bool AnswerNext()
    {
        HttpResponse? response = null;
        try
        {
            var length = ReceiveHead();
            if (length == 0)
                return false;
            var request = RequestParser.Parse(_head.AsSpan(0, length), limits);
            _head.AsSpan(length, _received - length).CopyTo(_head);
            _received -= length;
            _buffer ??= new NativeBuffer(limits.BufferBytes);
            response = new HttpResponse(this, _buffer, request.Method == RequestMethod.Head, request.KeepsAlive && !isCrowded());
            handler.Answer(request, response, cancel);
            return response is { IsWhole: true, KeepsAlive: true };
        }
        catch (HttpRefusedException refusal) when (response is not { HasBegun: true })
        {
            // Of a request that was not understood nobody knows where it ends.
            var answer = response ?? new HttpResponse(this, null, isHead: false, keepsAlive: false);
            answer.SendText(refusal.Status, refusal.Message);
            if (!answer.KeepsAlive)
                Drain();
            return answer.KeepsAlive;
        }
    }

    /// <summary>Receives until a head is whole; returns its length, or 0 when there is none any more.</summary>
    private int ReceiveHead()
    {
        Deadline? deadline = _received > 0 ? Deadline.After(limits.HeadMs) : null;
        for (var searched = 0; ;)
        {
            var end = _head.AsSpan(searched, _received - searched).IndexOf(EndOfHead);
            if (end >= 0)
                return searched + end + EndOfHead.Length;
            if (_received == _head.Length)
                throw new HttpRefusedException(431, $"a request's head has at most {limits.HeadBytes} bytes");
            searched = Math.Max(0, _received - EndOfHead.Length + 1);
            // 0 would be for ever.
            socket.ReceiveTimeout = Math.Max(1, deadline?.RemainingMs ?? limits.IdleMs);
            var received = socket.Receive(_head.AsSpan(_received));
            if (received == 0)
                return 0;
            _received += received;
            deadline ??= Deadline.After(limits.HeadMs);
            if (deadline.Value.HasPassed)
                return 0;
        }
    }

    // A connection that is closed with bytes unread is reset, and the other side may lose the answer.
    private void Drain()
    {
        const int most = 1 << 20, waitMs = 1000;
        socket.Shutdown(SocketShutdown.Send);
        var deadline = Deadline.After(waitMs);
        for (var drained = 0; drained < most && !deadline.HasPassed;)
        {
            socket.ReceiveTimeout = Math.Max(1, deadline.RemainingMs);
            var received = socket.Receive(_head);
            if (received == 0)
                return;
            drained += received;
        }
    }
}
