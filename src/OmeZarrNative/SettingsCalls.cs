using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Streaming;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>The calls that read settings and do not touch a disk.</summary>
internal static unsafe class SettingsCalls
{
    public static int Validate(byte* settings)
    {
        _ = Plan(settings);
        return Status.Ok;
    }

    public static int EstimateMemory(byte* settings, ulong* bytes)
    {
        if (bytes == null)
            throw new AbiException(Status.InvalidArgument, "out_bytes is null");
        *bytes = (ulong)Plan(settings).Memory.TotalBytes;
        return Status.Ok;
    }

    public static int DescribeLayout(byte* settings, byte* buffer, int capacity)
    {
        var (plan, memory) = Plan(settings);
        var layout = LayoutDescription.Of(plan, Describe(plan, memory));
        return TextOut.Copy(Encoding.UTF8.GetBytes(layout.ToJsonString()), buffer, capacity, cut: false);
    }

    /// <summary>What every call that takes settings makes of them: they say the same of the same document.</summary>
    public static FittingPlan Plan(byte* settings) =>
        FittingPlan.For(TextIn.Bytes(settings, "settings_json"), Environment.ProcessorCount);

    private static JsonObject Describe(AcquisitionPlan plan, MemoryPlan memory)
    {
        var json = Describe(memory);
        if (plan.Settings.HasKeys)
            json["arrays"] = new JsonArray([.. plan.Cameras.Zip(memory.Cameras, Describe)]);
        return json;
    }

    private static JsonObject Describe(CameraPlan camera, CameraMemory memory) => new()
    {
        ["key"] = camera.Key,
        ["total_bytes"] = memory.TotalBytes,
        ["ring_frames"] = memory.RingFrames,
        ["ring_bytes"] = memory.RingBytes,
        ["span_frames"] = memory.SpanFrames,
        ["assembly_bytes"] = memory.AssemblyBytes,
        ["borrowed_frames"] = memory.BorrowedFrames,
        ["copies_early"] = memory.Assemblies > 0,
    };

    private static JsonObject Describe(MemoryPlan memory) => new()
    {
        ["total_bytes"] = memory.TotalBytes,
        ["budget_bytes"] = memory.BudgetBytes,
        ["ring_frames"] = memory.RingFrames,
        ["ring_bytes"] = memory.RingBytes,
        ["span_frames"] = memory.SpanFrames,
        ["assembly_bytes"] = memory.AssemblyBytes,
        ["borrowed_frames"] = memory.BorrowedFrames,
        ["copies_early"] = memory.CopiesEarly,
        ["workers"] = memory.Workers,
        ["worker_bytes"] = memory.WorkerBytes,
        ["heap_bytes"] = memory.HeapBytes + memory.EndHeapBytes,
        ["runtime_bytes"] = MemoryPlan.RuntimeBytes,
    };
}
