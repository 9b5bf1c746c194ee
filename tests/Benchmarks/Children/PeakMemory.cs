using System.Text.Json;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;
using OmeZarr.Benchmarks.Rows.Throughput;

namespace OmeZarr.Benchmarks.Children;

/// <summary>The memory of one saturated stream, in a process that has nothing else but its frames.</summary>
internal static unsafe class PeakMemory
{
    private const bool FewFrames = true;

    /// <summary>Writes <c>own</c>, <c>peak</c> and <c>estimate</c>, in bytes.</summary>
    public static void Measure(int regimeNumber, string parent, long bytes, Utf8JsonWriter json)
    {
        var regime = Saturated.All[regimeNumber].Regime;
        using var pools = new FramePools(FewFrames);
        using var folder = new WorkFolder("child", parent);
        var pool = pools[regime.Layout.Frame];
        var settings = SettingsDocument.Of(regime, folder.Dataset, Sync.Finalize);

        // Before the first call, which loads the library: its code and its runtime count as its own.
        GC.Collect();
        ProcessMemory.ForgetPeak();
        var own = ProcessMemory.Now;
        using (var stream = NativeStream.Create(settings))
        {
            for (long frame = 0; frame < bytes / pool.Shape.Bytes; frame++)
                stream.Append(pool[frame], pool.Shape.Bytes);
            stream.Finish();
        }

        var peak = ProcessMemory.Peak;
        folder.RemoveDataset();
        json.WriteNumber("own", own);
        json.WriteNumber("peak", peak);
        json.WriteNumber("estimate", NativeStream.EstimateMemory(settings));
    }
}
