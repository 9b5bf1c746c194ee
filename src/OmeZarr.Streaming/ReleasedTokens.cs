using OmeZarr.Concurrency;

namespace OmeZarr.Streaming;

/// <summary>Waits for borrowed frames to be released. Any thread.</summary>
public static class ReleasedTokens
{
    /// <summary>
    /// Takes tokens of released frames, as many as there are. Waits until there is one, none can come any more, or the deadline
    /// passes.
    /// </summary>
    /// <param name="borrowed">The borrowed frames; valid also after their stream's end.</param>
    /// <param name="pipeline">Their pipeline, whose workers are woken before this waits; null after its end.</param>
    /// <param name="tokens">Receives the tokens.</param>
    /// <param name="deadline">Until when to wait.</param>
    /// <returns>How many.</returns>
    public static int Take(BorrowedFrames borrowed, CameraPipeline? pipeline, Span<ulong> tokens, Deadline deadline)
    {
        ArgumentNullException.ThrowIfNull(borrowed);
        var taken = 0;
        while (true)
        {
            var ticket = borrowed.FrameReleased.Prepare();
            // Read first: what was released before the end is found below.
            var hasEnded = borrowed.HasEnded;
            while (taken < tokens.Length && borrowed.TryTakeReleased(out var token))
                tokens[taken++] = token;
            if (taken > 0 || hasEnded || deadline.HasPassed)
            {
                borrowed.FrameReleased.Cancel();
                return taken;
            }

            pipeline?.WakeWorkers();
            borrowed.FrameReleased.Wait(ticket, deadline.RemainingMs);
        }
    }
}
