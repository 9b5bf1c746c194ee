using OmeZarr.Concurrency;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Streaming;

namespace OmeZarr.Simulation.Workload;

/// <summary>Takes the tokens of released frames as <c>omz_poll_released</c> does, until none can come any more.</summary>
internal sealed class Poller(Run run, LentFrames frames, Chances chances)
{
    private readonly CameraPipeline _pipeline = run.Session.Pipelines[0];

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

    // As in ZeroCopyCalls.
    private int Take(int capacity, Deadline deadline)
    {
        var borrowed = _pipeline.Borrowed;
        var taken = 0;
        while (true)
        {
            var ticket = borrowed.FrameReleased.Prepare();
            var hasEnded = borrowed.HasEnded;
            while (taken < capacity && borrowed.TryTakeReleased(out var token))
            {
                frames.TakeBack(token);
                taken++;
            }

            if (taken > 0 || hasEnded || deadline.HasPassed)
            {
                borrowed.FrameReleased.Cancel();
                return taken;
            }

            _pipeline.WakeWorkers();
            borrowed.FrameReleased.Wait(ticket, deadline.RemainingMs);
        }
    }
}
