using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>Slots and borrowed frames.</summary>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "omz_list_slots", CallConvs = [typeof(CallConvCdecl)])]
    public static int ListSlots(ulong stream, void** addresses, int capacity, ulong* slotBytes) => AbiGuard.CallOn(stream,
        static a => ZeroCopyCalls.ListSlots(a.stream, (void**)a.addresses, a.capacity, (ulong*)a.slotBytes),
        (stream, addresses: (nint)addresses, capacity, slotBytes: (nint)slotBytes));

    [UnmanagedCallersOnly(EntryPoint = "omz_cancel_slot", CallConvs = [typeof(CallConvCdecl)])]
    public static int CancelSlot(ulong stream, int slot) =>
        AbiGuard.CallOfFrame(stream, static a => ZeroCopyCalls.CancelSlot(a.stream, a.slot), (stream, slot));

    [UnmanagedCallersOnly(EntryPoint = "omz_poll_released", CallConvs = [typeof(CallConvCdecl)])]
    public static int PollReleased(ulong stream, ulong* tokens, int capacity, int timeoutMs, int* count) => AbiGuard.Poll(stream,
        static a => ZeroCopyCalls.PollReleased(a.stream, (ulong*)a.tokens, a.capacity, a.timeoutMs, (int*)a.count),
        (stream, tokens: (nint)tokens, capacity, timeoutMs, count: (nint)count));

    [UnmanagedCallersOnly(EntryPoint = "omz_set_release_callback", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetReleaseCallback(ulong stream, delegate* unmanaged[Cdecl]<ulong, void*, void> callback,
        void* userData) => AbiGuard.CallOn(stream,
        static a => ZeroCopyCalls.SetReleaseCallback(a.stream, (delegate* unmanaged[Cdecl]<ulong, void*, void>)a.callback,
            (void*)a.userData),
        (stream, callback: (nint)callback, userData: (nint)userData));
}
