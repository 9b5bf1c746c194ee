namespace OmeZarr.Litmus;

/// <summary>
/// Stands in the parts, broken or not, where the system may interrupt a thread and others get ahead: there it happens
/// often, so that rare interleavings come in every run. What is right stays right.
/// </summary>
internal static class Interruption
{
    /// <summary>How many times sooner a watch ends: after its first look instead of two seconds.</summary>
    public const long WatchHaste = 10_000;

    private const int LongestSpin = 500;
    private const int MostYields = 200;

    private static uint s_threads;

    [ThreadStatic]
    private static Worker? s_chances;

    /// <summary>One time in sixteen gives the processor away, and one time lets another one get ahead.</summary>
    public static void MayCome()
    {
        s_chances ??= new Worker(Interlocked.Increment(ref s_threads));
        switch (s_chances.Choose(16))
        {
            case 0:
                Thread.Yield();
                break;
            case 1:
                Thread.SpinWait(s_chances.Choose(LongestSpin));
                break;
        }
    }

    /// <summary>Lets others get ahead for longer, each time; where that costs little, since threads seldom come by.</summary>
    public static void Comes()
    {
        s_chances ??= new Worker(Interlocked.Increment(ref s_threads));
        for (var yields = s_chances.Choose(MostYields); yields > 0; yields--)
            Thread.Yield();
    }
}
