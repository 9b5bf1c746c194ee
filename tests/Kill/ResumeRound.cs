using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Harness;

namespace OmeZarr.Kill;

/// <summary>
/// One acquisition whose host is killed, or ends early, up to twenty times, each time to be gone on with by the next one. In the
/// end two independent readers see what they would see of one that was never interrupted.
/// </summary>
internal sealed class ResumeRound(int seed, string folder, long slackNs, string damage, IndependentReader[] readers)
{
    private const int MostSessions = 20;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly Random _random = Seeds.Generator(seed);
    private readonly List<Problem> _problems = [];
    private readonly List<string> _deaths = [];
    private bool _hasEnded;

    private string Dataset => Path.Join(folder, "data", "set.ome.zarr");

    public RoundResult Run()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Dataset)!);
        var whole = Any();
        var answers = new CallAnswer[whole.Calls.Count];
        var sessions = _random.Next(1, MostSessions + 1);
        for (var session = 0; session < sessions && _problems.Count == 0; session++)
            Interrupt(whole, answers, session, sessions - session);
        if (_problems.Count == 0)
            Finish(whole, answers);
        return new RoundResult
        {
            Where = $"{(sessions + 4) / 5 * 5 - 4} to {(sessions + 4) / 5 * 5} sessions, gone on with",
            Layout = whole.Name,
            Problems = _problems,
            Acknowledged = whole.Calls.Count(call => call.IsAppend),
            Given = _problems.Count == 0 ? "" : $"{string.Join("\n  ", _deaths)}\n  settings: {whole.Json}",
        };
    }

    // Frames in order from one thread, and an end that keeps all of them.
    private Scenario Any()
    {
        while (true)
        {
            var scenario = ScenarioMaker.Make(_random.Next(), Dataset, overwrite: false);
            if (scenario.Calls.Any(call => call.Thread > 0 || (call.IsAppend && call.Number >= 0) || call.Kind == CallKind.Abort))
                continue;
            scenario.Settings["resume"] = true;
            var json = scenario.Settings.ToJsonString();
            return scenario with
            {
                Plan = Scenario.PlanOf(scenario.Settings),
                Calls = [.. scenario.Calls.Select(call => call.Kind == CallKind.Create ? call with { Text = json } : call)],
            };
        }
    }

    private void Interrupt(Scenario whole, CallAnswer[] answers, int session, int left)
    {
        var next = NextFrames(whole);
        long[] ends = [.. next.Select((frame, camera) =>
            frame + _random.NextInt64(Math.Max(1, 2 * (Frames(whole, camera) - frame) / left + 2)))];
        var (part, numbers) = PartOf(whole, next, ends);
        var place = Path.Join(folder, $"session-{session}");
        Directory.CreateDirectory(place);
        using var death = _random.Next(2) == 0 ? Death.AtCall(part, _random, place) : Death.AtInstant(part, _random, place);
        if (!death.Run(Bound))
            _problems.Add(new Problem("hang", $"the host was still running after {Bound}"));
        _deaths.Add($"session {session} from frame {string.Join(", ", next)}: {death.What}; {death.Host.FirstErrors}");
        var log = death.Host.Log.All();
        AddUnexpected(death.Scenario, log, death.Host);
        Forget(whole, answers, next);
        // The shim's own calls are not the scenario's.
        var played = death.Scenario.Calls.Index()
            .Where(call => call.Item.Kind is not (CallKind.Arm or CallKind.Disarm)).ToArray();
        foreach (var ((at, _), number) in played.Zip(numbers))
        {
            if (number >= 0 && log[at].HasBegun)
                answers[number] = log[at];
        }

        // Any end leaves chunks that are not whole, until the frames that they lack have come in a later session: from then on
        // only the last session can be held against what came.
        _hasEnded |= whole.Calls.Index().Any(call => call.Item.IsEnd && answers[call.Index].HasBegun);
        Damage.Do(damage, Dataset, _random);
        var interval = whole.Plan.Durability.FlushIntervalMs * 1_000_000L;
        var acknowledged = new Acknowledged(whole, answers, death.Instant - interval - slackNs);
        if (acknowledged.IsCreated && !_hasEnded)
            _problems.AddRange(DatasetCheck.Check(whole, acknowledged, readers[session % readers.Length].Read(Dataset)).Problems);
    }

    private void Finish(Scenario whole, CallAnswer[] answers)
    {
        var next = NextFrames(whole);
        var (part, _) = PartOf(whole, next, [.. next.Select((_, camera) => Frames(whole, camera))]);
        using var run = new CameraRun(part.Calls, Path.Join(folder, "last"));
        _deaths.Add($"the last session from frame {string.Join(", ", next)}");
        if (!run.WaitForExit(Bound))
            _problems.Add(new Problem("hang", $"the last host was still running after {Bound}"));
        AddUnexpected(part, run.Log.All(), run);
        // Every call of the whole acquisition has been made, in one session or another.
        Array.Fill(answers, new CallAnswer(1, 2, 0));
        var acknowledged = new Acknowledged(whole, answers, promisedUntil: long.MaxValue);
        DatasetReading[] readings = [.. readers.Select(reader => reader.Read(Dataset))];
        _problems.AddRange(readings.SelectMany(reading => DatasetCheck.Check(whole, acknowledged, reading).Problems));
        _problems.AddRange(readings[0].Differences(readings[1]).Select(found => new Problem("readers differ", found)));
    }

    private void AddUnexpected(Scenario scenario, CallAnswer[] log, CameraRun host)
    {
        const int killed = 128 + 9;
        if (host.HasExited && host.ExitCode is not (0 or killed))
            _problems.Add(new Problem("crash", $"the host ended with {host.ExitCode}: {host.FirstErrors}"));
        for (var i = 0; i < log.Length; i++)
        {
            if (log[i] is { HasEnded: true, Status: < 0 })
                _problems.Add(new Problem("refused",
                    $"call {i}, {scenario.Calls[i].Kind}, returned {log[i].Status}: {host.FirstErrors}"));
        }
    }

    // The frames of a session with what lies around them, and the number of each call in the whole.
    private static (Scenario Part, List<int> Numbers) PartOf(Scenario whole, long[] next, long[] ends)
    {
        List<CameraCall> calls = [];
        List<int> numbers = [];
        for (var i = 0; i < whole.Calls.Count; i++)
        {
            var call = whole.Calls[i];
            var camera = Math.Max(0, call.Camera);
            var number = call.Frame?.Number ?? call.FirstSkipped;
            var isFrame = call.IsAppend || call.Kind == CallKind.Skip;
            if (isFrame && (number < next[CameraOf(call)] || number >= ends[CameraOf(call)]))
                continue;
            calls.Add(call);
            if (call.Kind is not (CallKind.Arm or CallKind.Disarm))
                numbers.Add(i);
            var hasKeys = whole.Plan.Settings.HasKeys;
            if (call.Kind != (hasKeys ? CallKind.Array : CallKind.Create))
                continue;
            calls.Add(new CameraCall(CallKind.NextFrame) { Camera = hasKeys ? camera : -1, Number = next[camera] });
            numbers.Add(-1);
        }

        return (whole with { Calls = calls }, numbers);
    }

    private static int CameraOf(CameraCall call) => call.Frame?.Camera ?? Math.Max(0, call.Camera);

    // What is before the next frame is there. What is behind may be: it was acknowledged, and is given again.
    private static void Forget(Scenario whole, CallAnswer[] answers, long[] next)
    {
        for (var i = 0; i < answers.Length; i++)
        {
            var call = whole.Calls[i];
            if (!call.IsAppend && call.Kind != CallKind.Skip)
                answers[i] = default;
            else if ((call.Frame?.Number ?? call.FirstSkipped) < next[CameraOf(call)])
                answers[i] = new CallAnswer(Math.Max(1, answers[i].Begun), Math.Max(1, answers[i].Begun) + 1, 0);
            else if (answers[i].HasBegun)
                answers[i] = new CallAnswer(answers[i].Begun, 0, 0);
        }
    }

    private static long Frames(Scenario whole, int camera) => 1 + whole.Calls
        .Where(call => (call.IsAppend || call.Kind == CallKind.Skip) && CameraOf(call) == camera)
        .Max(call => call.Frame?.Number ?? call.FirstSkipped);

    private long[] NextFrames(Scenario whole)
    {
        var root = Path.Join(Dataset, "zarr.json");
        if (!File.Exists(root))
            return new long[whole.Plan.Cameras.Length];
        try
        {
            var own = JsonNode.Parse(File.ReadAllBytes(root))!["attributes"]!["omezarr_native"]!;
            return whole.Plan.Settings.HasKeys
                ? [.. own["arrays"]!.AsArray().Select(camera => (long)camera!["next_frame"]!)] : [(long)own["next_frame"]!];
        }
        catch (JsonException error)
        {
            _problems.Add(new Problem("unreadable", error.Message));
            return new long[whole.Plan.Cameras.Length];
        }
    }
}
