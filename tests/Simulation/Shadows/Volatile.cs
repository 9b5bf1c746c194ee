using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Real = System.Threading.Volatile;

namespace OmeZarr;

/// <summary>Replaces <see cref="System.Threading.Volatile"/>, as <see cref="Interlocked"/> does.</summary>
internal static class Volatile
{
    [return: NotNullIfNotNull(nameof(value))]
    public static T Read<T>(ref readonly T value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        var read = value!;
        Real.ReadBarrier();
        return read;
    }

    public static void Write<T>(ref T place, T value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SchedulePoint.Pass(file, line);
        Real.WriteBarrier();
        place = value;
        SchedulePoint.Pass(file, line);
    }

    // Numbers without a type.
    public static void Write(ref ulong place, ulong value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Write<ulong>(ref place, value, file, line);

    public static void Write(ref long place, long value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Write<long>(ref place, value, file, line);
}
