using System.CommandLine;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Packing;
using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr pack</c>: a dataset in a single file.</summary>
internal sealed class PackCommand : ProgramCommand
{
    private static readonly string[] Suffixes = [".ome.zarr", ".zarr"];

    private readonly Argument<string> _path = CommonOptions.Dataset();

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The file to write, which must not be there yet. Without it, beside the dataset and named after it.",
        HelpName = "FILE.ozx",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    public PackCommand(Screen screen)
        : base(screen, "pack", "Puts a dataset into a single file, an .ozx, to be sent or archived.",
            new Example("omezarr pack cells.ome.zarr", "makes cells.ozx beside it; the dataset stays"),
            new Example("omezarr pack cells.ome.zarr -o /archive/cells.ozx", "makes it somewhere else"))
    {
        Add(_path);
        Add(_output);
        Add(_json);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        var folder = DatasetPath.Folder(given.GetRequiredValue(_path));
        var output = given.GetValue(_output) ?? OutputOf(folder);
        if (DatasetPath.IsWithin(folder, output))
            throw UserException.Usage($"'{output}' lies inside of the dataset, which must not have itself in it");
        using var dataset = DatasetPath.Open(folder, screen.Cancel);
        if (dataset.Version is not { } version)
            throw UserException.CannotAccess($"'{folder}' is an array by itself, and single files are for OME-Zarr");
        using var file = OutputFile.CreateNew(output);
        var result = screen.WithProgress("Packing", progress =>
        {
            if (progress is not SilentProgress)
                progress.SetTotal(DatasetPath.Bytes(folder, screen.Cancel));
            return new Packer(folder, version, progress, screen.Cancel).Pack(file.Stream);
        });
        file.Complete(durable: true);
        if (given.GetValue(_json))
        {
            JsonOutput.Write(screen.Output, new JsonObject
            {
                ["path"] = folder,
                ["output"] = Path.GetFullPath(output),
                ["version"] = version,
                ["files"] = result.Files,
                ["bytes"] = result.Bytes,
            });
        }
        else
        {
            screen.Output.WriteLine(
                $"{Printable.Text(output)}: {Quantity.Count(result.Files, "file")}, {Quantity.Bytes(result.Bytes)}");
        }

        return ExitCode.Ok;
    }

    private static string OutputOf(string folder)
    {
        var suffix = Suffixes.FirstOrDefault(suffix => folder.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) ?? "";
        return folder[..^suffix.Length] + DatasetLocation.SingleFile;
    }
}
