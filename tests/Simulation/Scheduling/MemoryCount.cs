namespace OmeZarr.Simulation.Scheduling;

/// <summary>Memory outside the managed heap that the threads of a run have, in bytes.</summary>
internal sealed class MemoryCount
{
    public long Now { get; private set; }

    public long Peak { get; private set; }

    public void Take(long bytes)
    {
        Now += bytes;
        Peak = Math.Max(Peak, Now);
    }

    public void GiveBack(long bytes) => Now -= bytes;
}
