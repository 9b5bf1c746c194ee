using System.CommandLine;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Measuring;
using OmeZarr.Cli.Terminal;
using Spectre.Console;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr bench</c>: what this machine and disk can sustain.</summary>
internal sealed class BenchCommand : ProgramCommand
{
    private const int DistinctFrames = 8;

    private static readonly string[] Compressions = ["none", "blosc-lz4", "blosc-zstd", "zstd"];

    private readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "Where to write, on the disk to be measured; what is written is deleted again.",
        DefaultValueFactory = _ => ".",
    };

    private readonly Option<int> _width = Size("--width", "Pixels of a row.");

    private readonly Option<int> _height = Size("--height", "Rows of a frame.");

    private readonly Option<string> _type = new("--dtype")
    {
        Description = "uint8 or uint16.",
        DefaultValueFactory = _ => "uint16",
    };

    private readonly Option<double?> _rate = new("--rate")
    {
        Description = "Frames per second of your camera; the answer then is whether they can be kept.",
        HelpName = "N",
    };

    private readonly Option<double> _seconds = new("--seconds")
    {
        Description = "How long each compression is tried. Longer runs tell more of what a disk can sustain.",
        DefaultValueFactory = _ => 4,
        HelpName = "N",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    public BenchCommand(Screen screen)
        : base(screen, "bench", "Measures what this machine and disk can sustain, and recommends settings.",
            new Example("omezarr bench /data --rate 100", "can a camera of 2048 x 2048 at 100 frames/s be kept on this disk?"),
            new Example("omezarr bench /data --width 512 --height 512 --rate 1000 --seconds 30",
                "smaller frames, and longer runs"))
    {
        _type.AcceptOnlyFromAmong("uint8", "uint16");
        Add(_folder);
        foreach (var option in new Option[] { _width, _height, _type, _rate, _seconds, _json })
            Add(option);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        var folder = DatasetPath.Folder(given.GetRequiredValue(_folder));
        var (width, height) = (given.GetValue(_width), given.GetValue(_height));
        var (rate, seconds) = (given.GetValue(_rate), given.GetValue(_seconds));
        if (rate <= 0 || seconds is <= 0 or > 3600)
            throw UserException.Usage("--rate is more than 0, and --seconds more than 0 and at most 3600");
        var dataType = given.GetRequiredValue(_type);
        var frames = CameraFrames.Make(width, height, dataType == "uint8" ? 1 : 2, DistinctFrames);
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var most = free / 4;
        if (most < frames[0].Length * 4L)
            throw UserException.CannotAccess($"there are only {Quantity.Bytes(free)} free in '{folder}'");
        var run = new BenchRun(folder, width, height, dataType, frames, screen.Cancel);
        var results = screen.WithProgress("Recording", progress =>
        {
            progress.SetTotal(seconds * Compressions.Length);
            return Compressions.Select(compression =>
            {
                progress.Say($"Recording, {compression}");
                return run.Measure(compression, TimeSpan.FromSeconds(seconds), most, progress);
            }).ToArray();
        });
        var answer = Recommendation.Of(results, rate);
        if (given.GetValue(_json))
            JsonOutput.Write(screen.Output, ToJson(results, answer, free));
        else
            Tell(screen, folder, $"{width} x {height} {dataType}", frames[0].Length, results, answer, rate, free);
        return answer.Suffices == false ? ExitCode.Problems : ExitCode.Ok;
    }

    private static void Tell(
        Screen screen, string folder, string frame, long frameBytes, BenchResult[] results, Recommendation answer, double? rate,
        long free)
    {
        var output = screen.Output;
        output.WriteLine($"{Printable.Text(folder)}: {Quantity.Bytes(free)} free. "
            + $"{Quantity.Count(Environment.ProcessorCount, "processor")}.");
        output.WriteLine($"Frames of {frame}, {Quantity.Bytes(frameBytes)} each, with noise like a camera's.");
        if (rate is { } wanted)
            output.WriteLine($"{Quantity.Number(wanted, 1)} frames/s are {Quantity.Bytes(wanted * frameBytes)}/s of pixels.");
        output.WriteLine();
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("compression");
        foreach (var column in new[] { "frames/s", "pixels", "to the disk", "stored" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var result in results)
        {
            table.AddRow(result.Compression, Quantity.Number(result.FramesPerSecond, 1),
                $"{Quantity.Bytes(result.PixelBytes / result.Seconds)}/s", $"{Quantity.Bytes(result.DiskBytesPerSecond)}/s",
                $"{Quantity.Number(result.Fraction * 100, 0)} %");
        }

        screen.Answer.Write(table);
        output.WriteLine($"Recommended: \"compression\": \"{answer.Choice.Compression}\", \"layout\": \"auto\"");
        output.WriteLine($"  {answer.Reason}.");
        var perSecond = (rate ?? answer.Choice.FramesPerSecond) * frameBytes * answer.Choice.Fraction;
        output.WriteLine($"  At {Quantity.Number(rate ?? answer.Choice.FramesPerSecond, 1)} frames/s the disk is full after "
            + $"{Quantity.Time(TimeSpan.FromSeconds(Math.Min(free / perSecond, 3e9)))}.");
    }

    private static JsonObject ToJson(BenchResult[] results, Recommendation answer, long free) => new()
    {
        ["free_bytes"] = free,
        ["processors"] = Environment.ProcessorCount,
        ["results"] = new JsonArray(
        [
            .. results.Select(result => new JsonObject
            {
                ["compression"] = result.Compression,
                ["frames"] = result.Frames,
                ["seconds"] = result.Seconds,
                ["frames_per_second"] = result.FramesPerSecond,
                ["pixel_bytes"] = result.PixelBytes,
                ["stored_bytes"] = result.StoredBytes,
            }),
        ]),
        ["recommended"] = answer.Choice.Compression,
        ["suffices"] = answer.Suffices,
        ["reason"] = answer.Reason,
    };

    private static Option<int> Size(string name, string description)
    {
        const int usual = 2048, most = 16384;
        var option = new Option<int>(name)
        {
            Description = description,
            DefaultValueFactory = _ => usual,
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() is < 16 or > most)
                result.AddError($"{name} is 16 to {most}.");
        });
        return option;
    }
}
