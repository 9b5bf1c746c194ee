using System.Runtime.CompilerServices;
using Real = System.Threading.Interlocked;

namespace OmeZarr;

/// <summary>
/// Replaces <see cref="System.Threading.Interlocked"/> in all namespaces below this one: an enclosing namespace takes precedence
/// over a <c>using</c>. Each operation is a step, before and after which another thread may run.
/// </summary>
internal static class Interlocked
{
    public static int Increment(ref int value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Increment(ref value), file, line);
    }

    public static long Increment(ref long value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Increment(ref value), file, line);
    }

    public static uint Increment(ref uint value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Increment(ref value), file, line);
    }

    public static int Decrement(ref int value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Decrement(ref value), file, line);
    }

    public static long Decrement(ref long value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Decrement(ref value), file, line);
    }

    public static int Add(ref int value, int more, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Add(ref value, more), file, line);
    }

    public static long Add(ref long value, long more, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Add(ref value, more), file, line);
    }

    public static ulong Or(ref ulong value, ulong bits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Or(ref value, bits), file, line);
    }

    public static long Or(ref long value, long bits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Or(ref value, bits), file, line);
    }

    public static ulong And(ref ulong value, ulong bits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.And(ref value, bits), file, line);
    }

    public static long And(ref long value, long bits, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.And(ref value, bits), file, line);
    }

    public static T Exchange<T>(ref T value, T with, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.Exchange(ref value, with), file, line);
    }

    public static T CompareExchange<T>(ref T value, T with, T expected, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Then(Real.CompareExchange(ref value, with, expected), file, line);
    }

    public static long Read(ref readonly long value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        return Real.Read(in value);
    }

    public static void MemoryBarrier([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        SchedulePoint.Pass(file, line);

    private static T Then<T>(T result, string file, int line)
    {
        SchedulePoint.Pass(file, line);
        return result;
    }
}
