using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.PixelFormats;

/// <summary>Turns tiles of frames whose pixels are not of the dtype into elements. Immutable.</summary>
internal sealed unsafe class FrameUnpacker
{
    private readonly PixelFormat _format;
    private readonly ColorLayout? _colors;
    private readonly long _rowBytes;

    private FrameUnpacker(PixelFormat format, long rowBytes)
    {
        _format = format;
        _colors = format.Colors();
        _rowBytes = rowBytes;
    }

    /// <summary>The unpacker for an acquisition's frames, or null when they are stored as they come.</summary>
    public static FrameUnpacker? For(CameraPlan plan) =>
        plan.PixelFormat == PixelFormat.Plain ? null : new FrameUnpacker(plan.PixelFormat, plan.FrameRowBytes);

    /// <summary>Unpacks one plane of a tile.</summary>
    /// <param name="tile">The window on the frame.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="plane">Which of its planes.</param>
    /// <param name="target">Receives the tile's rows.</param>
    /// <param name="targetStride">Bytes from one row to the next there.</param>
    public void Unpack(in Tile tile, FramePixels frame, int plane, byte* target, int targetStride)
    {
        // SAFETY: the frame's size was checked against its format when it was taken, and the tile lies within it; the
        // target has room for a chunk's plane.
        var row = (byte*)frame.First + tile.FirstRow * frame.RowStride;
        for (var y = 0; y < tile.Rows; y++, row += frame.RowStride, target += targetStride)
            UnpackRow(row, tile.FirstColumn, tile.Columns, plane, target);
    }

    /// <summary>Unpacks pixels of one row and plane.</summary>
    /// <param name="row">The row's first byte.</param>
    /// <param name="first">The first pixel wanted.</param>
    /// <param name="count">Number of pixels, within the row.</param>
    /// <param name="plane">Index of the plane in the frame.</param>
    /// <param name="target">Receives them.</param>
    public void UnpackRow(byte* row, long first, int count, int plane, byte* target)
    {
        if (_colors is { } colors)
            InterleavedColors.Take(row + first * colors.PixelBytes, colors, colors.PartOf(plane), count, target);
        else
            PackedMono.Unpack(_format, row, _rowBytes, first, count, (ushort*)target);
    }
}
