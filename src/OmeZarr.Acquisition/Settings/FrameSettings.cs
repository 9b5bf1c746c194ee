namespace OmeZarr.Acquisition.Settings;

/// <summary>What frames look like when they arrive.</summary>
/// <param name="PixelFormat">How their pixels lie in memory.</param>
/// <param name="RowStride">Bytes from one row to the next where a frame does not say otherwise; 0 when rows are packed.</param>
/// <param name="SlotBytes">Bytes that the camera's software writes for a frame, what follows the pixels included; null: the
/// frame's own.</param>
public sealed record FrameSettings(PixelFormat PixelFormat, long RowStride, long? SlotBytes)
{
    /// <summary>Whether the alpha of colours is stored, where there is one.</summary>
    public bool KeepsAlpha { get; init; } = true;

    /// <summary>Bits of a pixel that the camera fills, the sign included; null: those of the pixel format, or all.</summary>
    public int? SignificantBits { get; init; }

    /// <summary>Planes that a frame fills, one for each of its channels.</summary>
    public int Planes => PixelFormat.Planes(KeepsAlpha);
}
