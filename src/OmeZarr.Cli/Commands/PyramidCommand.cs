using System.CommandLine;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Pyramids;
using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr pyramid</c>: adds resolution levels to a dataset.</summary>
internal sealed class PyramidCommand : ProgramCommand
{
    private readonly Argument<string> _path = CommonOptions.Dataset();

    private readonly Option<int?> _levels = new("--levels")
    {
        Description = "How many levels each image is to have in all. Without it, until rows and columns are at most 256.",
        HelpName = "N",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    public PyramidCommand(Screen screen)
        : base(screen, "pyramid", "Adds resolution levels, each of half the rows and columns.",
            new Example("omezarr pyramid cells.ome.zarr", "levels until the last one is small; Ctrl-C, and go on later"),
            new Example("omezarr pyramid cells.ome.zarr --levels 3", "full resolution, and two more"))
    {
        Add(_path);
        Add(_levels);
        Add(_json);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        var folder = DatasetPath.Folder(given.GetRequiredValue(_path));
        var wanted = given.GetValue(_levels);
        if (wanted is < 1 or > 32)
            throw UserException.Usage("--levels is 1 to 32");
        using var store = new FileSystemStore(folder);
        if (!store.TakeToMend())
            throw UserException.CannotAccess($"'{folder}' is not there any more");
        using var dataset = DatasetPath.Open(folder, screen.Cancel);
        if (dataset.Kind == DatasetKind.Array)
            throw UserException.CannotAccess("it is a Zarr array without OME-Zarr metadata, which has no levels");
        var added = screen.WithProgress("Halving", progress => Build(dataset, folder, store, wanted, progress, screen));
        if (given.GetValue(_json))
        {
            JsonOutput.Write(screen.Output, new JsonObject
            {
                ["path"] = folder,
                ["added"] = new JsonArray([.. added.Select(path => JsonValue.Create(path))]),
            });
        }
        else
            screen.Output.WriteLine(added.Count == 0 ? "nothing to add" : $"added {Quantity.Count(added.Count, "level")}");
        return ExitCode.Ok;
    }

    private static List<string> Build(
        Dataset dataset, string folder, FileSystemStore store, int? wanted, IProgressBar progress, Screen screen)
    {
        var builder = new PyramidBuilder(folder, store, screen.Cancel);
        List<string> added = [];
        for (var i = 0; i < dataset.Images.Length; i++)
        {
            progress.Say($"Halving {dataset.Images[i].Path}");
            added.AddRange(builder.Build(dataset.Image(i, screen.Cancel), wanted, progress));
        }

        return added;
    }
}
