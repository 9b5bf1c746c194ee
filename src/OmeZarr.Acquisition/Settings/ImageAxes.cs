using System.Collections.Immutable;

namespace OmeZarr.Acquisition.Settings;

/// <summary>
/// Chooses the dimensions that are axes of the images. All others select an image: positions always, and what an image
/// of OME-Zarr has no room for.
/// </summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html#multiscale-md"/>
internal static class ImageAxes
{
    private const int FrameAxes = 2;
    private const int MostAxes = 5;

    /// <summary>The axes of each image in acquisition order; the frame's own two are the last.</summary>
    /// <param name="dimensions">In acquisition order; also such as break the rules.</param>
    public static ImmutableArray<DimensionSettings> Of(ImmutableArray<DimensionSettings> dimensions)
    {
        if (dimensions.Length < FrameAxes)
            return dimensions;
        var candidates = dimensions[..^FrameAxes].Where(dimension => dimension.Type != DimensionType.Position).ToArray();
        var kept = FitTogether(candidates) ? candidates : Strict(candidates);
        return [.. candidates.Where(kept.Contains), .. dimensions[^FrameAxes..]];
    }

    /// <summary>The dimension whose channels are shown: an axis of the images, or else the first that selects them.</summary>
    public static DimensionSettings? Channels(ImmutableArray<DimensionSettings> dimensions) =>
        Of(dimensions).Concat(dimensions).FirstOrDefault(dimension => dimension.Type == DimensionType.Channel);

    /// <summary>The axis of space that is not in the frame: z.</summary>
    public static DimensionSettings? Stack(ImmutableArray<DimensionSettings> axes) =>
        axes.SkipLast(FrameAxes).FirstOrDefault(dimension => dimension.Type == DimensionType.Space);

    /// <summary>Five axes at most, and none of a kind that an image has only once.</summary>
    private static bool FitTogether(DimensionSettings[] candidates)
    {
        var kinds = candidates.Where(candidate => !IsCustom(candidate)).Select(candidate => candidate.Type).ToArray();
        return candidates.Length <= MostAxes - FrameAxes && kinds.Distinct().Count() == kinds.Length;
    }

    /// <summary>One of time, one of space, and one of channels or of another kind. What is unbounded comes first.</summary>
    private static DimensionSettings[] Strict(DimensionSettings[] candidates)
    {
        var time = Best(candidates, DimensionType.Time, "t");
        var space = Best(candidates, DimensionType.Space, "z");
        var channel = Best(candidates, DimensionType.Channel, "c");
        var custom = candidates.LastOrDefault(IsCustom);
        var growing = candidates.FirstOrDefault(candidate => IsCustom(candidate) && candidate.Count is null);
        return [.. new[] { time, space, growing ?? channel ?? custom }.OfType<DimensionSettings>()];
    }

    /// <summary>The unbounded dimension of a type, or the one with the usual name, or the fastest.</summary>
    private static DimensionSettings? Best(DimensionSettings[] candidates, DimensionType type, string usualName)
    {
        var ofType = candidates.Where(candidate => candidate.Type == type).ToArray();
        return ofType.FirstOrDefault(candidate => candidate.Count is null)
            ?? ofType.FirstOrDefault(candidate => candidate.Name.Equals(usualName, StringComparison.OrdinalIgnoreCase))
            ?? ofType.LastOrDefault();
    }

    private static bool IsCustom(DimensionSettings dimension) => dimension.Type is null or DimensionType.Other;
}
