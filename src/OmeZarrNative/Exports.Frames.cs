using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>
/// The per-frame calls. They contain their guard themselves instead of using <see cref="AbiGuard.Call"/>: a camera's thread
/// sleeps between two frames, and then finds what a call touches in memory and not in a cache. With the body inside the guard,
/// the code is in one piece and needs no delegate.
/// </summary>
[SkipLocalsInit]
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "omz_append_frame", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendFrame(ulong stream, byte* pixels, ulong bytes)
    {
        try
        {
            return ForkGuard.IsForkedChild ? AbiGuard.Forked()
                : AbiGuard.Kept(stream, StreamCalls.Append(stream, pixels, bytes));
        }
        catch (Exception exception)
        {
            return AbiGuard.Caught(stream, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "omz_append_frame_ex", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendFrameEx(ulong stream, OmzFrame* frame)
    {
        try
        {
            return ForkGuard.IsForkedChild ? AbiGuard.Forked()
                : AbiGuard.Kept(stream, StreamCalls.AppendEx(stream, frame));
        }
        catch (Exception exception)
        {
            return AbiGuard.Caught(stream, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "omz_append_frame_wait", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendFrameWait(ulong stream, OmzFrame* frame, int timeoutMs)
    {
        try
        {
            return ForkGuard.IsForkedChild ? AbiGuard.Forked()
                : AbiGuard.Polled(stream, StreamCalls.AppendWait(stream, frame, timeoutMs));
        }
        catch (Exception exception)
        {
            return AbiGuard.Caught(stream, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "omz_acquire_slot", CallConvs = [typeof(CallConvCdecl)])]
    public static int AcquireSlot(ulong stream, int timeoutMs, void** pixels, ulong* capacity, int* slot)
    {
        try
        {
            return ForkGuard.IsForkedChild ? AbiGuard.Forked()
                : AbiGuard.Kept(stream, ZeroCopyCalls.AcquireSlot(stream, timeoutMs, pixels, capacity, slot));
        }
        catch (Exception exception)
        {
            return AbiGuard.Caught(stream, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "omz_commit_slot", CallConvs = [typeof(CallConvCdecl)])]
    public static int CommitSlot(ulong stream, int slot, OmzFrame* frame)
    {
        try
        {
            return ForkGuard.IsForkedChild ? AbiGuard.Forked()
                : AbiGuard.Kept(stream, ZeroCopyCalls.CommitSlot(stream, slot, frame));
        }
        catch (Exception exception)
        {
            return AbiGuard.Caught(stream, exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "omz_append_borrowed", CallConvs = [typeof(CallConvCdecl)])]
    public static int AppendBorrowed(ulong stream, OmzFrame* frame, ulong token)
    {
        try
        {
            return ForkGuard.IsForkedChild ? AbiGuard.Forked()
                : AbiGuard.Kept(stream, ZeroCopyCalls.AppendBorrowed(stream, frame, token));
        }
        catch (Exception exception)
        {
            return AbiGuard.Caught(stream, exception);
        }
    }
}
