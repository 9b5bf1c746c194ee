using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Ngff;
using OmeZarr.Ngff.Stored;
using OmeZarr.Reading.Arrays;

namespace OmeZarr.Reading;

/// <summary>Where an image of a dataset is.</summary>
/// <param name="Path">Its group's, from the dataset's root; empty when it is the root.</param>
/// <param name="Well">The well that it is in, or null.</param>
/// <param name="Field">Which of the well's images it is, from 0; -1 outside plates.</param>
public sealed record ImagePlace(string Path, StoredWell? Well = null, int Field = -1);

/// <summary>One resolution of an image.</summary>
/// <param name="Path">The array's, below the image.</param>
/// <param name="Array">The elements.</param>
/// <param name="Scale">Physical size of an element along each axis, in its unit.</param>
/// <param name="Translation">Physical place of the first element along each axis.</param>
public sealed record ImageLevel(
    string Path, ArraySource Array, ImmutableArray<double> Scale, ImmutableArray<double> Translation)
{
    /// <summary>Planes of the last two axes.</summary>
    public long Planes => Array.Metadata.Shape.SkipLast(2).Aggregate(1L, (planes, length) => checked(planes * length));

    /// <summary>The indices of a plane along all axes but the last two; planes are counted in C order.</summary>
    /// <exception cref="ReadingException">There is no such plane.</exception>
    public long[] IndicesOf(long plane)
    {
        if (plane < 0 || plane >= Planes)
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"There is no plane {plane}: \"{Path}\" has {Planes}.");
        var shape = Array.Metadata.Shape;
        var indices = new long[Math.Max(0, shape.Length - 2)];
        for (var axis = indices.Length - 1; axis >= 0; axis--)
            (plane, indices[axis]) = Math.DivRem(plane, shape[axis]);
        return indices;
    }

    /// <summary>A whole plane.</summary>
    /// <param name="indices">Along all axes but the last two.</param>
    /// <exception cref="ReadingException">There is no such plane.</exception>
    public Region Plane(ReadOnlySpan<long> indices)
    {
        var shape = Array.Metadata.Shape;
        var leading = Math.Max(0, shape.Length - 2);
        if (indices.Length != leading)
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"A plane of \"{Path}\" has {leading} indices; {indices.Length} are given.");
        var start = new long[shape.Length];
        indices.CopyTo(start);
        return Region.Of(shape.AsSpan(), start, [.. shape.Select((length, axis) => axis < leading ? 1 : length)]);
    }
}

/// <summary>An image of a dataset as its metadata say. Immutable; any thread.</summary>
public sealed class DatasetImage
{
    private DatasetImage(ImagePlace place, StoredImage image, ImmutableArray<ImageLevel> levels, JsonObject? attributes)
    {
        Place = place;
        Name = image.Name;
        Axes = image.Axes;
        Channels = image.Channels;
        Levels = levels;
        Attributes = attributes;
    }

    /// <summary>Where it is in the dataset.</summary>
    public ImagePlace Place { get; }

    /// <summary>A name for people, or null.</summary>
    public string? Name { get; }

    /// <summary>In the order of the arrays' axes.</summary>
    public ImmutableArray<Axis> Axes { get; }

    /// <summary>How each index along the channel axis is shown; may be empty or shorter than the axis.</summary>
    public ImmutableArray<StoredChannel> Channels { get; }

    /// <summary>Full resolution first, at least one.</summary>
    public ImmutableArray<ImageLevel> Levels { get; }

    /// <summary>All attributes of its group; only to be read.</summary>
    public JsonObject? Attributes { get; }

    /// <summary>The array of a level.</summary>
    /// <exception cref="ReadingException">There is none.</exception>
    public ImageLevel Level(int level) => level >= 0 && level < Levels.Length
        ? Levels[level]
        : throw new ReadingException(ReadingErrorKind.NotFound, $"There is no level {level}: the image has {Levels.Length}.");

    internal static DatasetImage Open(ArrayReading reading, string root, ImagePlace place, CancellationToken cancel)
    {
        var path = NodeDocument.Below(root, place.Path).TrimEnd('/');
        var node = NodeDocument.Get(reading, path, cancel);
        if (node.Array is { } array)
            return OfArray(place, new ArraySource(reading, path, array));
        if (node.Ome?.Image is not { } image)
        {
            throw new ReadingException(
                ReadingErrorKind.Format, $"\"{path}\" is a group without `ome.multiscales`, and so no image.");
        }

        var levels = image.Levels.Select(level => OpenLevel(reading, path, image, level, cancel));
        return new DatasetImage(place, image, [.. levels], node.Attributes);
    }

    private static ImageLevel OpenLevel(
        ArrayReading reading, string path, StoredImage image, ResolutionLevel level, CancellationToken cancel)
    {
        var node = NodeDocument.Get(reading, NodeDocument.Below(path, level.Path), cancel);
        if (node.Array is not { } array)
            throw new ReadingException(ReadingErrorKind.Format, $"\"{node.Path}\" is listed as a level and is no array.");
        if (array.Rank != image.Axes.Length)
        {
            throw new ReadingException(ReadingErrorKind.Format,
                $"\"{node.Path}\" has {array.Rank} axes, and its image has {image.Axes.Length}.");
        }

        return new ImageLevel(level.Path, new ArraySource(reading, node.Path, array), level.Scale, level.Translation);
    }

    /// <summary>An array by itself: an image of which nothing is known.</summary>
    private static DatasetImage OfArray(ImagePlace place, ArraySource array)
    {
        var names = array.Metadata.DimensionNames;
        ImmutableArray<Axis> axes =
        [
            .. Enumerable.Range(0, array.Metadata.Rank)
                .Select(axis => new Axis((names.IsDefault ? null : names[axis]) ?? $"axis_{axis}", null, null)),
        ];
        var level = new ImageLevel("", array, [.. axes.Select(_ => 1.0)], [.. axes.Select(_ => 0.0)]);
        return new DatasetImage(place, new StoredImage(null, axes, [], []), [level], array.Metadata.Attributes);
    }
}
