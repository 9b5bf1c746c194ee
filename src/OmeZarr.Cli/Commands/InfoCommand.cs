using System.CommandLine;
using OmeZarr.Cli.Inspection;
using OmeZarr.Cli.Terminal;
using Spectre.Console;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr info</c>: what a dataset is.</summary>
internal sealed class InfoCommand : ProgramCommand
{
    private const int MostGroups = 12;

    private readonly Argument<string> _path = CommonOptions.Dataset();

    private readonly Option<bool> _all = new("--all") { Description = "Lists every image by itself, also those that are alike." };

    private readonly Option<bool> _json = CommonOptions.Json();

    public InfoCommand(Screen screen)
        : base(screen, "info", "Tells what a dataset is: images, axes, chunks, codecs, sizes, what is missing.",
            new Example("omezarr info cells.ome.zarr", "what it is, in some lines"),
            new Example("omezarr info plate.ome.zarr --json", "all of it, for a script"))
    {
        Add(_path);
        Add(_all);
        Add(_json);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        using var source = DatasetPath.Source(given.GetRequiredValue(_path));
        using var dataset = DatasetPath.Open(source, screen.Cancel);
        var report = screen.WithProgress(
            "Looking", progress => Inspector.Inspect(dataset, source, progress, screen.Cancel));
        if (given.GetValue(_json))
            JsonOutput.Write(screen.Output, ReportJson.Of(report));
        else
            Tell(report, given.GetValue(_all), screen);
        return report.Images.Any(image => image.Error is not null) ? ExitCode.Problems : ExitCode.Ok;
    }

    private static void Tell(DatasetReport report, bool all, Screen screen)
    {
        var output = screen.Output;
        output.WriteLine($"{Printable.Text(report.Path)}: {ReportText.Kind(report)}");
        foreach (var line in ReportText.Outcome(report.Own))
            output.WriteLine(line);
        var ratio = report.FileBytes > 0 ? (double)report.PixelBytes / report.FileBytes : 0;
        output.WriteLine($"{Quantity.Bytes((double)report.PixelBytes)} of pixels; {Quantity.Count(report.Files, "file")} of "
            + $"{Quantity.Bytes(report.FileBytes)}, ratio "
                + $"{Quantity.Number(ratio, 2)}{(report.HasOmeXml ? "; with OME-XML" : "")}");
        var groups = report.Images.GroupBy(image => all ? image.Path : Likeness(image)).ToArray();
        foreach (var group in groups.Take(all ? int.MaxValue : MostGroups))
            Tell([.. group], report, screen);
        if (!all && groups.Length > MostGroups)
            output.WriteLine($"\n… and {groups.Length - MostGroups} more kinds of images; --all lists them");
    }

    private static void Tell(ImageReport[] images, DatasetReport report, Screen screen)
    {
        var output = screen.Output;
        output.WriteLine();
        if (report.Images.Length > 1 || images[0].Path.Length > 0)
            output.WriteLine(Names(images));
        if (images[0].Image is not { } image)
        {
            output.WriteLine($"  cannot be read: {Printable.Text(images[0].Error!)}");
            return;
        }

        output.WriteLine($"  {ReportText.Axes(image)}  {image.Levels[0].Array.Metadata.Type.Name}");
        if (ReportText.Channels(image) is { } channels)
            output.WriteLine($"  channels: {channels}");
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in new[] { "", "level", "shape", "chunk", "shard", "codecs", "files", "stored" })
            table.AddColumn(new TableColumn(column) { Padding = new Padding(0, 0, 2, 0) });
        for (var i = 0; i < images[0].Levels.Length; i++)
        {
            var level = images[0].Levels[i];
            var array = level.Level.Array.Metadata;
            var (objects, expected) =
                (images.Sum(one => one.Levels[i].Objects), images.Sum(one => one.Levels[i].ExpectedObjects));
            table.AddRow(
                new Text(""), new Text(Printable.Text(level.Level.Path, 20)), new Text(ReportText.Shape(array.Shape)),
                new Text(ReportText.Shape(array.Chunk.Innermost.Shape)),
                new Text(array.Chunk.Shard is null ? "-" : ReportText.Shape(array.Chunk.Shape)),
                new Text(ReportText.Codecs(array)),
                new Text(objects == expected ? $"{objects}" : $"{objects} of {expected}"),
                new Text(Quantity.Bytes(images.Sum(one => one.Levels[i].StoredBytes))));
        }

        screen.Answer.Write(table);
    }

    private static string Names(ImageReport[] images)
    {
        const int most = 4;
        if (images.Length == 1)
            return $"{NameOf(images[0])}:";
        var shown = images.Length <= most ? images : images[..(most - 1)];
        var names = string.Join(", ", shown.Select(NameOf)) + (images.Length > most ? $", … {NameOf(images[^1])}" : "");
        return $"{images.Length} images alike: {names}";
    }

    private static string NameOf(ImageReport image)
    {
        var path = image.Path.Length == 0 ? "." : Printable.Text(image.Path, 60);
        return image.Image?.Name is { } name && name != image.Path ? $"{path} \"{Printable.Text(name, 40)}\"" : path;
    }

    // Images that look the same in a list, but for their names.
    private static string Likeness(ImageReport image) => image.Image is null
        ? image.Path
        : string.Join('\n',
            image.Levels.Select(level => $"{level.Level.Path} {ReportText.Shape(level.Level.Array.Metadata.Shape)} "
                + $"{ReportText.Shape(level.Level.Array.Metadata.Chunk.Shape)} {ReportText.Codecs(level.Level.Array.Metadata)} "
                + $"{ReportText.Shape(level.Level.Array.Metadata.Chunk.Innermost.Shape)}")
            .Append(ReportText.Axes(image.Image)).Append(ReportText.Channels(image.Image)));
}
