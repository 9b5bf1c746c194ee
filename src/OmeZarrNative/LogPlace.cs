using OmeZarr.Concurrency;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Holds the current receiver of one kind, and earlier ones until they have ended. Any thread.</summary>
internal sealed class LogPlace
{
    private readonly Lock _gate = new();
    private readonly List<LogSink> _earlier = [];
    private LogSink? _current;

    public bool IsTaken => Volatile.Read(ref _current) is not null;

    public void Add(in LogLine line) => Volatile.Read(ref _current)?.Add(line);

    /// <summary>
    /// Sends lines to another receiver, or to none, and waits until no earlier one is called any more. False when the time-out
    /// passed first; the change takes effect all the same, and a later call waits for the remaining receivers.
    /// </summary>
    /// <exception cref="AbiException">The caller is a receiver, which cannot wait for itself; nothing is changed.</exception>
    public bool Replace(LogSink? next, Deadline deadline)
    {
        LogSink[] earlier;
        lock (_gate)
        {
            if (_current?.IsOwnThread == true || _earlier.Exists(static sink => sink.IsOwnThread))
            {
                next?.Close(deadline);
                throw new AbiException(Status.Busy, "a log callback must not call the library: nothing was changed");
            }

            if (_current is { } last)
                _earlier.Add(last);
            // Release: a thread that finds the receiver finds it fully initialized.
            Volatile.Write(ref _current, next);
            earlier = [.. _earlier];
        }

        var allEnded = true;
        foreach (var sink in earlier)
            allEnded &= sink.Close(deadline);
        lock (_gate)
            _earlier.RemoveAll(static sink => sink.HasEnded);
        return allEnded;
    }
}
