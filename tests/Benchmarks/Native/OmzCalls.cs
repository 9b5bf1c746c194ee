using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Native;

/// <summary>The calls of native-headers/omezarr_native.h that are measured.</summary>
internal static unsafe partial class OmzCalls
{
    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_version")]
    public static partial byte* Version();

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_abi_version")]
    public static partial int AbiVersion();

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_status_name")]
    public static partial byte* StatusName(int status);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_last_error")]
    public static partial int LastError(byte* buffer, int capacity);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_estimate_memory", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int EstimateMemory(string settings, out ulong bytes);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Create(string settings, out ulong stream);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_append_frame")]
    public static partial int AppendFrame(ulong stream, byte* pixels, ulong bytes);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_append_frame_ex")]
    public static partial int AppendFrameEx(ulong stream, OmzFrame* frame);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_acquire_slot")]
    public static partial int AcquireSlot(ulong stream, int timeoutMs, byte** pixels, ulong* capacity, int* slot);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_commit_slot")]
    public static partial int CommitSlot(ulong stream, int slot, OmzFrame* frame);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_append_borrowed")]
    public static partial int AppendBorrowed(ulong stream, OmzFrame* frame, ulong token);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_poll_released")]
    public static partial int PollReleased(ulong stream, ulong* tokens, int capacity, int timeoutMs, int* count);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_flush")]
    public static partial int Flush(ulong stream, int timeoutMs);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_finalize")]
    public static partial int Finish(ulong stream);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_abort")]
    public static partial int Abort(ulong stream);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_get_stats")]
    public static partial int GetStats(ulong stream, OmzStats* stats);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenDataset(string path, int timeoutMs, out ulong dataset);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_read_region")]
    public static partial int ReadRegion(ulong dataset, int image, int level, int axes, long* start, long* count, long* step,
        byte* buffer, ulong bytes, long* strides, int timeoutMs, ulong* missing);

    [LibraryImport(NativeLibraries.OmeZarr, EntryPoint = "omz_close")]
    public static partial int CloseDataset(ulong dataset);
}
