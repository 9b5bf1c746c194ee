using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Reading datasets.</summary>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "omz_open", CallConvs = [typeof(CallConvCdecl)])]
    public static int OpenDataset(byte* path, int timeoutMs, ulong* dataset) => AbiGuard.Call(
        static a => DatasetCalls.Open((byte*)a.path, a.timeoutMs, (ulong*)a.dataset),
        (path: (nint)path, timeoutMs, dataset: (nint)dataset));

    [UnmanagedCallersOnly(EntryPoint = "omz_open_stream", CallConvs = [typeof(CallConvCdecl)])]
    public static int OpenStreamDataset(ulong stream, int timeoutMs, ulong* dataset) => AbiGuard.Call(
        static a => DatasetCalls.OpenStream(a.stream, a.timeoutMs, (ulong*)a.dataset),
        (stream, timeoutMs, dataset: (nint)dataset));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_dataset_metadata", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetDatasetMetadata(byte* path, byte* group, byte* name, byte* json, int timeoutMs) => AbiGuard.Call(
        static a => StoredMetadataCalls.Set((byte*)a.path, (byte*)a.group, (byte*)a.name, (byte*)a.json, a.timeoutMs),
        (path: (nint)path, group: (nint)group, name: (nint)name, json: (nint)json, timeoutMs));

    [UnmanagedCallersOnly(EntryPoint = "omz_dataset_json", CallConvs = [typeof(CallConvCdecl)])]
    public static int DatasetJson(ulong dataset, int image, int timeoutMs, byte* buffer, int capacity) => AbiGuard.Call(
        static a => DatasetCalls.Json(a.dataset, a.image, a.timeoutMs, (byte*)a.buffer, a.capacity),
        (dataset, image, timeoutMs, buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_read_region", CallConvs = [typeof(CallConvCdecl)])]
    public static int ReadRegion(ulong dataset, int image, int level, int axes, long* start, long* count, long* step,
        void* buffer, ulong bytes, long* strides, int timeoutMs, ulong* missing) => AbiGuard.Call(
        static a => DatasetCalls.ReadRegion(
            a.dataset, a.image, a.level, a.region, (byte*)a.buffer, a.bytes, a.timeoutMs, (ulong*)a.missing),
        (dataset, image, level, region: new RegionArguments(start, count, step, strides, axes), buffer: (nint)buffer, bytes,
            timeoutMs, missing: (nint)missing));

    [UnmanagedCallersOnly(EntryPoint = "omz_read_frame", CallConvs = [typeof(CallConvCdecl)])]
    public static int ReadFrame(ulong dataset, int image, int level, long index, void* buffer, ulong bytes, int timeoutMs,
        ulong* missing) => AbiGuard.Call(
        static a => DatasetCalls.ReadFrame(
            a.dataset, a.image, a.level, a.index, (byte*)a.buffer, a.bytes, a.timeoutMs, (ulong*)a.missing),
        (dataset, image, level, index, buffer: (nint)buffer, bytes, timeoutMs, missing: (nint)missing));

    [UnmanagedCallersOnly(EntryPoint = "omz_read_frame_at", CallConvs = [typeof(CallConvCdecl)])]
    public static int ReadFrameAt(ulong dataset, int image, int level, long* indices, int indexCount, void* buffer, ulong bytes,
        int timeoutMs, ulong* missing) => AbiGuard.Call(
        static a => DatasetCalls.ReadFrameAt(a.dataset, a.image, a.level, (long*)a.indices, a.indexCount, (byte*)a.buffer,
            a.bytes, a.timeoutMs, (ulong*)a.missing),
        (dataset, image, level, indices: (nint)indices, indexCount, buffer: (nint)buffer, bytes, timeoutMs,
            missing: (nint)missing));

    [UnmanagedCallersOnly(EntryPoint = "omz_frame_metadata", CallConvs = [typeof(CallConvCdecl)])]
    public static int FrameMetadata(ulong dataset, byte* array, long frame, int timeoutMs, byte* buffer, int capacity) =>
        AbiGuard.Call(
            static a => DatasetCalls.Metadata(a.dataset, (byte*)a.array, a.frame, a.timeoutMs, (byte*)a.buffer, a.capacity),
            (dataset, array: (nint)array, frame, timeoutMs, buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_refresh", CallConvs = [typeof(CallConvCdecl)])]
    public static int Refresh(ulong dataset, int timeoutMs, int* changed) => AbiGuard.Call(
        static a => DatasetCalls.Refresh(a.dataset, a.timeoutMs, (int*)a.changed),
        (dataset, timeoutMs, changed: (nint)changed));

    [UnmanagedCallersOnly(EntryPoint = "omz_close", CallConvs = [typeof(CallConvCdecl)])]
    public static int CloseDataset(ulong dataset) =>
        AbiGuard.Call(static a => DatasetCalls.Close(a.Item1), ValueTuple.Create(dataset));
}
