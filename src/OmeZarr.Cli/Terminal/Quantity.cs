using System.Globalization;

namespace OmeZarr.Cli.Terminal;

/// <summary>Numbers as people read them.</summary>
internal static class Quantity
{
    private const double Step = 1024;

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Bytes in the largest unit that leaves at least one of it: <c>1.5 GiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (Math.Abs(bytes) >= 1000 && unit < Units.Length - 1)
        {
            bytes /= Step;
            unit++;
        }

        return $"{Number(bytes, unit == 0 ? 0 : 1)} {Units[unit]}";
    }

    /// <summary>A number with so many places, and none when it is large.</summary>
    public static string Number(double value, int places) =>
        value.ToString(Math.Abs(value) >= 100 ? "F0" : $"F{places}", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun: <c>1 frame</c>, <c>2 frames</c>.</summary>
    public static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A time: <c>350 ms</c>, <c>12.5 s</c>, <c>3 min 20 s</c>, <c>5 h 10 min</c>.</summary>
    public static string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => $"{Number(time.TotalMilliseconds, 0)} ms",
        { TotalMinutes: < 1 } => $"{Number(time.TotalSeconds, 1)} s",
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{(long)time.TotalHours} h {time.Minutes} min",
    };
}
