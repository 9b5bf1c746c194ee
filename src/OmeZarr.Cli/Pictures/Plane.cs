namespace OmeZarr.Cli.Pictures;

/// <summary>Numbers of a plane, in rows from the top.</summary>
internal sealed record Plane(int Width, int Height, float[] Values)
{
    /// <summary>The same, so small that neither side is longer; each new pixel is the mean of those that it stands for.</summary>
    public Plane Within(int side)
    {
        var factor = Math.Max(1, (Math.Max(Width, Height) + side - 1) / side);
        if (factor == 1)
            return this;
        var (width, height) = ((Width + factor - 1) / factor, (Height + factor - 1) / factor);
        var values = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                values[y * width + x] = Mean(x * factor, y * factor, factor);
        }

        return new Plane(width, height, values);
    }

    /// <summary>The values below which so large fractions of the pixels lie.</summary>
    public (float Low, float High) Percentiles(double low, double high)
    {
        var sorted = Values.Where(float.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? (0, 1)
            : (sorted[(int)(low * (sorted.Length - 1))], sorted[(int)Math.Ceiling(high * (sorted.Length - 1))]);
    }

    private float Mean(int x0, int y0, int factor)
    {
        var (sum, count) = (0.0, 0);
        for (var y = y0; y < Math.Min(y0 + factor, Height); y++)
        {
            for (var x = x0; x < Math.Min(x0 + factor, Width); x++)
            {
                sum += Values[y * Width + x];
                count++;
            }
        }

        return (float)(sum / count);
    }
}
