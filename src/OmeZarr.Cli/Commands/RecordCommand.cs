using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Cli.Recording;
using OmeZarr.Cli.Terminal;
using OmeZarr.Streaming;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr record</c>: files, or the standard input, as the frames of a new dataset.</summary>
internal sealed class RecordCommand : ProgramCommand
{
    private const string StandardInput = "-";

    private readonly Argument<string[]> _inputs = new("INPUT")
    {
        Description =
            "TIFF files (each page a frame), raw files (pixels without a header), or - for raw pixels from the standard "
            + "input. In the order of acquisition.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The dataset to make. Not needed when the settings have a root_path.",
        HelpName = "DATASET",
    };

    private readonly Option<string?> _settings = new("--settings")
    {
        Description = "A settings document as docs/settings.md describes it, in place of the options below.",
        HelpName = "FILE",
    };

    private readonly Option<long?> _width = new("--width") { Description = "Pixels of a row; raw files only.", HelpName = "N" };

    private readonly Option<long?> _height = new("--height") { Description = "Rows of a frame; raw files only.", HelpName = "N" };

    private readonly Option<string?> _type = new("--dtype")
    {
        Description = "Type of raw pixels: uint8, uint16 (the default), float32, …; lowest byte first.",
        HelpName = "TYPE",
    };

    private readonly Option<long> _skip = new("--skip")
    {
        Description = "Bytes to leave out at the beginning of each raw file.",
        HelpName = "BYTES",
    };

    private readonly Option<string[]> _dimensions = new("--dims")
    {
        Description = "Dimensions before y and x, slowest first: t=10 c=3 z=21. Without it, an unbounded t.",
        HelpName = "NAME[=N]",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _channels = new("--channels")
    {
        Description = "Names of the channels, the indices of c.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> _scales = new("--scale")
    {
        Description = "Physical sizes: x=0.108um y=0.108um z=0.5um t=30s.",
        HelpName = "NAME=SIZE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _compression = new("--compression")
    {
        Description = "blosc-lz4 (the default), blosc-zstd, zstd or none.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _pyramid = new("--pyramid") { Description = "Adds resolution levels." };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replaces a dataset that is there." };

    private readonly Option<bool> _json = CommonOptions.Json();

    public RecordCommand(Screen screen)
        : base(screen, "record", "Makes a dataset of TIFF or raw files, or of the standard input.",
            new Example("omezarr record scan_*.tif -o scan.ome.zarr", "every page of every file is a frame"),
            new Example("omezarr record stack.tif -o cells.ome.zarr --dims c z=21 --channels DAPI GFP --scale x=0.1um y=0.1um",
                "a stack of two channels"),
            new Example("camera-tool | omezarr record - --width 2048 --height 2048 -o live.ome.zarr",
                "raw frames of another program, until it ends or Ctrl-C"),
            new Example("omezarr record frames.raw --settings plate.json", "everything as a settings document says"))
    {
        _compression.AcceptOnlyFromAmong("blosc-lz4", "blosc-zstd", "zstd", "none");
        foreach (var option in new Option[]
        {
            _output, _settings, _width, _height, _type, _skip, _dimensions, _channels, _scales, _compression, _pyramid,
                _overwrite, _json,
        })
            Add(option);
        Add(_inputs);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        var inputs = given.GetRequiredValue(_inputs);
        var isStream = inputs.Contains(StandardInput);
        if (isStream && inputs.Length > 1)
            throw UserException.Usage("'-' is the standard input and stands alone");
        using var tiff = !isStream && FramesOnDisk.AreTiff(inputs) ? new TiffFrames(inputs) : null;
        var plan = PlanOf(Settings(given, tiff?.Form));
        var camera = plan.Cameras[0];
        if (tiff is not null)
            RequireLike(tiff.Form, camera);
        using var frames = tiff ?? RawFramesOf(inputs, isStream, camera.FrameBytes, given.GetValue(_skip));
        foreach (var warning in plan.Warnings)
            screen.Error.WriteLine($"omezarr record: {Printable.Text(warning)}");
        var result = Record(plan, frames, screen);
        Tell(given.GetValue(_json), plan, result, screen);
        return result.Interrupted ? ExitCode.Interrupted : result.Complaint is null ? ExitCode.Ok : ExitCode.Problems;
    }

    private static IFrameSource RawFramesOf(string[] inputs, bool isStream, long frameBytes, long skip) =>
        isStream ? new StreamedFrames(Console.OpenStandardInput()) : new RawFrames(inputs, frameBytes, skip);

    private static RecordingResult Record(AcquisitionPlan plan, IFrameSource frames, Screen screen)
    {
        try
        {
            return new Recorder(plan, screen).Record(frames);
        }
        catch (MemoryBudgetException tooLarge)
        {
            throw UserException.Usage(tooLarge.Message);
        }
    }

    private static void Tell(bool asJson, AcquisitionPlan plan, RecordingResult result, Screen screen)
    {
        var pixels = result.Frames * plan.Cameras[0].FrameBytes;
        var stored = DatasetPath.Bytes(plan.OutputPath, CancellationToken.None);
        var seconds = Math.Max(result.Duration.TotalSeconds, 1e-6);
        if (asJson)
        {
            JsonOutput.Write(screen.Output, new JsonObject
            {
                ["path"] = plan.OutputPath,
                ["frames"] = result.Frames,
                ["pixel_bytes"] = pixels,
                ["stored_bytes"] = (long)stored,
                ["seconds"] = result.Duration.TotalSeconds,
                ["interrupted"] = result.Interrupted,
                ["problem"] = result.Complaint,
            });
        }
        else
        {
            screen.Output.WriteLine(
                $"{Printable.Text(plan.OutputPath)}: {Quantity.Count(result.Frames, "frame")}, {Quantity.Bytes(pixels)} of "
                    + $"pixels in "
                    + $"{Quantity.Bytes(stored)}, {Quantity.Time(result.Duration)} "
                        + $"({Quantity.Number(result.Frames / seconds, 1)} "
                    + $"frames/s, {Quantity.Bytes(pixels / seconds)}/s)");
        }

        if (result.Complaint is not null)
            screen.Error.WriteLine($"omezarr record: {Printable.Text(result.Complaint)}");
    }

    private JsonObject Settings(ParseResult given, FrameForm? found)
    {
        var settings = given.GetValue(_settings) is { } file
            ? SettingsOfFile(given, file)
            : RecordSettings.Of(Flags(given), found ?? RawForm(given));
        if (given.GetValue(_output) is { } output)
            settings["root_path"] = Path.GetFullPath(output);
        else if (settings["root_path"] is null)
            throw UserException.Usage("say where to: --output DATASET");
        if (given.GetValue(_overwrite))
            settings["overwrite"] = true;
        return settings;
    }

    private JsonObject SettingsOfFile(ParseResult given, string file)
    {
        var both = new Option[] { _width, _height, _type, _dimensions, _channels, _scales, _compression, _pyramid }
            .FirstOrDefault(option => given.GetResult(option) is { Implicit: false });
        if (both is not null)
            throw UserException.Usage($"{both.Name} is given beside --settings; the settings document says that");
        return RecordSettings.Read(file);
    }

    private RecordFlags Flags(ParseResult given) => new()
    {
        Dimensions = given.GetValue(_dimensions) ?? [],
        Channels = given.GetValue(_channels) ?? [],
        Scales = given.GetValue(_scales) ?? [],
        Compression = given.GetValue(_compression) ?? new RecordFlags().Compression,
        Pyramid = given.GetValue(_pyramid),
    };

    private FrameForm RawForm(ParseResult given)
    {
        if (given.GetValue(_width) is <= 0 || given.GetValue(_height) is <= 0)
            throw UserException.Usage("--width and --height are numbers of pixels, above 0");
        if (given.GetValue(_width) is null || given.GetValue(_height) is null)
            throw UserException.Usage("raw pixels do not tell their size: give --width and --height");
        return new FrameForm(given.GetValue(_width)!.Value, given.GetValue(_height)!.Value, given.GetValue(_type) ?? "uint16");
    }

    private static AcquisitionPlan PlanOf(JsonObject settings)
    {
        try
        {
            var plan = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(settings.ToJsonString()));
            return !plan.Settings.HasKeys ? plan
                : throw UserException.Usage("the settings have arrays, and files do not tell which camera a frame comes from");
        }
        catch (SettingsException refused)
        {
            throw UserException.Usage(refused.Message);
        }
    }

    private static void RequireLike(FrameForm form, CameraPlan camera)
    {
        var expected = camera.PixelFormat.Name(camera.DataType);
        if (form.Width != camera.FrameWidth || form.Height != camera.FrameHeight
            || (form.PixelFormat ?? form.DataType) != expected)
        {
            throw UserException.Usage(
                $"the pages are {form.Width} x {form.Height} {form.PixelFormat ?? form.DataType}, and the settings ask for "
                    + $"{camera.FrameWidth} x {camera.FrameHeight} {expected}");
        }
    }
}
