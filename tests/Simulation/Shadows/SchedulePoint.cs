using System.Runtime.CompilerServices;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr;

/// <summary>Called before and after each atomic operation: another thread of the run may run here.</summary>
internal static class SchedulePoint
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pass(string file, int line) => Scheduler.Point(file, line);
}
