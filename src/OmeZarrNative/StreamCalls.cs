using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>The calls on streams: create, append, flush, finalize.</summary>
[SkipLocalsInit]
internal static unsafe class StreamCalls
{
    private const int MaxStreams = 4096;

    internal static readonly HandleTable<OpenStream> Streams = new(MaxStreams, (ulong)Environment.TickCount64 << 8);

    private static readonly HeapBudget Heap = new(MemoryPlan.MostHeapBytes);

    public static int Create(byte* settings, ulong* stream)
    {
        if (stream == null)
            throw new AbiException(Status.InvalidArgument, "out_stream is null");
        ManagedMemory.Begin();
        var (plan, memory) = SettingsCalls.Plan(settings);
        *stream = Open(plan, memory);
        foreach (var warning in plan.Warnings)
            Log.Write(LogLevel.Warning, warning);
        Log.Write(LogLevel.Info,
            $"writing {plan.OutputPath}: {plan.Cameras.Length} cameras, {memory.Workers} workers, rings of {memory.RingFrames} "
            + $"frames, at most {memory.TotalBytes >> 20} MiB");
        if (Find(*stream).Monitor is { } monitor)
            Log.Write(LogLevel.Info, $"{plan.OutputPath} is shown at {monitor.Url}");
        return Status.Ok;
    }

    // Handles and memory first: once the dataset is in place, nothing is left that can fail.
    private static ulong Open(AcquisitionPlan plan, MemoryPlan memory)
    {
        var handles = OpenStream.Reserve(Streams, plan);
        if (handles.Length == 0)
            throw new AbiException(Status.TooManyStreams,
                $"{MaxStreams} streams and arrays can be open, and too few of these are left: finalize or abort others first");
        HeapShare? heap = null;
        StreamMonitor? monitor = null;
        try
        {
            heap = Heap.Take(memory.HeapBytes + StreamMonitor.HeapBytes(plan), memory.EndHeapBytes);
            monitor = StreamMonitor.Begin(plan);
            var session = AcquisitionSession.Start(plan, memory, StoreFactory.Create(plan), LogFault, Log.Warn);
            Array.ForEach(handles, StreamMessages.Begin);
            var open = OpenStream.Open(Streams, handles, session, heap, monitor);
            monitor?.Show(open);
            return handles[0];
        }
        catch
        {
            monitor?.Dispose();
            heap?.Dispose();
            OpenStream.Free(Streams, handles);
            throw;
        }
    }

    public static int Append(ulong stream, byte* pixels, ulong bytes) =>
        Append(stream, new FrameInput { Pixels = pixels, Bytes = bytes, Index = FrameInput.NextIndex });

    public static int AppendEx(ulong stream, OmzFrame* frame) =>
        OmzFrame.HasText(frame) ? AppendWithText(stream, frame) : Append(stream, InputOf(frame));

    public static int AppendWait(ulong stream, OmzFrame* frame, int timeoutMs)
    {
        CheckTimeout(timeoutMs);
        if (!OmzFrame.HasText(frame))
            return Append(stream, InputOf(frame) with { WaitMs = timeoutMs });
        using var host = FloatEnvironment.UseDefault();
        return Append(stream, InputOf(frame) with { WaitMs = timeoutMs });
    }

    /// <summary>The handle of one of the stream's arrays.</summary>
    public static int ArrayStream(ulong stream, byte* key, ulong* array)
    {
        var open = Find(stream);
        if (array == null)
            throw new AbiException(Status.InvalidArgument, "out_array is null");
        *array = open.ArrayHandle(TextIn.Bytes(key, "key"));
        return Status.Ok;
    }

    public static int AppendTo(ulong stream, byte* key, byte* pixels, ulong bytes)
    {
        var open = Find(stream);
        var pipeline = open.PipelineOf(TextIn.Bytes(key, "key"));
        return Append(open, pipeline, new FrameInput { Pixels = pixels, Bytes = bytes, Index = FrameInput.NextIndex });
    }

    public static int AppendNumbered(ulong stream, long index, byte* pixels, ulong bytes) =>
        Append(stream, new FrameInput { Pixels = pixels, Bytes = bytes, Index = index });

    public static int AppendMeta(ulong stream, byte* pixels, ulong bytes, byte* metadata)
    {
        var text = MetadataCalls.TextOf(metadata);
        return Append(stream,
            new FrameInput { Pixels = pixels, Bytes = bytes, Index = FrameInput.NextIndex, Json = metadata, JsonBytes = text });
    }

    public static int Skip(ulong stream, ulong count)
    {
        const ulong most = 1 << 30;
        var open = Find(stream);
        if (count is 0 or > most)
            throw new AbiException(Status.InvalidArgument, $"count is {count}; 1 to {most} frames can be skipped at once");
        return Outcomes.StatusOf(open.Pipeline.Skip((long)count), open.Session);
    }

    /// <summary>The number of the next frame.</summary>
    public static int NextFrame(ulong stream, long* index)
    {
        var open = Find(stream);
        if (index == null)
            throw new AbiException(Status.InvalidArgument, "out_index is null");
        *index = open.Pipeline.NextFrame;
        return Status.Ok;
    }

    public static int Flush(ulong stream, int timeoutMs)
    {
        var session = Find(stream).Session;
        CheckTimeout(timeoutMs);
        var inTime = session.Flush(timeoutMs);
        if (session.Fault is { } fault)
            return Outcomes.StatusOf(fault);
        return inTime ? Status.Ok : LastError.Set(Status.Timeout, $"not all chunks were written within {timeoutMs} ms");
    }

    public static int FinalizeBegin(ulong stream)
    {
        FindWhole(stream).Session.BeginFinalize();
        return Status.Ok;
    }

    public static int FinalizePoll(ulong stream, int timeoutMs, double* progress)
    {
        var open = FindWhole(stream);
        var session = open.Session;
        CheckTimeout(timeoutMs);
        if (!session.IsEnding)
            throw new AbiException(Status.InvalidArgument, "neither omz_finalize_begin nor omz_abort_begin has been called");
        if (!session.WaitForEnd(timeoutMs))
        {
            if (progress != null)
                *progress = session.Progress;
            return LastError.Set(Status.Timeout,
                $"the store has not taken everything within {timeoutMs} ms; the stream goes on ending: call again, or "
                + $"omz_finalize_poll");
        }

        if (progress != null)
            *progress = 1;
        foreach (var (handle, pipeline) in open.Arrays(stream))
        {
            // Kept before the handle is closed: a thread that polls for tokens finds them at every moment.
            ZeroCopyCalls.KeepTokens(handle, pipeline.Borrowed);
            if (handle != stream)
            {
                EndedStreams.Keep(handle, StreamReport.Of(Find(handle)));
                Streams.Remove(handle);
            }
        }

        EndedStreams.Keep(stream, StreamReport.Of(open));
        Streams.Remove(stream);
        open.Monitor?.Dispose();
        open.Heap.Dispose();
        Log.Write(LogLevel.Info, $"closed {session.Plan.OutputPath}");
        if (session.Fault is { } fault)
            return Outcomes.StatusOf(fault);
        return session.WasAborted ? LastError.Set(Status.Finalized, "the stream was aborted") : Status.Ok;
    }

    public static int Finish(ulong stream)
    {
        FinalizeBegin(stream);
        return FinalizePoll(stream, EndTimeoutOf(stream), null);
    }

    public static int AbortBegin(ulong stream)
    {
        FindWhole(stream).Session.BeginAbort();
        return Status.Ok;
    }

    public static int Abort(ulong stream)
    {
        AbortBegin(stream);
        var session = FindWhole(stream).Session;
        var status = FinalizePoll(stream, EndTimeoutOf(stream), null);
        if (status != Status.Timeout)
            return Status.Ok;
        // Nobody waits for what the store still does.
        session.GiveUp();
        return status;
    }

    private static int EndTimeoutOf(ulong stream) => FindWhole(stream).Session.Plan.Pipeline.FinalizeTimeoutMs;

    public static int GetStats(ulong stream, OmzStats* stats)
    {
        var report = StreamReport.Of(stream);
        if (stats == null)
            throw new AbiException(Status.InvalidArgument, "out_stats is null");
        var size = stats->StructSize;
        if (size < OmzStats.FirstSize)
            throw new AbiException(Status.StructSize,
                $"out_stats.struct_size is {size}; the smallest known is {OmzStats.FirstSize}");
        var all = report.Stats with { StructSize = size };

        // SAFETY: no more than the caller says is there, and no more than there is to say.
        NativeMemory.Copy(&all, stats, Math.Min(size, (nuint)sizeof(OmzStats)));
        return Status.Ok;
    }

    public static int GetStatsJson(ulong stream, byte* buffer, int capacity) =>
        TextOut.Copy(StatsReport.Json(StreamReport.Of(stream)), buffer, capacity, cut: false);

    public static int StreamError(ulong stream, byte* buffer, int capacity) =>
        TextOut.Copy(System.Text.Encoding.UTF8.GetBytes(StreamReport.Of(stream).Error), buffer, capacity, cut: true);

    /// <summary>The message of the stream's last call that failed; also of one that has ended.</summary>
    public static int LastErrorOf(ulong stream, byte* buffer, int capacity)
    {
        if (StreamMessages.Of(stream) is { } message)
            return TextOut.Copy(message, buffer, capacity, cut: true);
        _ = Find(stream);
        return TextOut.Copy([], buffer, capacity, cut: true);
    }

    /// <summary>What the stream's frames look like; null members are not asked for.</summary>
    public static int FrameFormat(ulong stream, int* type, long* height, long* width, ulong* bytes)
    {
        const int packed = 0, firstType = 1;
        var plan = Find(stream).Pipeline.Plan;
        if (type != null)
            *type = plan.PixelFormat.IsPacked() ? packed : firstType + (int)plan.DataType;
        if (height != null)
            *height = plan.FrameHeight;
        if (width != null)
            *width = plan.FrameWidth;
        if (bytes != null)
            *bytes = (ulong)plan.FrameBytes;
        return Status.Ok;
    }

    /// <summary>Where the dataset is written.</summary>
    public static int OutputPath(ulong stream, byte* buffer, int capacity) => TextOut.Copy(
        System.Text.Encoding.UTF8.GetBytes(StreamReport.Of(stream).Path), buffer, capacity, cut: false);

    /// <summary>The address of the page that shows the stream; empty when its settings ask for none.</summary>
    public static int MonitorUrl(ulong stream, byte* buffer, int capacity) => TextOut.Copy(
        System.Text.Encoding.UTF8.GetBytes(Find(stream).Monitor?.Url ?? ""), buffer, capacity, cut: false);

    // Formatting numbers uses floating point, which must not be the host's environment.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int AppendWithText(ulong stream, OmzFrame* frame)
    {
        using var host = FloatEnvironment.UseDefault();
        return Append(stream, InputOf(frame));
    }

    private static int Append(ulong stream, in FrameInput frame)
    {
        var open = Find(stream);
        return Append(open, open.Pipeline, frame);
    }

    private static int Append(OpenStream open, CameraPipeline pipeline, in FrameInput frame)
    {
        RefuseNull(frame.Pixels);
        return Outcomes.StatusOf(pipeline.Append(frame), open.Session);
    }

    /// <summary>A stream's counters are those of all its arrays, an array's its own.</summary>
    internal static SessionStats StatsOf(OpenStream open) =>
        open.IsArray ? open.Session.Stats(open.Pipeline) : open.Session.Stats();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void RefuseNull(byte* pixels)
    {
        if (pixels == null)
            AbiException.Throw(Status.InvalidArgument, $"pixels is null; omz_skip_frames leaves frames out");
    }

    /// <summary>The caller's description of a frame. One without metadata, the usual case, is not copied first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static FrameInput InputOf(OmzFrame* given)
    {
        if (given == null || given->StructSize != sizeof(OmzFrame) || given->Flags != 0 || given->MetadataJson != null)
            return InputOf(OmzFrame.From(given));
        return new FrameInput
        {
            Pixels = given->Pixels,
            Bytes = given->SizeBytes,
            RowStride = given->RowStride,
            Index = given->Index,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static OpenStream Find(ulong stream) => Streams.Find(stream) ?? NotOpen(stream);

    [DoesNotReturn]
    private static OpenStream NotOpen(ulong stream)
    {
        AbiException.Throw(Status.InvalidHandle,
            $"stream {stream} is not open: it was finalized or aborted, or there never was one with this handle");
        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FrameInput InputOf(in OmzFrame frame) => new()
    {
        Pixels = frame.Pixels,
        Bytes = frame.SizeBytes,
        RowStride = frame.RowStride,
        Index = frame.Index,
        Properties = MetadataCalls.PropertiesOf(frame),
        Json = frame.MetadataJson,
        JsonBytes = MetadataCalls.TextOf(frame.MetadataJson),
    };

    private static OpenStream FindWhole(ulong stream)
    {
        var open = Find(stream);
        return !open.IsArray ? open : throw new AbiException(
            Status.InvalidArgument,
            $"{stream} is the handle of the array {open.Pipeline.Key}; the stream ends as a whole, by its own handle");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CheckTimeout(int timeoutMs) => TimedCall.Check(timeoutMs);

    private static void LogFault(StreamFault fault) => Log.Write(LogLevel.Error, fault.Message);
}
