using System.Runtime.CompilerServices;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr;

/// <summary>What happens before and after each atomic operation: here another thread of the run may get ahead.</summary>
internal static class SchedulePoint
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pass(string file, int line) => Scheduler.Point(file, line);
}
