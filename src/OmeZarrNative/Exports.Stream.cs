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

    [UnmanagedCallersOnly(EntryPoint = "omz_append_frame_meta", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendFrameMeta(ulong stream, byte* pixels, ulong bytes, byte* metadata) => AbiGuard.Call(
        static a => StreamCalls.AppendMeta(a.stream, (byte*)a.pixels, a.bytes, (byte*)a.metadata),
        (stream, pixels: (nint)pixels, bytes, metadata: (nint)metadata));

    [UnmanagedCallersOnly(EntryPoint = "omz_array_stream", CallConvs = [typeof(CallConvCdecl)])]
    public static int ArrayStream(ulong stream, byte* key, ulong* array) => AbiGuard.Call(
        static a => StreamCalls.ArrayStream(a.stream, (byte*)a.key, (ulong*)a.array),
        (stream, key: (nint)key, array: (nint)array));

    [UnmanagedCallersOnly(EntryPoint = "omz_append_frame_to", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendFrameTo(ulong stream, byte* key, byte* pixels, ulong bytes) => AbiGuard.CallOfFrame(
        static a => StreamCalls.AppendTo(a.stream, (byte*)a.key, (byte*)a.pixels, a.bytes),
        (stream, key: (nint)key, pixels: (nint)pixels, bytes));

    [UnmanagedCallersOnly(EntryPoint = "omz_skip_frames", CallConvs = [typeof(CallConvCdecl)])]
    public static int SkipFrames(ulong stream, ulong count) =>
        AbiGuard.Call(static a => StreamCalls.Skip(a.stream, a.count), (stream, count));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_metadata", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetMetadata(ulong stream, byte* name, byte* json) => AbiGuard.Call(
        static a => MetadataCalls.Set(a.stream, (byte*)a.name, (byte*)a.json), (stream, name: (nint)name, json: (nint)json));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_image_metadata", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetImageMetadata(ulong stream, byte* image, byte* name, byte* json) => AbiGuard.Call(
        static a => MetadataCalls.SetOfImage(a.stream, (byte*)a.image, (byte*)a.name, (byte*)a.json),
        (stream, image: (nint)image, name: (nint)name, json: (nint)json));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_end_reason", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetEndReason(ulong stream, byte* reason) =>
        AbiGuard.Call(static a => MetadataCalls.SetEndReason(a.stream, (byte*)a.reason), (stream, reason: (nint)reason));

    [UnmanagedCallersOnly(EntryPoint = "omz_flush", CallConvs = [typeof(CallConvCdecl)])]
    public static int Flush(ulong stream, int timeoutMs) =>
        AbiGuard.Call(static a => StreamCalls.Flush(a.stream, a.timeoutMs), (stream, timeoutMs));

    [UnmanagedCallersOnly(EntryPoint = "omz_finalize", CallConvs = [typeof(CallConvCdecl)])]
    public static int Finish(ulong stream) => AbiGuard.Call(static a => StreamCalls.Finish(a.Item1), ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_finalize_begin", CallConvs = [typeof(CallConvCdecl)])]
    public static int FinalizeBegin(ulong stream) =>
        AbiGuard.Call(static a => StreamCalls.FinalizeBegin(a.Item1), ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_finalize_poll", CallConvs = [typeof(CallConvCdecl)])]
    public static int FinalizePoll(ulong stream, int timeoutMs, double* progress) => AbiGuard.Call(
        static a => StreamCalls.FinalizePoll(a.stream, a.timeoutMs, (double*)a.progress),
        (stream, timeoutMs, progress: (nint)progress));

    [UnmanagedCallersOnly(EntryPoint = "omz_abort", CallConvs = [typeof(CallConvCdecl)])]
    public static int Abort(ulong stream) => AbiGuard.Call(static a => StreamCalls.Abort(a.Item1), ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_abort_begin", CallConvs = [typeof(CallConvCdecl)])]
    public static int AbortBegin(ulong stream) =>
        AbiGuard.Call(static a => StreamCalls.AbortBegin(a.Item1), ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omz_get_stats", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetStats(ulong stream, OmzStats* stats) =>
        AbiGuard.Call(static a => StreamCalls.GetStats(a.stream, (OmzStats*)a.stats), (stream, stats: (nint)stats));

    [UnmanagedCallersOnly(EntryPoint = "omz_get_stats_json", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetStatsJson(ulong stream, byte* buffer, int capacity) => AbiGuard.Call(
        static a => StreamCalls.GetStatsJson(a.stream, (byte*)a.buffer, a.capacity), (stream, buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_stream_error", CallConvs = [typeof(CallConvCdecl)])]
    public static int StreamError(ulong stream, byte* buffer, int capacity) => AbiGuard.Call(
        static a => StreamCalls.StreamError(a.stream, (byte*)a.buffer, a.capacity), (stream, buffer: (nint)buffer, capacity));
}
