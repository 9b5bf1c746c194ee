namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Repeats what another program may hinder for a moment: a virus scanner or indexer that has just opened the file, a
/// reader that maps it.
/// </summary>
internal sealed class Retry(Func<Exception, bool> isTransient, Func<TimeSpan, bool> waitUnlessClosing)
{
    /// <summary>Waits double from 1 ms up to 256 ms: about half a second in all, then the error stands.</summary>
    public const int MaxAttempts = 10;

    /// <summary>Runs an action, which gets what it needs as an argument so that nothing is allocated.</summary>
    public void Run<T>(T argument, Action<T> action)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                action(argument);
                return;
            }
            catch (Exception e) when (attempt < MaxAttempts && isTransient(e) && waitUnlessClosing(Delay(attempt)))
            {
                // Tried again: the filter has waited.
            }
        }
    }

    private static TimeSpan Delay(int attempt) => TimeSpan.FromMilliseconds(1 << (attempt - 1));
}
