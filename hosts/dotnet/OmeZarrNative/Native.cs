using System.Reflection;
using System.Runtime.InteropServices;

namespace OmeZarrNative;

/// <summary>The functions of omezarr_native.h.</summary>
internal static unsafe partial class Native
{
    private const string Library = "omezarr_native";

    /// <summary>Names the library's file, or its folder, where it is not the package's.</summary>
    private const string Variable = "OMEZARR_NATIVE_LIBRARY";

    public const int AbiVersion = 1;

    static Native()
    {
        NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);
        if (omz_abi_version() < AbiVersion)
            throw new NotSupportedException(
                $"the native library is older than this package: {Marshal.PtrToStringUTF8(omz_version())}");
    }

    [LibraryImport(Library)]
    public static partial nint omz_version();

    [LibraryImport(Library)]
    public static partial int omz_abi_version();

    [LibraryImport(Library)]
    public static partial nint omz_status_name(int status);

    [LibraryImport(Library)]
    public static partial int omz_last_error(byte* buffer, int capacity);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_validate_settings(string settings);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_estimate_memory(string settings, out ulong bytes);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_describe_layout(string settings, byte* buffer, int capacity);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_create(string settings, out nint stream);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_array_stream(StreamHandle stream, string key, out nint array);

    [LibraryImport(Library)]
    public static partial int omz_output_path(StreamHandle stream, byte* buffer, int capacity);

    [LibraryImport(Library)]
    public static partial int omz_monitor_url(StreamHandle stream, byte* buffer, int capacity);

    [LibraryImport(Library)]
    public static partial int omz_stream_error(StreamHandle stream, byte* buffer, int capacity);

    [LibraryImport(Library)]
    public static partial int omz_frame_format(StreamHandle stream, int* type, long* height, long* width, ulong* bytes);

    [LibraryImport(Library)]
    public static partial int omz_frame_index(StreamHandle stream, long* coordinates, int count, long* index);

    [LibraryImport(Library)]
    public static partial int omz_append_frame(StreamHandle stream, void* pixels, ulong bytes);

    [LibraryImport(Library)]
    public static partial int omz_append_frame_ex(StreamHandle stream, RawFrame* frame);

    [LibraryImport(Library)]
    public static partial int omz_list_slots(StreamHandle stream, void** addresses, int capacity, ulong* slotBytes);

    [LibraryImport(Library)]
    public static partial int omz_acquire_slot(StreamHandle stream, int timeoutMs, void** pixels, ulong* capacity, int* slot);

    [LibraryImport(Library)]
    public static partial int omz_commit_slot(StreamHandle stream, int slot, RawFrame* frame);

    [LibraryImport(Library)]
    public static partial int omz_cancel_slot(StreamHandle stream, int slot);

    [LibraryImport(Library)]
    public static partial int omz_append_borrowed(StreamHandle stream, RawFrame* frame, ulong token);

    [LibraryImport(Library)]
    public static partial int omz_poll_released(nint stream, ulong* tokens, int capacity, int timeoutMs, int* count);

    [LibraryImport(Library)]
    public static partial int omz_next_frame(StreamHandle stream, long* index);

    [LibraryImport(Library)]
    public static partial int omz_skip_frames(StreamHandle stream, ulong count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_set_metadata(StreamHandle stream, string name, string json);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_set_image_metadata(StreamHandle stream, string image, string name, string json);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_set_dataset_metadata(string path, string group, string name, string json, int timeoutMs);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int omz_set_end_reason(StreamHandle stream, string? reason);

    [LibraryImport(Library)]
    public static partial int omz_flush(StreamHandle stream, int timeoutMs);

    [LibraryImport(Library)]
    public static partial int omz_finalize_begin(nint stream);

    [LibraryImport(Library)]
    public static partial int omz_finalize_poll(nint stream, int timeoutMs, double* progress);

    [LibraryImport(Library)]
    public static partial int omz_abort_begin(nint stream);

    [LibraryImport(Library)]
    public static partial int omz_get_stats_json(StreamHandle stream, byte* buffer, int capacity);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != Library || Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } given)
            return 0;
        if (!Directory.Exists(given))
            return NativeLibrary.Load(given);
        var file = OperatingSystem.IsWindows() ? "omezarr_native.dll"
            : OperatingSystem.IsMacOS() ? "libomezarr_native.dylib" : "libomezarr_native.so";
        return NativeLibrary.Load(Path.Combine(given, file));
    }
}

/// <summary>omz_frame of the header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RawFrame
{
    public uint StructSize;
    public uint Flags;
    public void* Pixels;
    public ulong SizeBytes;
    public ulong RowStride;
    public long Index;
    public byte* MetadataJson;
    public double DeltaT;
    public double ExposureTime;
    public double PositionX;
    public double PositionY;
    public double PositionZ;
    public long TimestampNs;
}

/// <summary>
/// The handle of a stream, or of one of its arrays, which belongs to the stream. One that nobody has ended is finalized in the
/// background when it is collected.
/// </summary>
internal sealed class StreamHandle : SafeHandle
{
    public StreamHandle(nint handle, bool owns)
        : base(0, owns) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    /// <summary>The number, also after the end: tokens can still come back.</summary>
    public nint Number => handle;

    protected override bool ReleaseHandle()
    {
        // Not waited for: this may be the thread of the garbage collector. After an end there is nothing left to begin.
        _ = Native.omz_finalize_begin(handle);
        return true;
    }
}
