using System.Text.Json;
using OmeZarr.Benchmarks.Children;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Rows.Memory;

/// <summary>Whether a long stream's last part is like its first.</summary>
internal static class Flatness
{
    private const double MiB = 1 << 20;

    /// <summary>Resident memory after the last part over that after the first.</summary>
    public static Finding Memory(int row, JsonElement[] rounds, string name) => new()
    {
        Row = row,
        Name = $"published library, {name}",
        Quantity = "resident memory after the last tenth",
        Unit = "MiB",
        Measured = Spread.Of(rounds.Select(round => Part(round, "resident", LongStream.Parts - 1) / MiB)),
        Against = $"after the first tenth, {Spread.Of(rounds.Select(round => Part(round, "resident", 0) / MiB)).Median:0.0} MiB",
        Ratio = Spread.Of(rounds.Select(round => LastOverFirst(round, "resident"))),
        Budget = Budget.AtMost(1.05),
    };

    /// <summary>Time of the last part over that of the first.</summary>
    public static Finding Time(int row, JsonElement[] rounds, string name, long frames)
    {
        double Nanoseconds(JsonElement round, int part) => Part(round, "seconds", part) * LongStream.Parts / frames * 1e9;
        return new Finding
        {
            Row = row,
            Name = $"published library, {name}",
            Quantity = "time a frame in the last tenth",
            Unit = "ns",
            Measured = Spread.Of(rounds.Select(round => Nanoseconds(round, LongStream.Parts - 1))),
            Against = $"in the first tenth, {Spread.Of(rounds.Select(round => Nanoseconds(round, 0))).Median:0} ns",
            Ratio = Spread.Of(rounds.Select(round => LastOverFirst(round, "seconds"))),
            Budget = Budget.AtMost(1.1),
            Note = $"{rounds[0].GetProperty("chunks").GetInt64()} chunks",
        };
    }

    private static double LastOverFirst(JsonElement round, string name) =>
        Part(round, name, LongStream.Parts - 1) / Part(round, name, 0);

    private static double Part(JsonElement round, string name, int part) => round.GetProperty(name)[part].GetDouble();
}
