using System.Globalization;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Harness;

/// <summary>Makes random scenarios. The same seed makes the same one.</summary>
public sealed class ScenarioMaker
{
    private const int MostFrames = 220;
    private const int MostBytes = 3 << 20;
    private const int MostArrays = 60;

    private static readonly CallKind[] Plain =
        [CallKind.Append, CallKind.Append, CallKind.AppendEx, CallKind.Slot, CallKind.Borrowed];
    private static readonly CallKind[] Described = [CallKind.AppendEx, CallKind.Slot, CallKind.Borrowed];

    private readonly Random _random;
    private readonly uint _seed;
    private readonly RandomSettings _settings;

    private ScenarioMaker(int seed, bool mayBeWide)
    {
        _random = Seeds.Generator(seed);
        _seed = (uint)seed;
        _settings = new RandomSettings(_random, mayBeWide);
    }

    /// <summary>A random scenario whose dataset is to be <paramref name="dataset"/> (with its suffix).</summary>
    public static Scenario Make(int seed, string dataset, bool overwrite, bool pauses = true)
    {
        var maker = new ScenarioMaker(seed, mayBeWide: pauses);
        while (true)
        {
            if (maker.TryMake(dataset, overwrite, pauses) is { } scenario)
                return scenario;
        }
    }

    private Scenario? TryMake(string dataset, bool overwrite, bool pauses)
    {
        var (name, settings) = _settings.Next();
        settings["root_path"] = dataset;
        settings["overwrite"] = overwrite;
        var producers = _settings.Any(1, 1, 1, 2, 4);
        settings["pipeline"]!["producers"] = producers;
        if (TryPlan(settings) is not { } plan || plan.Arrays.Length > MostArrays)
            return null;
        var frames = plan.Cameras.Select((camera, i) => FramesOf(camera, i)).ToArray();
        if (frames.Any(ofCamera => ofCamera.Length == 0))
            return null;
        var run = new ScenarioRun(_random, plan, producers, pauses);
        return new Scenario
        {
            Name = $"{name}{(producers > 1 ? $" from {producers} threads" : "")}",
            Settings = settings,
            Plan = plan,
            Calls = run.Calls(frames, settings.ToJsonString(), _settings.Any(Plain), _settings.Any(Described)),
        };
    }

    private static AcquisitionPlan? TryPlan(JsonObject settings)
    {
        try
        {
            return Scenario.PlanOf(settings);
        }
        catch (SettingsException)
        {
            // More levels than such frames have, for example.
            return null;
        }
    }

    private GivenFrame[] FramesOf(CameraPlan plan, int camera)
    {
        var most = Math.Min(MostFrames, Math.Max(1, MostBytes / plan.FrameBytes));
        var count = plan.Router.TotalFrames ?? _random.Next(1, MostFrames);
        if (count > most && plan.Router.TotalFrames is not null)
            return [];
        count = Math.Min(count, most);
        // Longer rows of packed pixels could be meant as unpacked ones, and are refused.
        var mayStride = plan.Settings.Frame.RowStride == 0 && plan.PixelFormat == PixelFormat.Plain;
        var ownStride = mayStride && _settings.OneIn(6) ? plan.FrameRowBytes + _random.Next(1, 30) : 0;
        var texts = _settings.Any(0, 0, 20, 400);
        var hasNumbers = _settings.OneIn(3);
        return [.. Enumerable.Range(0, (int)count).Select(number =>
        {
            var frame = GivenFrame.Make(plan, camera, number, _seed, ownStride);
            return Describe(frame, texts, hasNumbers);
        })];
    }

    private GivenFrame Describe(GivenFrame frame, int textBytes, bool hasNumbers)
    {
        if (textBytes > 0 && _random.Next(8) > 0)
        {
            var filling = new string((char)('a' + frame.Number % 26), _random.Next(textBytes));
            var json = string.Create(
                CultureInfo.InvariantCulture, $"{{\"frame\":{frame.Number},\"camera\":{frame.Camera},\"text\":\"{filling}\"}}");
            frame = frame with { Json = json };
        }

        if (!hasNumbers)
            return frame;
        // Of the flags in the header: delta_t is 1, the timestamp 32.
        return frame with
        {
            Flags = (uint)_random.Next(64),
            Numbers = [.. Enumerable.Range(0, 5).Select(i => frame.Number * 10.0 + i)],
            TimestampNs = 1_000_000 * (frame.Number + 1),
        };
    }
}
