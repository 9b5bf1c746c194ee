using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Slots and borrowed frames.</summary>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "omz_list_slots", CallConvs = [typeof(CallConvCdecl)])]
    public static int ListSlots(ulong stream, void** addresses, int capacity, ulong* slotBytes) => AbiGuard.Call(
        static a => ZeroCopyCalls.ListSlots(a.stream, (void**)a.addresses, a.capacity, (ulong*)a.slotBytes),
        (stream, addresses: (nint)addresses, capacity, slotBytes: (nint)slotBytes));

    [UnmanagedCallersOnly(EntryPoint = "omz_acquire_slot", CallConvs = [typeof(CallConvCdecl)])]
    public static int AcquireSlot(ulong stream, int timeoutMs, void** pixels, ulong* capacity, int* slot) => AbiGuard.Call(
        static a => ZeroCopyCalls.AcquireSlot(a.stream, a.timeoutMs, (void**)a.pixels, (ulong*)a.capacity, (int*)a.slot),
        (stream, timeoutMs, pixels: (nint)pixels, capacity: (nint)capacity, slot: (nint)slot));

    [UnmanagedCallersOnly(EntryPoint = "omz_commit_slot", CallConvs = [typeof(CallConvCdecl)])]
    public static int CommitSlot(ulong stream, int slot, OmzFrame* frame) =>
        AbiGuard.Call(static a => ZeroCopyCalls.CommitSlot(a.stream, a.slot, (OmzFrame*)a.frame), (stream, slot, frame: (nint)frame));

    [UnmanagedCallersOnly(EntryPoint = "omz_cancel_slot", CallConvs = [typeof(CallConvCdecl)])]
    public static int CancelSlot(ulong stream, int slot) =>
        AbiGuard.Call(static a => ZeroCopyCalls.CancelSlot(a.stream, a.slot), (stream, slot));

    [UnmanagedCallersOnly(EntryPoint = "omz_append_borrowed", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendBorrowed(ulong stream, OmzFrame* frame, ulong token) =>
        AbiGuard.Call(static a => ZeroCopyCalls.AppendBorrowed(a.stream, (OmzFrame*)a.frame, a.token), (stream, frame: (nint)frame, token));

    [UnmanagedCallersOnly(EntryPoint = "omz_poll_released", CallConvs = [typeof(CallConvCdecl)])]
    public static int PollReleased(ulong stream, ulong* tokens, int capacity, int timeoutMs, int* count) => AbiGuard.Call(
        static a => ZeroCopyCalls.PollReleased(a.stream, (ulong*)a.tokens, a.capacity, a.timeoutMs, (int*)a.count),
        (stream, tokens: (nint)tokens, capacity, timeoutMs, count: (nint)count));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_release_callback", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetReleaseCallback(ulong stream, delegate* unmanaged[Cdecl]<ulong, void*, void> callback, void* userData) => AbiGuard.Call(
        static a => ZeroCopyCalls.SetReleaseCallback(a.stream, (delegate* unmanaged[Cdecl]<ulong, void*, void>)a.callback, (void*)a.userData),
        (stream, callback: (nint)callback, userData: (nint)userData));
}
