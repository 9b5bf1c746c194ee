using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Layers;
using OmeZarr.Benchmarks.Limits;

namespace OmeZarr.Benchmarks.Rows.Throughput;

/// <summary>Measures one regime: in each round every limit and every layer once, beginning with another one each time.</summary>
internal sealed class RegimeRounds(BenchmarkRun run, Regime regime, IReadOnlyList<WorkPlace> places)
{
    private const long ChunkSetBytes = 32 << 20;

    private readonly FramePool _pool = run.Pools[regime.Layout.Frame];
    private readonly int _slots = NullStoreLayer.RingFrames(SettingsDocument.Of(regime, "unused", Sync.Never));

    public IReadOnlyList<RoundFigures> Measure()
    {
        var rounds = new List<RoundFigures>();
        for (var round = 0; round < run.Effort.Rounds; round++)
        {
            var figures = new RoundFigures();
            var steps = Steps(figures, streamFirst: round % 2 == 1);
            for (var i = 0; i < steps.Count; i++)
                steps[(round + i) % steps.Count]();
            rounds.Add(figures);
        }

        return rounds;
    }

    private List<Action> Steps(RoundFigures figures, bool streamFirst)
    {
        var bytes = run.Effort.StreamBytes;
        var steps = new List<Action>
        {
            () => figures.Copy = MemoryCopy.IntoSlots(_pool, _slots, bytes),
            () => figures.Codec = regime.IsRaw ? null : MeasureCodec(),
            () => figures.Ring = RingLayer.Speed(_pool, _slots, bytes),
            () => figures.NullStore = NullStoreLayer.Speed(regime, _pool, bytes),
        };
        foreach (var place in places)
            steps.Add(() => MeasureAt(place, figures, streamFirst));
        return steps;
    }

    // The plain file beside the stream, now before and now after it: what the machine gives varies within seconds.
    private void MeasureAt(WorkPlace place, RoundFigures figures, bool streamFirst)
    {
        if (streamFirst)
            MeasureStream(place, figures);
        run.Warm(place.Folder);
        figures.Write[place] = place.Folder.WriteSpeed(run.Effort.StreamBytes, place.IsSynced);
        if (!streamFirst)
            MeasureStream(place, figures);
    }

    private void MeasureStream(WorkPlace place, RoundFigures figures)
    {
        run.Warm(place.Folder);
        figures.Stream[place] =
            LibraryLayer.Speed(regime, _pool, place.Folder, place.Sync, run.Effort.StreamBytes).MegabytesPerSecond;
    }

    private CodecSpeed MeasureCodec()
    {
        using var chunks = new ChunkSet(_pool, regime.Layout, ChunkSetBytes);
        using var encoder = ReferenceEncoders.For(regime.Compression, chunks.PixelBytes);
        return CodecSpeed.Measure(encoder, chunks, run.Effort.CodecSeconds);
    }
}
