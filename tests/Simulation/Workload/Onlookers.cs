using System.Text.Json.Nodes;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation.Workload;

/// <summary>Flushes now and then, with a time-out.</summary>
internal sealed class Flusher(Run run, Chances chances)
{
    public void Play()
    {
        for (var i = chances.Between(1, 6); i > 0 && !run.HasEnded; i--)
        {
            Scheduler.Sleep(chances.Spread(1000, 100_000_000), "the next flush");
            var before = run.Cameras.Select(camera => camera.Book.Copy()).ToArray();
            var unpublished = run.Store.Unpublished;
            var timeout = chances.Of(-1, 0, 1, 300, 300);
            if (run.Timed($"flush {timeout} ms", timeout, () => run.Session.Flush(timeout)) && run.Session.Fault is null
                && !run.IsEnding)
            {
                foreach (var camera in run.Cameras)
                    camera.Book.Flushed(before[camera.Number], areChunksShown: unpublished == run.Store.Unpublished);
            }
        }
    }
}

/// <summary>Reads the counters, and sets metadata of the acquisition.</summary>
internal sealed class Onlooker(Run run, Chances chances)
{
    public void Play()
    {
        for (var i = chances.Between(1, 8); i > 0; i--)
        {
            Scheduler.Sleep(chances.Spread(1000, 50_000_000), "the next look");
            if (i == 1)
            {
                var stats = run.Timed("stats", 0, run.Session.Stats);
                run.Expect(stats.FramesWritten <= stats.FramesAppended, Rules.Answers,
                    $"{stats.FramesWritten} of {stats.FramesAppended} frames are said to be written");
                run.Expect(stats.RingOccupancy >= 0 && stats.RingOccupancy <= stats.RingCapacity, Rules.Memory,
                    $"{stats.RingOccupancy} of {stats.RingCapacity} slots are in use");
            }
            else
            {
                run.Timed("set metadata", 0, () => run.Session.TrySetMetadata("note", new JsonObject { ["look"] = i }));
            }
        }
    }
}
