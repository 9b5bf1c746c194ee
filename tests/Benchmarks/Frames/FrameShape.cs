namespace OmeZarr.Benchmarks.Frames;

/// <summary>Size and type of a camera's frames: unsigned, 1 or 2 bytes a pixel.</summary>
internal sealed record FrameShape(int Height, int Width, int PixelBytes)
{
    public long Bytes => (long)Height * Width * PixelBytes;

    public string TypeName => PixelBytes == 1 ? "uint8" : "uint16";

    public override string ToString() => $"{(Height == Width ? $"{Height}²" : $"{Height}x{Width}")} {TypeName}";
}
