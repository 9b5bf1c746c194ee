using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative.LabView;

/// <summary>The calls of omezarr_labview.h: the library, and settings.</summary>
internal static unsafe class LibraryExports
{
    [UnmanagedCallersOnly(EntryPoint = "omzlv_version", CallConvs = [typeof(CallConvCdecl)])]
    public static int Version(byte* text, int capacity, int* needed) =>
        AbiGuard.Call(
            static a => LabViewCalls.Version((byte*)a.text, a.capacity, (int*)a.needed),
            (text: (nint)text, capacity, needed: (nint)needed));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_status_name", CallConvs = [typeof(CallConvCdecl)])]
    public static int StatusName(int status, byte* text, int capacity, int* needed) =>
        AbiGuard.Call(
            static a => LabViewCalls.StatusName(a.status, (byte*)a.text, a.capacity, (int*)a.needed),
            (status, text: (nint)text, capacity, needed: (nint)needed));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_escape", CallConvs = [typeof(CallConvCdecl)])]
    public static int Escape(byte* text, byte* escaped, int capacity, int* needed) =>
        AbiGuard.Call(
            static a => LabViewCalls.Escape((byte*)a.text, (byte*)a.escaped, a.capacity, (int*)a.needed),
            (text: (nint)text, escaped: (nint)escaped, capacity, needed: (nint)needed));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_check_settings", CallConvs = [typeof(CallConvCdecl)])]
    public static int CheckSettings(byte* settingsJson, byte* error, int errorCapacity) =>
        AbiGuard.CallTelling(error, errorCapacity,
            static a => SettingsCalls.Validate((byte*)a.Item1),
            ValueTuple.Create((nint)settingsJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_estimate_memory", CallConvs = [typeof(CallConvCdecl)])]
    public static int EstimateMemory(byte* settingsJson, ulong* bytes, byte* error, int errorCapacity) =>
        AbiGuard.CallTelling(error, errorCapacity,
            static a => SettingsCalls.EstimateMemory((byte*)a.settingsJson, (ulong*)a.bytes),
            (settingsJson: (nint)settingsJson, bytes: (nint)bytes));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_describe_layout", CallConvs = [typeof(CallConvCdecl)])]
    public static int DescribeLayout(
        byte* settingsJson, byte* text, int capacity, int* needed, byte* error, int errorCapacity) =>
        AbiGuard.CallTelling(error, errorCapacity,
            static a => LabViewCalls.Text(SettingsCalls.DescribeLayout((byte*)a.settingsJson, (byte*)a.text, a.capacity),
                (int*)a.needed),
            (settingsJson: (nint)settingsJson, text: (nint)text, capacity, needed: (nint)needed));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_log_file", CallConvs = [typeof(CallConvCdecl)])]
    public static int LogFile(byte* path, int minLevel, byte* error, int errorCapacity) =>
        AbiGuard.CallTelling(error, errorCapacity,
            static a => LabViewCalls.LogFile((byte*)a.path, a.minLevel),
            (path: (nint)path, minLevel));
}
