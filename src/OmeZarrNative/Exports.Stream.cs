using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>
/// The C functions of omezarr_native.h, where each is documented: one line each, the guard and then a plain method.
/// Pointers are the caller's and are used during the call only.
/// </summary>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "omz_create", CallConvs = [typeof(CallConvCdecl)])]
    public static int Create(byte* settings, ulong* stream) =>
        AbiGuard.Call(static a =>
            StreamCalls.Create((byte*)a.settings, (ulong*)a.stream), (settings: (nint)settings, stream: (nint)stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_create_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int CreateEx(byte* settings, ulong* stream, byte* error, int capacity) => AbiGuard.CallTelling(error, capacity,
        static a => StreamCalls.Create((byte*)a.settings, (ulong*)a.stream), (settings: (nint)settings, stream: (nint)stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_output_path", CallConvs = [typeof(CallConvCdecl)])]
    public static int OutputPath(ulong stream, byte* buffer, int capacity) => AbiGuard.CallOn(stream,
        static a => StreamCalls.OutputPath(a.stream, (byte*)a.buffer, a.capacity), (stream, buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_monitor_url", CallConvs = [typeof(CallConvCdecl)])]
    public static int MonitorUrl(ulong stream, byte* buffer, int capacity) => AbiGuard.CallOn(stream,
        static a => StreamCalls.MonitorUrl(a.stream, (byte*)a.buffer, a.capacity), (stream, buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_frame_format", CallConvs = [typeof(CallConvCdecl)])]
    public static int FrameFormat(ulong stream, int* type, long* height, long* width, ulong* bytes) => AbiGuard.CallOn(stream,
        static a => StreamCalls.FrameFormat(a.stream, (int*)a.type, (long*)a.height, (long*)a.width, (ulong*)a.bytes),
        (stream, type: (nint)type, height: (nint)height, width: (nint)width, bytes: (nint)bytes));

    [UnmanagedCallersOnly(EntryPoint = "omz_frame_index", CallConvs = [typeof(CallConvCdecl)])]
    public static int FrameIndex(ulong stream, long* coordinates, int count, long* index) => AbiGuard.CallOn(stream,
        static a => CoordinateCalls.Index(a.stream, (long*)a.coordinates, a.count, (long*)a.index),
        (stream, coordinates: (nint)coordinates, count, index: (nint)index));

    [UnmanagedCallersOnly(EntryPoint = "omz_append_frame_at", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendFrameAt(ulong stream, long* coordinates, int count, byte* pixels, ulong bytes) =>
        AbiGuard.CallOfFrame(stream,
            static a => CoordinateCalls.Append(a.stream, (long*)a.coordinates, a.count, (byte*)a.pixels, a.bytes),
            (stream, coordinates: (nint)coordinates, count, pixels: (nint)pixels, bytes));

    [UnmanagedCallersOnly(EntryPoint = "omz_append_frame_meta", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendFrameMeta(ulong stream, byte* pixels, ulong bytes, byte* metadata) => AbiGuard.CallOn(stream,
        static a => StreamCalls.AppendMeta(a.stream, (byte*)a.pixels, a.bytes, (byte*)a.metadata),
        (stream, pixels: (nint)pixels, bytes, metadata: (nint)metadata));

    [UnmanagedCallersOnly(EntryPoint = "omz_array_stream", CallConvs = [typeof(CallConvCdecl)])]
    public static int ArrayStream(ulong stream, byte* key, ulong* array) => AbiGuard.CallOn(stream,
        static a => StreamCalls.ArrayStream(a.stream, (byte*)a.key, (ulong*)a.array),
        (stream, key: (nint)key, array: (nint)array));

    [UnmanagedCallersOnly(EntryPoint = "omz_append_frame_to", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendFrameTo(ulong stream, byte* key, byte* pixels, ulong bytes) => AbiGuard.CallOfFrame(stream,
        static a => StreamCalls.AppendTo(a.stream, (byte*)a.key, (byte*)a.pixels, a.bytes),
        (stream, key: (nint)key, pixels: (nint)pixels, bytes));

    [UnmanagedCallersOnly(EntryPoint = "omz_skip_frames", CallConvs = [typeof(CallConvCdecl)])]
    public static int SkipFrames(ulong stream, ulong count) =>
        AbiGuard.CallOn(stream, static a => StreamCalls.Skip(a.stream, a.count), (stream, count));

    [UnmanagedCallersOnly(EntryPoint = "omz_next_frame", CallConvs = [typeof(CallConvCdecl)])]
    public static int NextFrame(ulong stream, long* index) =>
        AbiGuard.CallOn(stream, static a => StreamCalls.NextFrame(a.stream, (long*)a.index), (stream, index: (nint)index));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_metadata", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetMetadata(ulong stream, byte* name, byte* json) => AbiGuard.CallOn(stream,
        static a => MetadataCalls.Set(a.stream, (byte*)a.name, (byte*)a.json), (stream, name: (nint)name, json: (nint)json));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_image_metadata", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetImageMetadata(ulong stream, byte* image, byte* name, byte* json) => AbiGuard.CallOn(stream,
        static a => MetadataCalls.SetOfImage(a.stream, (byte*)a.image, (byte*)a.name, (byte*)a.json),
        (stream, image: (nint)image, name: (nint)name, json: (nint)json));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_end_reason", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetEndReason(ulong stream, byte* reason) =>
        AbiGuard.CallOn(stream, static a => MetadataCalls.SetEndReason(a.stream, (byte*)a.reason),
            (stream, reason: (nint)reason));

    [UnmanagedCallersOnly(EntryPoint = "omz_flush", CallConvs = [typeof(CallConvCdecl)])]
    public static int Flush(ulong stream, int timeoutMs) =>
        AbiGuard.CallOn(stream, static a => StreamCalls.Flush(a.stream, a.timeoutMs), (stream, timeoutMs));

    [UnmanagedCallersOnly(EntryPoint = "omz_finalize", CallConvs = [typeof(CallConvCdecl)])]
    public static int Finish(ulong stream) =>
        AbiGuard.CallOn(stream, static a => StreamCalls.Finish(a.Item1), ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_finalize_begin", CallConvs = [typeof(CallConvCdecl)])]
    public static int FinalizeBegin(ulong stream) =>
        AbiGuard.CallOn(stream, static a => StreamCalls.FinalizeBegin(a.Item1), ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_finalize_poll", CallConvs = [typeof(CallConvCdecl)])]
    public static int FinalizePoll(ulong stream, int timeoutMs, double* progress) => AbiGuard.Poll(stream,
        static a => StreamCalls.FinalizePoll(a.stream, a.timeoutMs, (double*)a.progress),
        (stream, timeoutMs, progress: (nint)progress));

    [UnmanagedCallersOnly(EntryPoint = "omz_abort", CallConvs = [typeof(CallConvCdecl)])]
    public static int Abort(ulong stream) =>
        AbiGuard.CallOn(stream, static a => StreamCalls.Abort(a.Item1), ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_abort_begin", CallConvs = [typeof(CallConvCdecl)])]
    public static int AbortBegin(ulong stream) =>
        AbiGuard.CallOn(stream, static a => StreamCalls.AbortBegin(a.Item1), ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_get_stats", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetStats(ulong stream, OmzStats* stats) =>
        AbiGuard.CallOn(stream, static a => StreamCalls.GetStats(a.stream, (OmzStats*)a.stats), (stream, stats: (nint)stats));

    [UnmanagedCallersOnly(EntryPoint = "omz_get_stats_json", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetStatsJson(ulong stream, byte* buffer, int capacity) => AbiGuard.CallOn(stream,
        static a => StreamCalls.GetStatsJson(a.stream, (byte*)a.buffer, a.capacity), (stream, buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_stream_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static int StreamLastError(ulong stream, byte* buffer, int capacity) => AbiGuard.Call(
        static a => StreamCalls.LastErrorOf(a.stream, (byte*)a.buffer, a.capacity), (stream, buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_stream_error", CallConvs = [typeof(CallConvCdecl)])]
    public static int StreamError(ulong stream, byte* buffer, int capacity) => AbiGuard.CallOn(stream,
        static a => StreamCalls.StreamError(a.stream, (byte*)a.buffer, a.capacity), (stream, buffer: (nint)buffer, capacity));
}
