using OmeZarr.Benchmarks.Measuring;
using Spectre.Console;

namespace OmeZarr.Benchmarks.Report;

/// <summary>Progress and results on the console.</summary>
internal static class ConsoleReport
{
    // A log file has no width of its own, and 80 columns break every line.
    private const int WidthWithoutTerminal = 220;

    static ConsoleReport()
    {
        if (!Console.IsOutputRedirected)
            return;
        AnsiConsole.Profile.Width = WidthWithoutTerminal;
        AnsiConsole.Profile.Capabilities.Ansi = false;
    }

    public static void Say(string text) => AnsiConsole.MarkupLineInterpolated($"[grey]{DateTime.UtcNow:HH:mm:ss}[/] {text}");

    public static void Write(Results results)
    {
        WriteLimits(results);
        WriteLayers(results);
        WriteFindings(results);
        foreach (var skipped in results.Skipped)
            AnsiConsole.MarkupLineInterpolated($"[yellow]left out:[/] {skipped}");
        if (results.Machine.Quick)
            AnsiConsole.MarkupLine("[yellow]A quick look: one small round of everything. Its figures say little.[/]");
    }

    private static void WriteLimits(Results results)
    {
        if (results.Limits.Count == 0)
            return;
        var table = Table("limit of this machine, in this run", "measured");
        foreach (var limit in results.Limits)
            table.AddRow(Markup.Escape(limit.Name), Cell(Figures.Spread(limit.Measured, limit.Unit)));
        AnsiConsole.Write(table);
    }

    private static void WriteLayers(Results results)
    {
        if (results.Layers.Count == 0)
            return;
        var table = Table("layout and codec", "layer", "MB/s");
        var regime = "";
        foreach (var layer in results.Layers)
        {
            table.AddRow(Markup.Escape(layer.Regime == regime ? "" : layer.Regime), Markup.Escape(layer.Name),
                Cell(Figures.Spread(layer.Speed, "")));
            regime = layer.Regime;
        }

        AnsiConsole.Write(table);
    }

    private static void WriteFindings(Results results)
    {
        var table = Table("row", "what", "measured", "against", "ratio", "budget", "met");
        foreach (var finding in results.Findings)
        {
            var what = $"{finding.Name}: {finding.Quantity}";
            table.AddRow(
                $"{finding.Row}", finding.Note is null ? Markup.Escape(what)
                    : $"{Markup.Escape(what)}\n[grey]{Markup.Escape(finding.Note)}[/]",
                Cell(Figures.Spread(finding.Measured, finding.Unit)), Markup.Escape(finding.Against),
                Cell(Figures.Spread(finding.Ratio, "")),
                $"{finding.Budget}", finding.Met ? "[green]met[/]" : "[red]not met[/]");
        }

        AnsiConsole.Write(table);
    }

    private static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(column);
        return table;
    }

    private static string Cell(string text) => Markup.Escape(text);
}
