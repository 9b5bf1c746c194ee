using OmeZarr.Acquisition;

namespace OmeZarr.Harness;

/// <summary>
/// Puts frames into calls: their order, threads, pauses, what is skipped, flushed and set in between, and how it ends.
/// </summary>
internal sealed class ScenarioRun(Random random, AcquisitionPlan plan, int producers, bool pauses)
{
    /// <summary>Frames with an index may come this early: well within what a short ring holds.</summary>
    private const int Shuffling = 3;

    private readonly int _pauseUs = !pauses ? 0 : random.Next(4) switch { 0 => 0, 1 => 500, 2 => 2000, _ => 5000 };
    private readonly int _skipped = random.Next(3) == 0 ? 12 : 0;
    private readonly int _flushes = random.Next(3) switch { 0 => 0, 1 => 20, _ => 5 };
    private readonly bool _isShuffled = random.Next(4) == 0;

    public List<CameraCall> Calls(GivenFrame[][] frames, string settings, CallKind plain, CallKind described)
    {
        var hasKeys = plan.Settings.HasKeys;
        List<CameraCall> calls = [new(CallKind.Arm), new(CallKind.Create) { Text = settings }];
        if (hasKeys)
            calls.AddRange(plan.Cameras.Select((camera, i) => new CameraCall(CallKind.Array) { Camera = i, Text = camera.Key }));
        var next = frames.Select(ofCamera =>
            new Queue<GivenFrame>(producers > 1 || _isShuffled ? NearlyInOrder(ofCamera) : ofCamera)).ToArray();
        while (next.Any(queue => queue.Count > 0))
        {
            var camera = random.Next(next.Length);
            if (next[camera].Count == 0)
                continue;
            var kind = next[camera].Peek().IsDescribed ? described : plain;
            calls.Add(CallOf(next[camera].Dequeue(), hasKeys, kind));
            AddMore(calls);
        }

        calls.AddRange(End());
        return calls;
    }

    // No frame may be skipped where frames bring their own index.
    private CameraCall CallOf(GivenFrame frame, bool hasKeys, CallKind kind)
    {
        var isIndexed = producers > 1 || _isShuffled;
        var target = hasKeys ? frame.Camera : -1;
        if (!isIndexed && _skipped > 0 && random.Next(_skipped) == 0)
            return new CameraCall(CallKind.Skip) { Camera = target, Number = 1, FirstSkipped = frame.Number };
        // A slot has no room for rows that are longer than the settings say.
        if (kind == CallKind.Slot && frame.RowStride > 0)
            kind = CallKind.AppendEx;
        if (isIndexed || frame.RowStride > 0)
            kind = kind == CallKind.Append ? CallKind.AppendEx : kind;
        else if (kind == CallKind.AppendEx && frame.Flags == 0 && frame.Json is not null && random.Next(2) == 0)
            kind = CallKind.AppendMeta;
        else if (kind == CallKind.Append && hasKeys && random.Next(2) == 0)
            kind = CallKind.AppendTo;
        return new CameraCall(kind)
        {
            Camera = target,
            Text = kind == CallKind.AppendTo ? plan.Cameras[frame.Camera].Key : null,
            Frame = frame,
            Number = isIndexed ? frame.Number : -1,
            // A camera is one thread, several only where producers allow it.
            Thread = producers > 1 ? 1 + (int)(frame.Number % producers) : 0,
            PauseUs = _pauseUs == 0 ? 0 : random.Next(_pauseUs),
        };
    }

    private void AddMore(List<CameraCall> calls)
    {
        if (_flushes > 0 && random.Next(_flushes) == 0)
            calls.Add(new CameraCall(CallKind.Flush) { Number = 30_000 });
        if (random.Next(60) == 0)
            calls.Add(new CameraCall(CallKind.SetMetadata) { Text = $"lab\0{{\"note\": {random.Next(1000)}}}" });
        if (random.Next(60) == 0)
        {
            var image = plan.Images[random.Next(plan.Images.Length)].Path;
            calls.Add(new CameraCall(CallKind.SetImageMetadata) { Text = $"{image}\0stage\0[{random.Next(1000)}]" });
        }
    }

    private IEnumerable<CameraCall> End() => random.Next(8) switch
    {
        0 => [new(CallKind.Abort), new(CallKind.PollReleased)],
        1 => [new(CallKind.FinalizeBegin), new(CallKind.FinalizePoll) { Number = 60_000 }, new(CallKind.PollReleased)],
        _ => [new(CallKind.Finalize), new(CallKind.PollReleased)],
    };

    private List<GivenFrame> NearlyInOrder(GivenFrame[] frames)
    {
        var rest = frames.ToList();
        var result = new List<GivenFrame>(rest.Count);
        while (rest.Count > 0)
        {
            var which = random.Next(Math.Min(Shuffling, rest.Count));
            result.Add(rest[which]);
            rest.RemoveAt(which);
        }

        return result;
    }
}
