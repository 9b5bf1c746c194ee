using OmeZarr.Simulation.Scheduling;
using OmeZarr.Simulation.Workload;

namespace OmeZarr.Simulation.Oracles;

/// <summary>
/// A host that lends the buffers that it said it has always gets one back. Checked whenever nobody can run and time is about to
/// pass: then the buffers must not all lie in chunks that wait for frames which the host has no buffer for.
/// </summary>
internal static class BufferOracle
{
    public static void Look(Run run)
    {
        if (run.Session is not { Fault: null } session || run.IsEnding)
            return;
        foreach (var camera in run.Cameras)
        {
            var pipeline = session.Pipelines[camera.Number];
            if (camera.IsOrdered && camera.Tokens.AreAllOut && pipeline.Borrowed.Held == camera.Tokens.Out)
            {
                run.Expect(!(pipeline.InFlight.NoRecords && pipeline.InFlight.NoJobs), Rules.Buffers,
                    $"all {camera.Tokens.Out} buffers{camera.Name} are lent, and nothing in progress gives one back");
            }
        }
    }
}
