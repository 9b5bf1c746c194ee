namespace OmeZarr.Litmus;

/// <summary>
/// Comes where the system may interrupt a thread and others get ahead: there it happens often, so that rare interleavings come
/// in every run. What is right stays right.
/// </summary>
internal static class Interruption
{
    private const int LongestSpin = 500;
    private const int OneIn = 32;

    private static int s_threads;

    [ThreadStatic]
    private static uint s_state;

    /// <summary>One time in so many gives the processor away, and one time lets another one get ahead.</summary>
    public static void MayCome()
    {
        switch (Choose(OneIn))
        {
            case 0:
                Thread.Yield();
                break;
            case 1:
                Thread.SpinWait(Choose(LongestSpin));
                break;
        }
    }

    // Xorshift, of the thread's own; no part that is interrupted itself.
    private static int Choose(int bound)
    {
        if (s_state == 0)
            s_state = ((uint)System.Threading.Interlocked.Increment(ref s_threads) * 2654435761u) | 1;
        s_state ^= s_state << 13;
        s_state ^= s_state >> 17;
        s_state ^= s_state << 5;
        return (int)(s_state % (uint)bound);
    }
}
