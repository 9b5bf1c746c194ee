using OmeZarr.Concurrency;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Streaming;

namespace OmeZarr.Simulation.Workload;

/// <summary>Takes the tokens of released frames as <c>omz_poll_released</c> does, until none can come any more.</summary>
internal sealed class Poller(Run run, CameraRun camera, Chances chances)
{
    private readonly CameraPipeline _pipeline = run.Session.Pipelines[camera.Number];

    public void Play()
    {
        while (true)
        {
            var timeout = chances.Of(-1, 0, 1, 100);
            var taken = run.Timed($"poll {timeout} ms", timeout, () => Take(chances.Between(1, 3), Deadline.After(timeout)));
            if (taken == 0 && _pipeline.Borrowed.HasEnded)
                return;
            if (taken == 0 && timeout == 0)
                Scheduler.Sleep(chances.Spread(10_000, 50_000_000), "another look");
        }
    }

    private int Take(int capacity, Deadline deadline)
    {
        var tokens = new ulong[capacity];
        var taken = ReleasedTokens.Take(_pipeline.Borrowed, _pipeline, tokens, deadline);
        foreach (var token in tokens.AsSpan(0, taken))
            camera.Tokens.TakeBack(token);
        return taken;
    }
}
