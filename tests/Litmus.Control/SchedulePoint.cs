namespace OmeZarr;

/// <summary>What happens before and after each atomic operation: here the system may interrupt the thread.</summary>
internal static class SchedulePoint
{
    public static void Pass(string file, int line) => Litmus.Interruption.MayCome();
}
