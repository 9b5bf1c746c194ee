using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Streaming.Intake;
using OmeZarr.Zarr.Elements;
using OmeZarrNative.Abi;

namespace OmeZarrNative.LabView;

/// <summary>What the flat calls do beyond those of the C interface that they stand for.</summary>
internal static unsafe class LabViewCalls
{
    private const int Four = 4;

    public static int Version(byte* text, int capacity, int* needed) => Literal(LibraryInfo.VersionText, text, capacity, needed);

    public static int StatusName(int status, byte* text, int capacity, int* needed) =>
        Literal(LibraryInfo.StatusName(status), text, capacity, needed);

    /// <summary>A text as it stands between the quotes of JSON.</summary>
    public static int Escape(byte* text, byte* escaped, int capacity, int* needed)
    {
        var given = TextIn.String(text, "text");
        var json = JsonEncodedText.Encode(given, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return Text(TextOut.Copy(json.EncodedUtf8Bytes, escaped, capacity, cut: false), needed);
    }

    /// <summary>The size that a text needs goes into its own parameter.</summary>
    public static int Text(int size, int* needed)
    {
        if (needed != null)
            *needed = size;
        return Status.Ok;
    }

    /// <summary>An empty path ends the log.</summary>
    public static int LogFile(byte* path, int minLevel) => LogCalls.SetFile(path == null || *path == 0 ? null : path, minLevel);

    public static int Append(ulong stream, DataType type, byte* pixels, int count) =>
        StreamCalls.AppendNumbered(stream, FrameInput.NextIndex, pixels, BytesOf(stream, type, count));

    public static int AppendDescribed(ulong stream, DataType type, byte* pixels, int count, GivenFrame given)
    {
        var frame = given.At(pixels, BytesOf(stream, type, count), rowStride: 0);
        return StreamCalls.AppendEx(stream, &frame);
    }

    public static int AppendAddress(ulong stream, ulong address, ulong bytes, ulong rowStride, GivenFrame given)
    {
        var frame = given.At((byte*)address, bytes, rowStride);
        return StreamCalls.AppendEx(stream, &frame);
    }

    public static int SlotCount(ulong stream, int* count, ulong* slotBytes)
    {
        var slots = ZeroCopyCalls.ListSlots(stream, null, 0, slotBytes);
        if (count == null)
            throw new AbiException(Status.InvalidArgument, "count is null");
        *count = slots;
        return Status.Ok;
    }

    public static int SlotAddress(ulong stream, int slot, ulong* address)
    {
        var pipeline = StreamCalls.Find(stream).Pipeline;
        if (address == null)
            throw new AbiException(Status.InvalidArgument, "address is null");
        if ((uint)slot >= (uint)pipeline.Slots)
            throw new AbiException(Status.Slot, $"slot is {slot}; there are {pipeline.Slots}, from 0");
        *address = (ulong)pipeline.SlotAddress(slot);
        return Status.Ok;
    }

    public static int SlotAcquire(ulong stream, int timeoutMs, int* slot, ulong* address)
    {
        if (address == null)
            throw new AbiException(Status.InvalidArgument, "address is null");
        void* pixels;
        var status = ZeroCopyCalls.AcquireSlot(stream, timeoutMs, &pixels, null, slot);
        if (status == Status.Ok)
            *address = (ulong)pixels;
        return status;
    }

    public static int SlotCommit(ulong stream, int slot, ulong rowStride, GivenFrame given)
    {
        var pipeline = StreamCalls.Find(stream).Pipeline;
        var plan = pipeline.Plan;
        var bytes = rowStride == 0
            ? (ulong)pipeline.FrameBytes
            : checked(rowStride * (ulong)(plan.FrameHeight - 1) + (ulong)plan.FrameRowBytes);
        var frame = given.At(null, bytes, rowStride);
        return ZeroCopyCalls.CommitSlot(stream, slot, &frame);
    }

    public static int Lend(ulong stream, ulong address, ulong bytes, ulong rowStride, GivenFrame given, ulong token)
    {
        var frame = given.At((byte*)address, bytes, rowStride);
        return ZeroCopyCalls.AppendBorrowed(stream, &frame, token);
    }

    /// <summary>A number of the statistics by its name.</summary>
    public static int Stat(ulong stream, byte* name, ulong* value)
    {
        var key = TextIn.String(name, "name");
        if (value == null)
            throw new AbiException(Status.InvalidArgument, "value is null");
        using var all = JsonDocument.Parse(StatsReport.Json(StreamReport.Of(stream)).ToArray());
        if (!all.RootElement.TryGetProperty(key, out var number) || number.ValueKind != JsonValueKind.Number)
        {
            var names = all.RootElement.EnumerateObject()
                .Where(member => member.Value.ValueKind == JsonValueKind.Number).Select(member => member.Name);
            throw new AbiException(Status.InvalidArgument, $"name is `{key}`; known are {string.Join(", ", names)}");
        }

        *value = number.GetUInt64();
        return Status.Ok;
    }

    private static int Literal(byte* literal, byte* text, int capacity, int* needed) =>
        // SAFETY: a literal of the library, closed with 0.
        Text(TextOut.Copy(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(literal), text, capacity, cut: true), needed);

    private static ulong BytesOf(ulong stream, DataType type, int count)
    {
        var plan = StreamCalls.Find(stream).Pipeline.Plan;
        if (!Takes(plan, type))
        {
            throw new AbiException(Status.InvalidArgument,
                $"pixels are {type.Name()}, but the stream's frames are {plan.PixelFormat.Name(plan.DataType)}: use the call of "
                + $"that type");
        }

        return count >= 0
            ? (ulong)count * (ulong)type.Size()
            : throw new AbiException(Status.InvalidArgument, $"count is {count}");
    }

    // A colour pixel of four numbers also comes as one number, as IMAQ has it.
    private static bool Takes(CameraPlan plan, DataType type)
    {
        if (plan.PixelFormat.IsPacked())
            return type == DataType.UInt8;
        return plan.PixelFormat.Colors() is { } colors
            ? type == plan.DataType
                || (colors.Parts == Four && type == (colors.PartBytes == 1 ? DataType.UInt32 : DataType.UInt64))
            : type == plan.DataType;
    }
}
