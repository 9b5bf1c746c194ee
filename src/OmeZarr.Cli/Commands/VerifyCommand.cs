using System.CommandLine;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Terminal;
using OmeZarr.Cli.Verification;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr verify</c>: whether a dataset is whole and right.</summary>
internal sealed class VerifyCommand : ProgramCommand
{
    private const int MostShown = 50;

    private readonly Argument<string> _path = CommonOptions.Dataset();

    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "Reads documents and indexes only, and decodes no chunk.",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    public VerifyCommand(Screen screen)
        : base(screen, "verify", "Checks every document, index, checksum and chunk.",
            new Example("omezarr verify cells.ome.zarr", "reads and decodes everything; exit code 1 when there are errors"),
            new Example("omezarr verify cells.ome.zarr --quick", "the same without decoding chunks: seconds, not minutes"))
    {
        Add(_path);
        Add(_quick);
        Add(_json);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        using var source = DatasetPath.Source(given.GetRequiredValue(_path));
        var quick = given.GetValue(_quick);
        var result = screen.WithProgress("Verifying", progress =>
        {
            if (progress is not SilentProgress)
                progress.SetTotal(source.Bytes(screen.Cancel));
            return new Verifier(source, quick, progress, screen.Cancel).Verify();
        });
        if (given.GetValue(_json))
            JsonOutput.Write(screen.Output, ToJson(source.Path, quick, result));
        else
            Tell(screen, quick, result);
        return result.Findings.Errors == 0 ? ExitCode.Ok : ExitCode.Problems;
    }

    private static void Tell(Screen screen, bool quick, VerificationResult result)
    {
        var findings = result.Findings.Kept;
        foreach (var finding in findings.Take(MostShown))
        {
            var path = finding.Path.Length == 0 ? "the root" : Printable.Text(finding.Path);
            screen.Output.WriteLine(
                $"{(finding.Severity == Severity.Error ? "error" : "warning")}: {path}: {Printable.Text(finding.Message)}");
        }

        var all = result.Findings.Errors + result.Findings.Warnings;
        if (all > MostShown)
            screen.Output.WriteLine($"… and {all - MostShown} more; --json lists up to {Findings.MostKept}");
        screen.Output.WriteLine(
            $"{Quantity.Count(result.Arrays, "array")}, {Quantity.Count(result.Chunks, "chunk")}, {Quantity.Bytes(result.Bytes)} "
                + $"{(quick ? "looked at, not decoded" : "read and decoded")}"
                + (result.MissingChunks > 0 ? $"; {Quantity.Count(result.MissingChunks, "chunk")} not stored" : ""));
        screen.Output.WriteLine(all == 0
            ? "no problem found"
            : $"{Quantity.Count(result.Findings.Errors, "error")}, {Quantity.Count(result.Findings.Warnings, "warning")}");
    }

    private static JsonObject ToJson(string path, bool quick, VerificationResult result) => new()
    {
        ["path"] = path,
        ["quick"] = quick,
        ["ok"] = result.Findings.Errors == 0,
        ["errors"] = result.Findings.Errors,
        ["warnings"] = result.Findings.Warnings,
        ["arrays"] = result.Arrays,
        ["chunks"] = result.Chunks,
        ["missing_chunks"] = result.MissingChunks,
        ["bytes"] = result.Bytes,
        ["findings"] = new JsonArray(
        [
            .. result.Findings.Kept.Select(finding => new JsonObject
            {
                ["severity"] = finding.Severity == Severity.Error ? "error" : "warning",
                ["kind"] = finding.Kind,
                ["path"] = finding.Path,
                ["message"] = finding.Message,
            }),
        ]),
    };
}
