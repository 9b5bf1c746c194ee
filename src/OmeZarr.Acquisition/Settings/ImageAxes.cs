using System.Collections.Immutable;

namespace OmeZarr.Acquisition.Settings;

/// <summary>
/// Chooses the dimensions that are axes of the images. All others select an image: positions always, and what an image
/// of OME-Zarr has no room for.
/// </summary>
/// <remarks>
/// The rule, as docs/layouts.md says it: besides the frame's own two, an image has one axis of time, one of space, and one of
/// channels or of another kind. Of several dimensions that could be one, it is the unbounded one; or else channels go before
/// other kinds, the names t, c and z before others, and faster dimensions before slower ones.
/// </remarks>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html#multiscale-md"/>
internal static class ImageAxes
{
    private const int FrameAxes = 2;
    private const int MostAxes = 5;

    /// <summary>The axes of each image in acquisition order; the frame's own two are the last.</summary>
    /// <param name="dimensions">In acquisition order; also such as break the rules.</param>
    /// <param name="nonconforming">
    /// Whether up to five dimensions stay axes although two of them are channels or of another kind, which OME-Zarr forbids.
    /// </param>
    public static ImmutableArray<DimensionSettings> Of(ImmutableArray<DimensionSettings> dimensions, bool nonconforming)
    {
        if (dimensions.Length < FrameAxes)
            return dimensions;
        var candidates = dimensions[..^FrameAxes].Where(dimension => dimension.Type != DimensionType.Position).ToArray();
        var kept = nonconforming && FitTogether(candidates) ? candidates : OneOfEach(candidates);
        return [.. candidates.Where(kept.Contains), .. dimensions[^FrameAxes..]];
    }

    /// <summary>The dimension whose channels are shown: an axis of the images, or else the first that selects them.</summary>
    public static DimensionSettings? Channels(CameraSettings camera) =>
        camera.Axes.Concat(camera.Dimensions).FirstOrDefault(dimension => dimension.Type == DimensionType.Channel);

    /// <summary>The axis of space that is not in the frame: z.</summary>
    public static DimensionSettings? Stack(ImmutableArray<DimensionSettings> axes) =>
        axes.SkipLast(FrameAxes).FirstOrDefault(dimension => dimension.Type == DimensionType.Space);

    /// <summary>Whether an axis is of channels or of another kind, of which an image has one.</summary>
    public static bool IsChannelOrCustom(DimensionSettings axis) => KindOf(axis) == Kind.ChannelOrCustom;

    /// <summary>The place of an axis among those of an image: time, then channels or another kind, then space.</summary>
    public static int RankOf(DimensionSettings axis) => (int)KindOf(axis);

    /// <summary>Five axes at most, and of time, of space and of channels one each.</summary>
    private static bool FitTogether(DimensionSettings[] candidates)
    {
        var typed =
            candidates.Select(candidate => candidate.Type).Where(type => type is not (null or DimensionType.Other)).ToArray();
        return candidates.Length <= MostAxes - FrameAxes && typed.Distinct().Count() == typed.Length;
    }

    private static DimensionSettings[] OneOfEach(DimensionSettings[] candidates) =>
        [.. candidates.GroupBy(KindOf).Select(Best)];

    private static DimensionSettings Best(IEnumerable<DimensionSettings> candidates) => candidates.Reverse()
        .OrderBy(candidate => candidate.Count is not null)
        .ThenBy(candidate => candidate.Type != DimensionType.Channel)
        .ThenBy(candidate => !HasUsualName(candidate))
        .First();

    private static bool HasUsualName(DimensionSettings dimension)
    {
        var usual = dimension.Type switch
        {
            DimensionType.Time => "t",
            DimensionType.Channel => "c",
            DimensionType.Space => "z",
            _ => null,
        };
        return dimension.Name.Equals(usual, StringComparison.OrdinalIgnoreCase);
    }

    private static Kind KindOf(DimensionSettings dimension) => dimension.Type switch
    {
        DimensionType.Time => Kind.Time,
        DimensionType.Space => Kind.Space,
        _ => Kind.ChannelOrCustom,
    };

    private enum Kind
    {
        Time,
        ChannelOrCustom,
        Space,
    }
}
