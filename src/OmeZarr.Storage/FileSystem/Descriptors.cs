namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// What a store does when the process has no descriptor left: a shard that is idle gives its own up; when none is, the
/// rest of the process is given a few seconds to close something. After that was in vain, what follows does not wait again for
/// a while: an end that has hundreds of documents to write must not take as many times as long.
/// </summary>
internal sealed class Descriptors(OpenFileBudget budget, StopSignal stop)
{
    /// <summary>Waits double from 1 ms to 128 ms: about five seconds in all, then the error stands.</summary>
    private const int MostAttempts = 46;
    private const int LongestWaitShift = 7;
    private const long NoWaitAfterVainMs = 60_000;
    private const long Never = -1;
    private const int Enfile = 23;
    private const int Emfile = 24;

    private long _vainAt = Never;

    /// <summary>Whether another attempt may find a descriptor.</summary>
    /// <param name="error">What the system said; any other than having none left is not helped.</param>
    /// <param name="attempt">How often it has been tried, from 1.</param>
    /// <param name="cancel">Ends the wait.</param>
    public bool MadeRoom(int error, int attempt, CancellationToken cancel = default)
    {
        if (error is not (Emfile or Enfile) || stop.IsCancelled || cancel.IsCancellationRequested)
            return false;
        if (attempt >= MostAttempts)
        {
            Volatile.Write(ref _vainAt, Environment.TickCount64);
            return false;
        }

        return budget.TryCloseOne() || (MayWait && stop.Waited(Pause(attempt), cancel));
    }

    private bool MayWait
    {
        get
        {
            var at = Volatile.Read(ref _vainAt);
            return at == Never || Environment.TickCount64 - at > NoWaitAfterVainMs;
        }
    }

    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(1 << Math.Min(attempt - 1, LongestWaitShift));
}
