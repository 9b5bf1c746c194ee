using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Versions, errors, settings and logging.</summary>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "omz_version", CallConvs = [typeof(CallConvCdecl)])]
    public static byte* Version() => LibraryInfo.VersionText;

    [UnmanagedCallersOnly(EntryPoint = "omz_abi_version", CallConvs = [typeof(CallConvCdecl)])]
    public static int AbiVersion() => LibraryInfo.AbiVersion;

    [UnmanagedCallersOnly(EntryPoint = "omz_status_name", CallConvs = [typeof(CallConvCdecl)])]
    public static byte* StatusName(int status)
    {
        try
        {
            return LibraryInfo.StatusName(status);
        }
        catch (Exception)
        {
            return LibraryInfo.NoText;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "omz_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static int LastErrorText(byte* buffer, int capacity) => AbiGuard.Call(
        static a => TextOut.Copy(LastError.Utf8, (byte*)a.buffer, a.capacity, cut: true), (buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_validate_settings", CallConvs = [typeof(CallConvCdecl)])]
    public static int ValidateSettings(byte* settings) =>
        AbiGuard.Call(static a => SettingsCalls.Validate((byte*)a.Item1), ValueTuple.Create((nint)settings));

    [UnmanagedCallersOnly(EntryPoint = "omz_estimate_memory", CallConvs = [typeof(CallConvCdecl)])]
    public static int EstimateMemory(byte* settings, ulong* bytes) => AbiGuard.Call(
        static a => SettingsCalls.EstimateMemory((byte*)a.settings, (ulong*)a.bytes),
        (settings: (nint)settings, bytes: (nint)bytes));

    [UnmanagedCallersOnly(EntryPoint = "omz_describe_layout", CallConvs = [typeof(CallConvCdecl)])]
    public static int DescribeLayout(byte* settings, byte* buffer, int capacity) => AbiGuard.Call(
        static a => SettingsCalls.DescribeLayout((byte*)a.settings, (byte*)a.buffer, a.capacity),
        (settings: (nint)settings, buffer: (nint)buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_log_callback", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetLogCallback(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, int level, void* userData) =>
        AbiGuard.Call(
            static a => LogCalls.SetCallback((delegate* unmanaged[Cdecl]<int, byte*, void*, void>)a.callback, a.level,
                (void*)a.userData),
            (callback: (nint)callback, level, userData: (nint)userData));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_log_file", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetLogFile(byte* path, int level) =>
        AbiGuard.Call(static a => LogCalls.SetFile((byte*)a.path, a.level), (path: (nint)path, level));
}
