using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative.LabView;

/// <summary>The calls of omezarr_labview.h: metadata and statistics.</summary>
internal static unsafe class MetadataExports
{
    [UnmanagedCallersOnly(EntryPoint = "omzlv_set_metadata", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetMetadata(ulong stream, byte* nameSpace, byte* json) =>
        AbiGuard.CallOn(stream,
            static a => MetadataCalls.Set(a.stream, (byte*)a.nameSpace, (byte*)a.json),
            (stream, nameSpace: (nint)nameSpace, json: (nint)json));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_set_image_metadata", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetImageMetadata(ulong stream, byte* image, byte* nameSpace, byte* json) =>
        AbiGuard.CallOn(stream,
            static a => MetadataCalls.SetOfImage(a.stream, (byte*)a.image, (byte*)a.nameSpace, (byte*)a.json),
            (stream, image: (nint)image, nameSpace: (nint)nameSpace, json: (nint)json));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_set_end_reason", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetEndReason(ulong stream, byte* reason) =>
        AbiGuard.CallOn(stream,
            static a => MetadataCalls.SetEndReason(a.stream, (byte*)a.reason),
            (stream, reason: (nint)reason));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_stat", CallConvs = [typeof(CallConvCdecl)])]
    public static int Stat(ulong stream, byte* name, ulong* value) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Stat(a.stream, (byte*)a.name, (ulong*)a.value),
            (stream, name: (nint)name, value: (nint)value));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_stats_json", CallConvs = [typeof(CallConvCdecl)])]
    public static int StatsJson(ulong stream, byte* text, int capacity, int* needed) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Text(StreamCalls.GetStatsJson(a.stream, (byte*)a.text, a.capacity), (int*)a.needed),
            (stream, text: (nint)text, capacity, needed: (nint)needed));
}
