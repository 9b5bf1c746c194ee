using System.CommandLine;
using System.Globalization;
using OmeZarr.Cli.Pictures;
using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr preview</c>: a picture of a dataset.</summary>
internal sealed class PreviewCommand : ProgramCommand
{
    private readonly Argument<string> _path = CommonOptions.Dataset();

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The PNG file to write.",
        HelpName = "FILE.png",
        Required = true,
    };

    private readonly Option<string?> _image = new("--image")
    {
        Description = "One image of a collection or plate, by its path or number. Without it, all of them on one sheet.",
        HelpName = "PATH",
    };

    private readonly Option<string[]> _at = new("--at")
    {
        Description = "Which plane: t=3 z=10 c=1. By itself the first, of z the middle, and all channels over each other.",
        HelpName = "AXIS=INDEX",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int?> _level = new("--level") { Description = "The resolution level to draw.", HelpName = "N" };

    private readonly Option<int> _size = new("--size")
    {
        Description = "The longest side of the picture, in pixels.",
        HelpName = "N",
        DefaultValueFactory = _ => 1024,
    };

    private readonly Option<bool> _stretch = new("--stretch")
    {
        Description = "Shows dark pixels as black and bright ones as white, whatever the dataset asks for.",
    };

    public PreviewCommand(Screen screen)
        : base(screen, "preview", "Draws a picture of a plane, or a sheet of all images of a plate or collection.",
            new Example("omezarr preview cells.ome.zarr -o cells.png", "the middle of the stack, with the channels' colours"),
            new Example("omezarr preview cells.ome.zarr -o gfp.png --at t=12 c=1 --stretch", "one channel at one time"),
            new Example("omezarr preview plate.ome.zarr -o plate.png --size 2000", "all wells"),
            new Example("omezarr preview plate.ome.zarr -o b3.png --image B/3/0", "one field of a well"))
    {
        Add(_path);
        foreach (var option in new Option[] { _output, _image, _at, _level, _size, _stretch })
            Add(option);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        const int least = 16, most = 16384;
        using var source = DatasetPath.Source(given.GetRequiredValue(_path));
        var output = given.GetRequiredValue(_output);
        if (DatasetPath.IsWithin(source.Path, output) || DatasetPath.IsSame(source.Path, output))
            throw UserException.Usage(
                $"'{output}' is the dataset or lies inside of it, which it would change; write it beside the dataset");
        var choice = new PlaneChoice
        {
            Indices = Indices(given.GetValue(_at) ?? []),
            Level = given.GetValue(_level),
            Side = given.GetValue(_size),
            Stretch = given.GetValue(_stretch),
        };
        if (choice.Side is < least or > most)
            throw UserException.Usage($"--size is {least} to {most}");
        using var dataset = DatasetPath.Open(source, screen.Cancel);
        using var file = OutputFile.Create(output);
        var image = ImageOf(dataset, given.GetValue(_image));
        var (picture, complaint) = image is { } one
            ? Single(dataset, one, choice, screen)
            : Sheet(dataset, choice, screen);
        PngEncoder.Write(file.Stream, picture.Width, picture.Height, picture.Rgb);
        file.Complete();
        screen.Output.WriteLine($"{Printable.Text(output)}: {picture.Width} x {picture.Height}");
        if (complaint is null)
            return ExitCode.Ok;
        screen.Error.WriteLine($"omezarr preview: {complaint}");
        return ExitCode.Problems;
    }

    private static (Picture, string?) Single(Dataset dataset, int image, PlaneChoice choice, Screen screen)
    {
        var painter = new ImagePainter(dataset.Image(image, screen.Cancel), choice, screen.Cancel);
        var picture = painter.Paint();
        return (picture, painter.MissingChunks == 0 ? null
            : $"{Quantity.Count(painter.MissingChunks, "chunk")} of the plane are not stored and drawn as the fill value");
    }

    private static (Picture, string?) Sheet(Dataset dataset, PlaneChoice choice, Screen screen)
    {
        var failures = 0;
        string? last = null;
        var (sheet, drawn) = screen.WithProgress("Drawing", progress =>
        {
            progress.SetTotal(dataset.Images.Length);
            return ContactSheet.Draw(dataset, choice.Side, (image, side) =>
            {
                screen.Cancel.ThrowIfCancellationRequested();
                progress.Add(1);
                try
                {
                    return new ImagePainter(dataset.Image(image, screen.Cancel), choice with { Side = side }, screen.Cancel)
                        .Paint();
                }
                catch (Exception e) when (e is ReadingException or UserException { ExitCode: ExitCode.CannotAccess })
                {
                    failures++;
                    last = e.Message;
                    return null;
                }
            });
        });
        return (sheet, failures == 0 ? null
            : $"{failures} of {failures + drawn} images cannot be drawn, one of them because: {Printable.Text(last!)}");
    }

    private static int? ImageOf(Dataset dataset, string? asked)
    {
        if (asked is null)
            return dataset.Images.Length == 1 ? 0 : null;
        for (var i = 0; i < dataset.Images.Length; i++)
        {
            if (dataset.Images[i].Path == asked.Trim('/'))
                return i;
        }

        return int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < dataset.Images.Length
            ? number
            : throw UserException.Usage($"there is no image '{Printable.Text(asked)}'; omezarr info --all lists the "
                + Quantity.Count(dataset.Images.Length, "image"));
    }

    private static Dictionary<string, long> Indices(string[] given)
    {
        var indices = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var text in given)
        {
            var parts = text.Split('=', 2);
            if (parts.Length != 2 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                throw UserException.Usage($"--at has '{text}'; a plane is chosen by an axis and an index, such as t=3");
            indices[parts[0]] = index;
        }

        return indices;
    }
}
