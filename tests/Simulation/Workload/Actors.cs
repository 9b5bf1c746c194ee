using OmeZarr.Documents;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation.Workload;

/// <summary>
/// The threads of a host: those that append frames, and those that flush, poll, read counters and end the stream.
/// </summary>
internal sealed class Actors
{
    private readonly Run _run;
    private readonly Chances _chances;
    private readonly Mood _mood;
    private readonly Pauses _pauses;

    public Actors(Run run, Chances chances, Mood mood)
    {
        _mood = mood;
        _run = run;
        _chances = chances;
        _pauses = mood == Mood.Calm
            ? new Pauses(chances.Of(1, 4), chances.Of(20_000_000L, 300_000_000))
            : mood == Mood.Flushing ? new Pauses(1, 20_000_000)
                : new Pauses(chances.Of(0, 0, 1, 1, 3, 10), chances.Of(100_000L, 1_000_000, 20_000_000, 3_000_000_000));
        // With several producers one may wait for ever for room to lend, if others have ended before the chunk was complete.
        var mayLend = mood != Mood.Calm
            && (run.Layout.Plan.Pipeline.Producers == 1 || run.Layout.Plan.Pipeline.AppendTimeoutMs >= 0);
        foreach (var camera in run.Cameras)
        {
            camera.IsOrdered = run.Layout.Plan.Pipeline.Producers == 1 && chances.OneIn(2);
            var lendOneIn = mayLend ? chances.Of(0, 0, 0, 1, 2) : 0;
            camera.Tokens = camera.Plan.Pipeline is { BorrowedBuffers: { } buffers } pipeline
                ? new LentFrames(run, pipeline.RingFrames is null ? 1 : Math.Max(1, lendOneIn), buffers)
                : new LentFrames(run, lendOneIn, null);
            Describe(camera.Book);
        }
    }

    /// <summary>Runs all of them to their ends, and the stream to its own.</summary>
    public void Play()
    {
        List<Thread> producers = [], others = [];
        foreach (var camera in _run.Cameras)
        {
            foreach (var share in Shares(camera))
                producers.Add(Start($"producer{camera.Name} {producers.Count}",
                    new Producer(_run, camera, _chances.Fork(), _pauses, share).Play));
            if (camera.Tokens.AreLent)
                others.Add(Start($"poller{camera.Name}", new Poller(_run, camera, _chances.Fork()).Play));
        }

        if (_mood != Mood.Calm && _chances.OneIn(2))
            others.Add(Start("flusher", new Flusher(_run, _chances.Fork()).Play));
        if (_mood != Mood.Calm && _chances.OneIn(4))
            others.Add(Start("onlooker", new Onlooker(_run, _chances.Fork()).Play));
        // Now and then the end comes in the middle.
        if (!_chances.OneIn(4))
            producers.ForEach(producer => producer.Join());
        if (_chances.OneIn(2))
            Scheduler.Sleep(_chances.Spread(1000, 200_000_000), "the end");
        End();
        producers.ForEach(producer => producer.Join());
        others.ForEach(other => other.Join());
        foreach (var camera in _run.Cameras)
            camera.Tokens.CheckAllBack();
    }

    private void End()
    {
        _run.IsEnding = true;
        var abort = _chances.OneIn(6);
        if (!abort || _chances.OneIn(3))
            _run.Timed("finalize", 0, () => { _run.Session.BeginFinalize(); return true; });
        if (abort)
            _run.Timed("abort", 0, () => { _run.Session.BeginAbort(); return true; });
        var isGivenUp = false;
        while (!_run.HasEnded)
        {
            var timeout = _chances.Of(-1, 0, 10, 1000);
            _run.HasEnded = _run.Timed("wait for the end", timeout, () => _run.Session.WaitForEnd(timeout));
            if (!_run.HasEnded && timeout == 0)
                Scheduler.Sleep(20_000_000, "another look");
            if (_run.HasEnded || !abort || isGivenUp || !_chances.OneIn(3))
                continue;
            _run.Timed("give up", 0, () => { _run.Session.GiveUp(); return true; });
            isGivenUp = true;
        }
    }

    // The metadata of the run's frames: nothing, or something for most of them.
    private void Describe(FrameBook book)
    {
        if (!_run.Conduct.IsAboutMetadata && !_chances.OneIn(3))
            return;
        var largest = _chances.Of(40, 300, 30_000);
        for (var frame = 0; frame < book.Frames; frame++)
        {
            var properties = default(FrameProperties);
            if (_chances.OneIn(4))
                properties.Set(FrameProperty.DeltaT, frame * 0.125);
            if (_chances.OneIn(2))
                properties.Set(FrameProperty.ExposureTime, frame + 0.25);
            if (_chances.OneIn(3))
                properties.Set(FrameProperty.PositionX, frame * 3.5);
            var text = _chances.OneIn(4) ? null : Text(frame, _chances.Between(20, largest));
            book.Describe(frame, text, properties);
        }
    }

    private static byte[] Text(int frame, int bytes)
    {
        var text = System.Text.Encoding.ASCII.GetBytes(
            $"{{\"frame\":{frame},\"fill\":\"{new string((char)('a' + frame % 26), bytes)}\"}}");
        return text;
    }

    private List<List<int>> Shares(CameraRun camera)
    {
        var order = Enumerable.Range(0, camera.Book.Frames).ToArray();
        if (!camera.IsOrdered)
        {
            // Frames are reordered within a window, so that some wait for others.
            var window = _chances.Between(1, 6);
            for (var i = 0; i < order.Length; i += window)
                _chances.Shuffle(order.AsSpan(i, Math.Min(window, order.Length - i)));
        }

        var shares = Enumerable.Range(0, _run.Layout.Plan.Pipeline.Producers).Select(_ => new List<int>()).ToList();
        foreach (var frame in order)
            shares[_chances.Below(shares.Count)].Add(frame);
        return shares;
    }

    private static Thread Start(string name, Action body)
    {
        var thread = new Thread(body, 0) { Name = name };
        thread.Start();
        return thread;
    }
}

/// <summary>How long a thread pauses between its calls.</summary>
/// <param name="OneIn">One in this many calls is followed by a pause; 0: none.</param>
/// <param name="LongestNs">The longest pause.</param>
internal sealed record Pauses(int OneIn, long LongestNs)
{
    public void MayPause(Chances chances)
    {
        if (OneIn > 0 && chances.OneIn(OneIn))
            Scheduler.Sleep(chances.Spread(1000, LongestNs), "the next frame");
    }
}
