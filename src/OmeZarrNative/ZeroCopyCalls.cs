using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OmeZarr.Concurrency;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>The calls that take frames without a copy: slots that a camera fills, and buffers borrowed from the caller.</summary>
[SkipLocalsInit]
internal static unsafe class ZeroCopyCalls
{
    // Released tokens of ended streams, until they are polled: a few hundred bytes for each stream.
    private const int MaxKept = 1024;
    private static readonly ConcurrentDictionary<ulong, BorrowedFrames> Ended = [];

    public static int ListSlots(ulong stream, void** addresses, int capacity, ulong* slotBytes)
    {
        var pipeline = StreamCalls.Find(stream).Pipeline;
        if (capacity < 0 || (addresses == null && capacity > 0))
            throw new AbiException(Status.InvalidArgument, "out_addresses is null or capacity is negative");
        for (var slot = 0; slot < Math.Min(capacity, pipeline.Slots); slot++)
            addresses[slot] = (void*)pipeline.SlotAddress(slot);
        if (slotBytes != null)
            *slotBytes = (ulong)pipeline.SlotBytes;
        return pipeline.Slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AcquireSlot(ulong stream, int timeoutMs, void** pixels, ulong* capacity, int* slot)
    {
        var open = StreamCalls.Find(stream);
        var pipeline = open.Pipeline;
        StreamCalls.CheckTimeout(timeoutMs);
        if (pixels == null || slot == null)
            AbiException.Throw(Status.InvalidArgument, $"out_pixels or out_slot is null");
        var outcome = pipeline.AcquireSlot(timeoutMs, out var number);
        if (outcome.Status != AppendStatus.Ok)
            return Outcomes.StatusOf(outcome, open.Session);
        *pixels = (void*)pipeline.SlotAddress(number);
        *slot = number;
        if (capacity != null)
            *capacity = (ulong)pipeline.SlotBytes;
        return Status.Ok;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CommitSlot(ulong stream, int slot, OmzFrame* frame) =>
        OmzFrame.HasText(frame) ? CommitWithText(stream, slot, frame) : Commit(stream, slot, frame);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Commit(ulong stream, int slot, OmzFrame* frame)
    {
        var open = StreamCalls.Find(stream);
        var pipeline = open.Pipeline;
        var inSlot = (uint)slot < (uint)pipeline.Slots ? (byte*)pipeline.SlotAddress(slot) : null;
        var input = frame == null
            ? new FrameInput { Pixels = inSlot, Bytes = (ulong)pipeline.FrameBytes, Index = FrameInput.NextIndex }
            : StreamCalls.InputOf(frame);
        if (input.Pixels == null)
            input = input with { Pixels = inSlot };
        return Outcomes.StatusOf(pipeline.CommitSlot(slot, input), open.Session);
    }

    public static int CancelSlot(ulong stream, int slot)
    {
        var open = StreamCalls.Find(stream);
        var pipeline = open.Pipeline;
        return Outcomes.StatusOf(pipeline.CancelSlot(slot), open.Session);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AppendBorrowed(ulong stream, OmzFrame* frame, ulong token) =>
        OmzFrame.HasText(frame) ? BorrowWithText(stream, frame, token) : Borrow(stream, frame, token);

    // Formatting numbers uses floating point, which must not be the host's environment.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CommitWithText(ulong stream, int slot, OmzFrame* frame)
    {
        using var host = FloatEnvironment.UseDefault();
        return Commit(stream, slot, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int BorrowWithText(ulong stream, OmzFrame* frame, ulong token)
    {
        using var host = FloatEnvironment.UseDefault();
        return Borrow(stream, frame, token);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Borrow(ulong stream, OmzFrame* frame, ulong token)
    {
        var open = StreamCalls.Find(stream);
        var pipeline = open.Pipeline;
        var input = StreamCalls.InputOf(frame);
        StreamCalls.RefuseNull(input.Pixels);
        if (pipeline.MayKeepBuffersLong && open.IsFirstLoan())
            WarnOfLongLoans(pipeline);
        return Outcomes.StatusOf(pipeline.AppendBorrowed(input, token), open.Session);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WarnOfLongLoans(CameraPipeline pipeline)
    {
        using var host = FloatEnvironment.UseDefault();
        Log.Write(LogLevel.Warning,
            $"frames are lent, and chunks need {pipeline.Memory.SpanFrames} of them at once: a host with fewer buffers should "
            + $"say in pipeline.borrowed_buffers how many it has");
    }

    public static int PollReleased(ulong stream, ulong* tokens, int capacity, int timeoutMs, int* count)
    {
        StreamCalls.CheckTimeout(timeoutMs);
        if (tokens == null || capacity < 1 || count == null)
            throw new AbiException(Status.InvalidArgument, "out_tokens or out_count is null, or capacity is below 1");
        var pipeline = StreamCalls.Streams.Find(stream)?.Pipeline;
        var borrowed = pipeline?.Borrowed ?? Kept(stream);
        // SAFETY: the caller vouches for room for capacity tokens.
        *count = ReleasedTokens.Take(borrowed, pipeline, new Span<ulong>(tokens, capacity), Deadline.After(timeoutMs));
        if (*count > 0)
            return Status.Ok;
        if (!borrowed.HasEnded)
            return LastError.Set(Status.Timeout, $"no frame was released within {timeoutMs} ms");
        Ended.TryRemove(stream, out _);
        throw AllCameBack(stream);
    }

    public static int SetReleaseCallback(ulong stream, delegate* unmanaged[Cdecl]<ulong, void*, void> callback, void* userData)
    {
        var pipeline = StreamCalls.Find(stream).Pipeline;
        if (callback == null)
            throw new AbiException(Status.InvalidArgument, "callback is null");
        if (pipeline.Borrowed.OnReleased is not null || pipeline.Borrowed.Outstanding > 0)
            throw new AbiException(Status.InvalidArgument,
                "the release callback can be set once, before the first borrowed frame");
        pipeline.Borrowed.OnReleased = new ReleaseCallback(callback, userData).Call;
        return Status.Ok;
    }

    /// <summary>Keeps the tokens that an ended stream still has to return.</summary>
    public static void KeepTokens(ulong stream, BorrowedFrames borrowed)
    {
        if (borrowed.IsDrained)
            return;
        if (Ended.Count >= MaxKept)
            Log.Write(LogLevel.Warning,
                $"{MaxKept} ended streams have tokens that nobody polled; those of stream {stream} are dropped");
        else
            Ended[stream] = borrowed;
    }

    private static BorrowedFrames Kept(ulong stream) => Ended.TryGetValue(stream, out var borrowed)
        ? borrowed
        : throw AllCameBack(stream);

    private static AbiException AllCameBack(ulong stream) =>
        new(Status.InvalidHandle, $"stream {stream} is not open, and every token has come back");

    private sealed class ReleaseCallback(delegate* unmanaged[Cdecl]<ulong, void*, void> callback, void* userData)
    {
        public void Call(ulong token)
        {
            callback(token, userData);
            // The host's code may have changed the floating-point environment.
            FloatEnvironment.SetDefault();
        }
    }
}
