using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative.LabView;

/// <summary>The calls of omezarr_labview.h: frames without a copy.</summary>
internal static unsafe class ZeroCopyExports
{
    [UnmanagedCallersOnly(EntryPoint = "omzlv_slot_count", CallConvs = [typeof(CallConvCdecl)])]
    public static int SlotCount(ulong stream, int* count, ulong* slotBytes) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.SlotCount(a.stream, (int*)a.count, (ulong*)a.slotBytes),
            (stream, count: (nint)count, slotBytes: (nint)slotBytes));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_slot_address", CallConvs = [typeof(CallConvCdecl)])]
    public static int SlotAddress(ulong stream, int slot, ulong* address) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.SlotAddress(a.stream, a.slot, (ulong*)a.address),
            (stream, slot, address: (nint)address));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_slot_acquire", CallConvs = [typeof(CallConvCdecl)])]
    public static int SlotAcquire(ulong stream, int timeoutMs, int* slot, ulong* address) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.SlotAcquire(a.stream, a.timeoutMs, (int*)a.slot, (ulong*)a.address),
            (stream, timeoutMs, slot: (nint)slot, address: (nint)address));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_slot_commit", CallConvs = [typeof(CallConvCdecl)])]
    public static int SlotCommit(
        ulong stream, int slot, ulong rowStride, long index, double deltaT, double exposureTime, double positionX,
        double positionY, double positionZ, long timestampNs, byte* metadataJson) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.SlotCommit(a.stream, a.slot, a.rowStride, new GivenFrame(a.index, a.deltaT, a.exposureTime,
                a.positionX, a.positionY, a.positionZ, a.timestampNs, a.metadataJson)),
            (stream, slot, rowStride, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_slot_cancel", CallConvs = [typeof(CallConvCdecl)])]
    public static int SlotCancel(ulong stream, int slot) =>
        AbiGuard.CallOn(stream,
            static a => ZeroCopyCalls.CancelSlot(a.stream, a.slot),
            (stream, slot));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_lend", CallConvs = [typeof(CallConvCdecl)])]
    public static int Lend(
        ulong stream, ulong address, ulong sizeBytes, ulong rowStride, long index, double deltaT, double exposureTime,
        double positionX, double positionY, double positionZ, long timestampNs, byte* metadataJson, ulong token) =>
        AbiGuard.CallOn(stream,
            static a => LabViewCalls.Lend(a.stream, a.address, a.sizeBytes, a.rowStride, new GivenFrame(a.index, a.deltaT,
                a.exposureTime, a.positionX, a.positionY, a.positionZ, a.timestampNs, a.metadataJson), a.token),
            (stream, address, sizeBytes, rowStride, index, deltaT, exposureTime, positionX, positionY, positionZ, timestampNs,
                metadataJson: (nint)metadataJson, token));

    [UnmanagedCallersOnly(EntryPoint = "omzlv_released", CallConvs = [typeof(CallConvCdecl)])]
    public static int Released(ulong stream, ulong* tokens, int capacity, int timeoutMs, int* count) =>
        AbiGuard.Poll(stream,
            static a => ZeroCopyCalls.PollReleased(a.stream, (ulong*)a.tokens, a.capacity, a.timeoutMs, (int*)a.count),
            (stream, tokens: (nint)tokens, capacity, timeoutMs, count: (nint)count));
}
