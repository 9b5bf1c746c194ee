using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Manifests;
using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr manifest</c>: sizes and SHA-256 of every file, to be checked later with standard tools.</summary>
internal sealed class ManifestCommand : ProgramCommand
{
    private readonly Argument<string> _path = CommonOptions.Dataset();

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Writes to this file, which appears when it is whole. Without it, to the standard output.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    public ManifestCommand(Screen screen)
        : base(screen, "manifest", "Prints size and SHA-256 of every file, as sha256sum checks them.",
            new Example("omezarr manifest cells.ome.zarr -o cells.sha256", "reads every byte once, and keeps the list"),
            new Example("sha256sum --check --quiet cells.sha256", "later, in the same folder: says what has changed"))
    {
        Add(_path);
        Add(_output);
        Add(_json);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        var folder = DatasetPath.Folder(given.GetRequiredValue(_path));
        var output = given.GetValue(_output);
        if (output is null)
            return Write(screen.Output);
        if (DatasetPath.IsWithin(folder, output))
            throw UserException.Usage(
                $"'{output}' lies inside of the dataset, which it would change; write it beside the dataset");
        using var file = OutputFile.Create(output);
        int result;
        using (var writer = new StreamWriter(file.Stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
            result = Write(writer);
        file.Complete();
        return result;

        int Write(TextWriter to) => screen.WithProgress("Reading", progress =>
        {
            if (progress is not SilentProgress)
                progress.SetTotal(DatasetPath.Bytes(folder, screen.Cancel));
            var entries = new Manifest(folder, screen.Cancel).Read(progress);
            return given.GetValue(_json) ? WriteJson(to, folder, entries) : WriteText(to, folder, entries, screen);
        });
    }

    private static int WriteText(TextWriter to, string folder, IEnumerable<ManifestEntry> entries, Screen screen)
    {
        var name = Path.GetFileName(folder);
        var problems = 0;
        foreach (var entry in entries)
        {
            if (entry.Problem is not null)
            {
                problems++;
                screen.Error.WriteLine($"omezarr manifest: {Printable.Text(entry.Key)} {Printable.Text(entry.Problem)}");
            }

            if (entry.Sha256 is null)
                continue;
            to.WriteLine(ManifestText.SizeLine(entry.Bytes));
            to.WriteLine(ManifestText.DigestLine(entry.Sha256, $"{name}/{entry.Key}"));
        }

        return problems == 0 ? ExitCode.Ok : ExitCode.Problems;
    }

    // One element a line, written as it comes: there may be millions.
    private static int WriteJson(TextWriter to, string folder, IEnumerable<ManifestEntry> entries)
    {
        long bytes = 0, files = 0, problems = 0;
        to.WriteLine($"{{\"path\": {JsonValue.Create(folder).ToJsonString()}, \"files\": [");
        foreach (var entry in entries)
        {
            var json = new JsonObject { ["path"] = entry.Key, ["bytes"] = entry.Bytes, ["sha256"] = entry.Sha256 };
            if (entry.Problem is not null)
                json["problem"] = entry.Problem;
            to.WriteLine($"{(files == 0 ? "" : ",")}{json.ToJsonString()}");
            files++;
            bytes += entry.Bytes;
            problems += entry.Problem is null ? 0 : 1;
        }

        to.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"], \"count\": {files}, \"bytes\": {bytes}, \"problems\": {problems}}}"));
        return problems == 0 ? ExitCode.Ok : ExitCode.Problems;
    }
}
