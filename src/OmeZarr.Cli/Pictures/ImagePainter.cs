using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;

namespace OmeZarr.Cli.Pictures;

/// <summary>What of an image is drawn.</summary>
internal sealed record PlaneChoice
{
    /// <summary>Indices by the names of axes; of others the first, of z the middle.</summary>
    public IReadOnlyDictionary<string, long> Indices { get; init; } = new Dictionary<string, long>();

    /// <summary>The level, or null for the smallest that is large enough.</summary>
    public int? Level { get; init; }

    /// <summary>The longest side of the picture.</summary>
    public required int Side { get; init; }

    /// <summary>Percentiles of what is drawn in place of the windows that the image asks for.</summary>
    public bool Stretch { get; init; }
}

/// <summary>Draws a plane of an image, its channels over each other.</summary>
internal sealed class ImagePainter(DatasetImage image, PlaneChoice choice, CancellationToken cancel)
{
    /// <summary>Of a larger plane only every second, third, … pixel is read.</summary>
    private const long MostPixels = 64 << 20;

    /// <summary>Chunks of the drawn planes that are not stored; they are drawn as the fill value.</summary>
    public long MissingChunks { get; private set; }

    /// <summary>The level that was drawn.</summary>
    public int Level { get; private set; }

    public Picture Paint()
    {
        Level = choice.Level ?? LargeEnough();
        var level = image.Level(Level);
        var shape = level.Array.Metadata.Shape;
        if (shape.Length < 2)
            throw UserException.CannotAccess($"'{level.Array.Path}' has one axis only, and no picture");
        if (shape.Contains(0))
            throw UserException.CannotAccess($"'{level.Array.Path}' is empty so far: {string.Join(" x ", shape)}");
        var channel = ChannelAxis();
        var indices = Indices(shape.AsSpan());
        var channels = channel < 0 ? 1 : shape[channel];
        var only = channel >= 0 && choice.Indices.TryGetValue(image.Axes[channel].Name, out var asked) ? asked : (long?)null;
        Picture? picture = null;
        float[]? sums = null;
        foreach (var display in Display.Of(image, channels, only, choice.Stretch))
        {
            if (channel >= 0)
                indices[channel] = display.Channel;
            var plane = Read(level.Array, indices).Within(choice.Side);
            picture ??= new Picture(plane.Width, plane.Height);
            sums ??= new float[picture.Rgb.Length];
            Add(plane, display, sums);
        }

        for (var i = 0; i < sums!.Length; i++)
            picture!.Rgb[i] = (byte)Math.Clamp(sums[i] + 0.5f, 0, 255);
        return picture!;
    }

    private int ChannelAxis()
    {
        for (var axis = 0; axis < image.Axes.Length - 2; axis++)
        {
            if (image.Axes[axis] is { Type: "channel" } or { Type: null, Name: "c" })
                return axis;
        }

        return -1;
    }

    // The smallest level that need not be enlarged.
    private int LargeEnough()
    {
        var level = image.Levels.Length - 1;
        while (level > 0
            && Math.Max(image.Levels[level].Array.Metadata.Shape[^1], image.Levels[level].Array.Metadata.Shape[^2]) < choice.Side)
            level--;
        return level;
    }

    private long[] Indices(ReadOnlySpan<long> shape)
    {
        var indices = new long[shape.Length - 2];
        for (var axis = 0; axis < indices.Length; axis++)
        {
            var (name, length) = (image.Axes[axis].Name, shape[axis]);
            var isDepth = image.Axes[axis] is { Type: "space" } or { Type: null, Name: "z" };
            indices[axis] = choice.Indices.TryGetValue(name, out var given) ? given : isDepth ? length / 2 : 0;
            if (indices[axis] < 0 || indices[axis] >= length)
                throw UserException.Usage($"--at {name}={indices[axis]}: {name} has {length} indices, from 0 to {length - 1}");
        }

        if (choice.Indices.Keys.FirstOrDefault(name => !image.Axes.SkipLast(2).Any(axis => axis.Name == name)) is not { } unknown)
            return indices;
        var known = string.Join(", ", image.Axes.SkipLast(2).Select(axis => axis.Name));
        throw UserException.Usage(known.Length == 0
            ? $"--at {unknown}: the image is a single plane"
            : $"--at {unknown}: the image has {known} to choose from");
    }

    private Plane Read(ArraySource array, long[] indices)
    {
        var shape = array.Metadata.Shape;
        var (height, width) = (shape[^2], shape[^1]);
        var step = 1L;
        while (((height - 1) / step + 1) * (double)((width - 1) / step + 1) > MostPixels)
            step++;
        var (rows, columns) = ((int)((height - 1) / step + 1), (int)((width - 1) / step + 1));
        var ones = Enumerable.Repeat(1L, indices.Length);
        var region = Region.Of(shape.AsSpan(), [.. indices, 0, 0], [.. ones, rows, columns], [.. ones, step, step]);
        var bytes = new byte[checked((long)rows * columns * array.Metadata.Type.Size)];
        MissingChunks += array.Read(region, bytes, cancel).MissingChunks;
        return new Plane(columns, rows, PixelValues.Of(bytes, array.Metadata.Type));
    }

    private static void Add(Plane plane, Display display, float[] sums)
    {
        var (low, high) = display.Window ?? plane.Percentiles(Display.Cut.Low, Display.Cut.High);
        var range = high > low ? high - low : 1;
        for (var i = 0; i < plane.Values.Length; i++)
        {
            var share = (float)Math.Clamp((plane.Values[i] - low) / range, 0, 1);
            // Not a number is drawn black.
            share = float.IsNaN(share) ? 0 : display.IsInverted ? 1 - share : share;
            sums[3 * i] += share * display.Color.R;
            sums[3 * i + 1] += share * display.Color.G;
            sums[3 * i + 2] += share * display.Color.B;
        }
    }
}
