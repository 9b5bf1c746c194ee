namespace OmeZarr.Cli.Pictures;

/// <summary>Red, green and blue bytes, in rows from the top. Black at first.</summary>
internal sealed class Picture(int width, int height)
{
    public int Width { get; } = width;

    public int Height { get; } = height;

    public byte[] Rgb { get; } = new byte[checked(3 * width * height)];

    /// <summary>Puts another picture into this one; what does not fit is cut off.</summary>
    public void Put(Picture other, int x, int y)
    {
        var columns = Math.Min(other.Width, Width - x);
        for (var row = 0; row < Math.Min(other.Height, Height - y); row++)
            other.Rgb.AsSpan(3 * row * other.Width, 3 * columns).CopyTo(Rgb.AsSpan(3 * ((y + row) * Width + x)));
    }

    /// <summary>Fills a rectangle with a gray.</summary>
    public void Fill(int x, int y, int width, int height, byte gray)
    {
        for (var row = y; row < y + height; row++)
            Rgb.AsSpan(3 * (row * Width + x), 3 * width).Fill(gray);
    }
}
