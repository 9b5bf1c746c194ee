using System.Runtime.CompilerServices;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Intake;

/// <summary>The memory layout of a frame; checks what callers hand in. Immutable.</summary>
[SkipLocalsInit]
internal sealed class FrameShape(CameraPlan plan)
{
    private readonly long _usualStride = plan.FrameRowStride;
    private readonly long _usualBytes = plan.FrameBytes;
    private readonly long _mostBytes = plan.SlotBytes;
    private readonly (long RowBytes, string As) _mistaken = Mistakable(plan);

    // None (0) where the settings declare rows or slots of that very size.
    private readonly ulong _mistakenBytes = MistakableBytes(plan);

    /// <summary>Rows.</summary>
    public long Rows { get; } = plan.FrameHeight;

    /// <summary>Bytes of the pixels of a row.</summary>
    public long RowBytes { get; } = plan.FrameRowBytes;

    /// <summary>Bytes of a frame with packed rows.</summary>
    public long PackedBytes => Rows * RowBytes;

    /// <summary>Bytes of a frame with the camera's declared rows.</summary>
    public long UsualBytes => _usualBytes;

    /// <summary>
    /// Why a frame is refused, or null; then <paramref name="stride"/> is the distance between its rows in bytes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome? Refusal(in FrameInput frame, out long stride)
    {
        stride = _usualStride;
        return frame.RowStride == 0 && frame.Bytes >= (ulong)_usualBytes && frame.Bytes <= (ulong)_mostBytes
            && frame.Bytes != _mistakenBytes
            ? null
            : RefusalOfUnusual(frame, out stride);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AppendOutcome? RefusalOfUnusual(in FrameInput frame, out long stride)
    {
        stride = _usualStride;
        // Up to the declared size of rows and slots. Packed rows have exactly this size: anything else is a different frame.
        if (frame.RowStride == 0)
            return frame.Bytes == _mistakenBytes
                ? AnotherFormat(frame) : WrongSize(frame, (ulong)_usualStride, (ulong)_usualBytes);
        if (frame.RowStride < (ulong)RowBytes)
            return new AppendOutcome(AppendStatus.FrameSize,
                $"row_stride is {frame.RowStride} bytes, but a row of {plan.FrameWidth} pixels has {RowBytes}");
        if (frame.RowStride == (ulong)_mistaken.RowBytes && frame.RowStride != (ulong)_usualStride
            && _mistaken.RowBytes != RowBytes)
            return AnotherFormat(frame);
        var needed = (UInt128)frame.RowStride * (ulong)(Rows - 1) + (ulong)RowBytes;
        if (frame.Bytes < needed || frame.Bytes > long.MaxValue)
            return WrongSize(frame, frame.RowStride, needed);
        // The cast cannot overflow: the stride is at most Bytes, unless there is a single row, whose stride does not matter.
        stride = Rows == 1 ? RowBytes : (long)frame.RowStride;
        return null;
    }

    // Rows at exactly this distance, and frames of exactly as many bytes, are nearly always pixels of another format, which would
    // be stored as noise: only such padding must be declared. Packed pixels come unpacked, three colours with a fourth number. A
    // single pixel can be as long either way; then nothing can be told.
    private static ulong MistakableBytes(CameraPlan plan)
    {
        var bytes = checked((UInt128)Mistakable(plan).RowBytes * (ulong)plan.FrameHeight);
        return bytes > long.MaxValue || (long)bytes == plan.FrameBytes || Mistakable(plan).RowBytes == plan.FrameRowStride
            || (long)bytes == plan.Settings.Frame.SlotBytes ? 0 : (ulong)bytes;
    }

    private static (long RowBytes, string As) Mistakable(CameraPlan plan)
    {
        if (plan.PixelFormat.IsPacked())
            return (checked(plan.FrameWidth * plan.DataType.Size()), "unpacked");
        return plan.PixelFormat.Colors() is { Parts: ColorLayout.Colors } colors
            ? (checked(plan.FrameWidth * (colors.Parts + 1) * colors.PartBytes), "as pixels of four numbers")
            : (0, "");
    }

    private AppendOutcome AnotherFormat(in FrameInput frame) => new(
        AppendStatus.FrameSize,
        $"{(frame.RowStride == 0 ? "size_bytes" : "row_stride")} is {(frame.RowStride == 0 ? frame.Bytes : frame.RowStride)} "
            + $"bytes, but {plan.FrameWidth} pixels of {plan.PixelFormat.Name(plan.DataType)} have {RowBytes} and "
            + $"{_mistaken.RowBytes} {_mistaken.As}: these need another frame.pixel_format, and so much padding has to be in "
            + $"frame.row_stride");

    private AppendOutcome WrongSize(in FrameInput frame, ulong stride, UInt128 needed) => new(
        AppendStatus.FrameSize,
        $"size_bytes is {frame.Bytes}, but a frame of {Rows} x {plan.FrameWidth} pixels with rows {stride} bytes apart has "
            + $"{needed}");
}
