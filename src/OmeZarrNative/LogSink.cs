using OmeZarr.Concurrency;

namespace OmeZarrNative;

/// <summary>A line of the log.</summary>
internal readonly record struct LogLine(DateTime Time, LogLevel Level, string Message);

/// <summary>
/// One receiver of the log: a bounded queue and a thread that delivers its lines one at a time. The code that logs never waits
/// for the receiver, however slow, stuck or failing it is. Any thread.
/// </summary>
internal sealed class LogSink
{
    /// <summary>
    /// The most queued lines; those beyond are counted, and the count is reported once the receiver has caught up.
    /// </summary>
    private const int MostLines = 1024;

    private const int StackBytes = 512 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly EventCount _added = new();
    private readonly EventCount _ended = new();
    private readonly Action<LogLine> _receive;
    private readonly Action _end;
    private readonly LogLevel _minimum;
    private readonly Thread _thread;
    private long _leftOut;
    private bool _closing; // Guarded by the gate, with the lines and the count.
    private volatile bool _hasEnded;

    private LogSink(string name, LogLevel minimum, Action<LogLine> receive, Action end)
    {
        _minimum = minimum;
        _receive = receive;
        _end = end;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = name };
    }

    /// <summary>Whether the receiver is no longer called, and its thread has ended.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Whether the caller is the receiver itself.</summary>
    public bool IsOwnThread => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    /// <param name="name">The thread's name.</param>
    /// <param name="minimum">Lines below this level are not delivered.</param>
    /// <param name="receive">Receives a line; an exception loses that line only.</param>
    /// <param name="end">Called last.</param>
    public static LogSink Start(string name, LogLevel minimum, Action<LogLine> receive, Action end)
    {
        var sink = new LogSink(name, minimum, receive, end);
        sink._thread.Start();
        return sink;
    }

    public void Add(in LogLine line)
    {
        if (line.Level < _minimum)
            return;
        lock (_gate)
        {
            if (_closing)
                return;
            if (_lines.Count < MostLines)
                _lines.Enqueue(line);
            else
                _leftOut++;
        }

        _added.Notify();
    }

    /// <summary>
    /// Accepts no more lines, and waits until those so far are delivered and the receiver is no longer called. False when the
    /// time-out passed first: then queued lines are dropped, and at most the current call goes on.
    /// </summary>
    public bool Close(Deadline deadline)
    {
        lock (_gate)
            _closing = true;
        _added.Notify();
        while (true)
        {
            var ticket = _ended.Prepare();
            if (_hasEnded || deadline.HasPassed)
            {
                _ended.Cancel();
                break;
            }

            _ended.Wait(ticket, deadline.RemainingMs);
        }

        if (_hasEnded)
            return true;
        lock (_gate)
        {
            _lines.Clear();
            _leftOut = 0;
        }

        return false;
    }

    private void Run()
    {
        try
        {
            BackgroundThread.Isolate();
            while (WaitForLine(out var line))
                Hand(line);
            _end();
        }
        catch (Exception)
        {
            // Out of memory: this receiver gets nothing more, and there is nobody to tell.
        }

        _hasEnded = true;
        _ended.Notify();
    }

    private bool WaitForLine(out LogLine line)
    {
        while (true)
        {
            var ticket = _added.Prepare();
            var isLast = IsLast(out line, out var isLine);
            if (isLine || isLast)
            {
                _added.Cancel();
                return isLine;
            }

            _added.Wait(ticket, -1);
        }
    }

    private bool IsLast(out LogLine line, out bool isLine)
    {
        lock (_gate)
        {
            isLine = _lines.TryDequeue(out line);
            if (!isLine && _leftOut > 0)
            {
                line = new LogLine(DateTime.UtcNow, LogLevel.Warning,
                    $"{_leftOut} lines of the log are missing here: they came faster than they were taken");
                _leftOut = 0;
                isLine = true;
            }

            return _closing;
        }
    }

    private void Hand(in LogLine line)
    {
        try
        {
            _receive(line);
        }
        catch (Exception)
        {
            // Only this line is lost; the receiver knows best what to do about it.
        }

        // The host's code may have changed the floating-point environment.
        FloatEnvironment.SetDefault();
    }
}
