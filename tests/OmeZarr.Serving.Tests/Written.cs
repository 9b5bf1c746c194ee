using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Serving.Tests;

/// <summary>Datasets that the data plane wrote.</summary>
internal static unsafe class Written
{
    public const string Settings = """
        {"root_path": "memory", "dtype": "uint16", "compression": "zstd", "pyramid": {"levels": 2}, "dimensions": [
            {"name": "t", "count": null, "chunk_size": 2, "shard_size_chunks": 2}, {"name": "c", "count": 2},
            {"name": "y", "count": 60, "chunk_size": 16, "shard_size_chunks": 2}, {"name": "x", "count": 50, "chunk_size": 16}]}
        """;

    /// <summary>Writes frames of <see cref="Pixels"/>.</summary>
    public static void To(IWritableStore store, string settings = Settings, int frames = 6)
    {
        var plan = AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes(settings));
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        for (var frame = 0; frame < frames; frame++)
            Append(session, Pixels(plan, frame));
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(120_000), Is.True);
        Assert.That(session.Fault, Is.Null);
    }

    public static MemoryStore InMemory(string settings = Settings, int frames = 6)
    {
        var store = new MemoryStore();
        To(store, settings, frames);
        return store;
    }

    public static byte[] Pixels(AcquisitionPlan plan, long frame)
    {
        var pixels = new byte[plan.Cameras[0].FrameBytes];
        new Random((int)frame + 1).NextBytes(pixels);
        return pixels;
    }

    public static void Append(AcquisitionSession session, byte[] frame)
    {
        fixed (byte* pixels = frame)
        {
            var input = new FrameInput { Pixels = pixels, Bytes = (ulong)frame.Length, Index = FrameInput.NextIndex };
            var outcome = session.Pipelines[0].Append(input);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }
    }
}
