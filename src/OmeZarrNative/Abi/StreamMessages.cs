using OmeZarr.Concurrency;

namespace OmeZarrNative.Abi;

/// <summary>
/// The message of the last call that failed on each stream, whatever thread made it: hosts whose calls come from another thread
/// each time cannot ask for their thread's. Also of streams that have ended, as far as they are not too many. Any thread.
/// </summary>
internal static class StreamMessages
{
    private const int MostStreams = 1024;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<ulong, byte[]> Messages = [];
    private static readonly Dictionary<ulong, byte[]> AfterEnd = [];
    private static readonly Queue<ulong> Order = new();

    /// <summary>Keeps the calling thread's last message as the stream's, and returns the status. Throws nothing.</summary>
    public static int Keep(ulong stream, int status)
    {
        // A forked child may find the lock held for ever.
        if (status is Status.Forked)
            return status;
        try
        {
            using var host = FloatEnvironment.UseDefault();
            if (status is Status.InvalidHandle)
                KeepAfterEnd(stream, LastError.Message);
            else
                Keep(stream, LastError.Message);
        }
        catch (OutOfMemoryException)
        {
            // The thread has its message; there is no memory to keep it twice.
        }

        return status;
    }

    /// <summary>The stream's last message, or null.</summary>
    public static byte[]? Of(ulong stream)
    {
        lock (Gate)
            return AfterEnd.GetValueOrDefault(stream) ?? Messages.GetValueOrDefault(stream);
    }

    /// <summary>Makes a stream known, so that what is said of it after its end is kept, too.</summary>
    public static void Begin(ulong stream) => Keep(stream, []);

    private static void Keep(ulong stream, byte[] message)
    {
        lock (Gate)
        {
            if (!Messages.ContainsKey(stream))
            {
                Order.Enqueue(stream);
                if (Order.Count > MostStreams)
                {
                    Messages.Remove(Order.Peek());
                    AfterEnd.Remove(Order.Dequeue());
                }
            }

            Messages[stream] = message;
        }
    }

    // A handle that was never given out has no messages. What the end said is not lost by a call that comes too late.
    private static void KeepAfterEnd(ulong stream, byte[] message)
    {
        lock (Gate)
        {
            if (Messages.TryGetValue(stream, out var last))
                AfterEnd[stream] = last.Length == 0 ? message : [.. message, .. "; its last failure before: "u8, .. last];
        }
    }
}
