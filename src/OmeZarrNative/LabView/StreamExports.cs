using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative.LabView;

/// <summary>The calls of omezarr_labview.h: a stream's life.</summary>
internal static unsafe class StreamExports
{
    [UnmanagedCallersOnly(EntryPoint = "omzlv_create", CallConvs = [typeof(CallConvCdecl)])]
    public static int Create(byte* settingsJson, ulong* stream, byte* error, int errorCapacity) =>
        AbiGuard.CallTelling(error, errorCapacity,
            static a => StreamCalls.Create((byte*)a.settingsJson, (ulong*)a.stream),
            (settingsJson: (nint)settingsJson, stream: (nint)stream));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_array", CallConvs = [typeof(CallConvCdecl)])]
    public static int Array(ulong stream, byte* key, ulong* array) =>
        AbiGuard.CallOn(stream,
            static a => StreamCalls.ArrayStream(a.stream, (byte*)a.key, (ulong*)a.array),
            (stream, key: (nint)key, array: (nint)array));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_output_path", CallConvs = [typeof(CallConvCdecl)])]
    public static int OutputPath(ulong stream, byte* text, int capacity, int* needed) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Text(StreamCalls.OutputPath(a.stream, (byte*)a.text, a.capacity), (int*)a.needed),
            (stream, text: (nint)text, capacity, needed: (nint)needed));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_monitor_url", CallConvs = [typeof(CallConvCdecl)])]
    public static int MonitorUrl(ulong stream, byte* text, int capacity, int* needed) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Text(StreamCalls.MonitorUrl(a.stream, (byte*)a.text, a.capacity), (int*)a.needed),
            (stream, text: (nint)text, capacity, needed: (nint)needed));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_frame_format", CallConvs = [typeof(CallConvCdecl)])]
    public static int FrameFormat(ulong stream, int* type, long* height, long* width, ulong* sizeBytes) =>
        AbiGuard.CallOn(stream,
            static a => StreamCalls.FrameFormat(a.stream, (int*)a.type, (long*)a.height, (long*)a.width, (ulong*)a.sizeBytes),
            (stream, type: (nint)type, height: (nint)height, width: (nint)width, sizeBytes: (nint)sizeBytes));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static int LastError(ulong stream, byte* text, int capacity, int* needed) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Text(StreamCalls.LastErrorOf(a.stream, (byte*)a.text, a.capacity), (int*)a.needed),
            (stream, text: (nint)text, capacity, needed: (nint)needed));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_first_error", CallConvs = [typeof(CallConvCdecl)])]
    public static int FirstError(ulong stream, byte* text, int capacity, int* needed) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Text(StreamCalls.StreamError(a.stream, (byte*)a.text, a.capacity), (int*)a.needed),
            (stream, text: (nint)text, capacity, needed: (nint)needed));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_flush", CallConvs = [typeof(CallConvCdecl)])]
    public static int Flush(ulong stream, int timeoutMs) =>
        AbiGuard.CallOn(stream,
            static a => StreamCalls.Flush(a.stream, a.timeoutMs),
            (stream, timeoutMs));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_finalize", CallConvs = [typeof(CallConvCdecl)])]
    public static int Finalize(ulong stream, byte* error, int errorCapacity) =>
        AbiGuard.CallTellingOn(stream, error, errorCapacity,
            static a => StreamCalls.Finish(a.Item1),
            ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_finalize_begin", CallConvs = [typeof(CallConvCdecl)])]
    public static int FinalizeBegin(ulong stream) =>
        AbiGuard.CallOn(stream,
            static a => StreamCalls.FinalizeBegin(a.Item1),
            ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_finalize_poll", CallConvs = [typeof(CallConvCdecl)])]
    public static int FinalizePoll(ulong stream, int timeoutMs, double* progress) =>
        AbiGuard.Poll(stream,
            static a => StreamCalls.FinalizePoll(a.stream, a.timeoutMs, (double*)a.progress),
            (stream, timeoutMs, progress: (nint)progress));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_abort", CallConvs = [typeof(CallConvCdecl)])]
    public static int Abort(ulong stream, byte* error, int errorCapacity) =>
        AbiGuard.CallTellingOn(stream, error, errorCapacity,
            static a => StreamCalls.Abort(a.Item1),
            ValueTuple.Create(stream));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_abort_begin", CallConvs = [typeof(CallConvCdecl)])]
    public static int AbortBegin(ulong stream) =>
        AbiGuard.CallOn(stream,
            static a => StreamCalls.AbortBegin(a.Item1),
            ValueTuple.Create(stream));
}
