using System.Text;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Report;

/// <summary>The results as a page of docs/benchmarks.</summary>
internal static class MarkdownReport
{
    public static string Of(Results results)
    {
        var page = new StringBuilder();
        WriteMachine(page, results.Machine);
        WriteFindings(page, results);
        WriteLimitsAndLayers(page, results);
        WritePlots(page, results);
        if (results.Skipped.Count > 0)
            page.Append("\n## Left out\n\n").AppendJoin('\n', results.Skipped.Select(text => $"- {text}")).Append('\n');
        return page.ToString();
    }

    private static void WriteMachine(StringBuilder page, Machine machine)
    {
        page.Append($"# {machine.Cpu}, {machine.Cores} cores\n\n");
        if (machine.Quick)
            page.Append("**A quick look: one small round of everything. Its figures say little.**\n\n");
        page.Append($"{machine.Date:yyyy-MM-dd HH:mm} UTC, commit `{machine.Commit}`, {machine.MemoryGib} GiB of memory, "
            + $"{machine.System} ({machine.Kernel}), ");
        var codecs = $"c-blosc {machine.CBlosc}, zstd {machine.Zstd}, lz4 {machine.Lz4}";
        page.Append($"{machine.DotNet}, library {machine.Library}, beside {codecs}.\n");
        page.Append("Medians [smallest..largest] of n repetitions; "
            + "what the rows mean is in [performance.md](../performance.md).\n\n");
    }

    private static void WriteFindings(StringBuilder page, Results results)
    {
        page.Append("## Budgets\n\n| row | what | measured | against | ratio | budget | met |\n|---|---|---|---|---|---|---|\n");
        foreach (var finding in results.Findings)
        {
            var note = finding.Note is null ? "" : $"<br><sub>{finding.Note}</sub>";
            page.Append($"| {finding.Row} | {finding.Name}: {finding.Quantity}{note} | "
                + $"{Figures.Spread(finding.Measured, finding.Unit)} ");
            var met = finding.Met ? "yes" : "**no**";
            page.Append($"| {finding.Against} | {Figures.Spread(finding.Ratio, "")} | {finding.Budget} | {met} |\n");
        }
    }

    private static void WriteLimitsAndLayers(StringBuilder page, Results results)
    {
        if (results.Limits.Count > 0)
        {
            page.Append("\n## Limits of this machine, in this run\n\n| what | measured |\n|---|---|\n");
            foreach (var limit in results.Limits)
                page.Append($"| {limit.Name} | {Figures.Spread(limit.Measured, limit.Unit)} |\n");
        }

        if (results.Layers.Count == 0)
            return;
        page.Append("\n## Layers\n\nMB/s of pixels. "
            + "The ring and NullStore layers are compiled by the JIT, the library ahead of time.\n\n");
        page.Append("| layout and codec | layer | MB/s |\n|---|---|---|\n");
        foreach (var layer in results.Layers)
            page.Append($"| {layer.Regime} | {layer.Name} | {Figures.Spread(layer.Speed, "")} |\n");
    }

    private static void WritePlots(StringBuilder page, Results results)
    {
        if (results.Throughputs.Count > 0)
            page.Append($"\n![throughput and ceilings]({results.Machine.Slug}-throughput.svg)\n");
        if (results.LatencyCurves.Count > 0)
            page.Append($"\n![append latency]({results.Machine.Slug}-latency.svg)\n");
    }
}
