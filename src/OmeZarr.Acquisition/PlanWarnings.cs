using System.Collections.Immutable;

namespace OmeZarr.Acquisition;

/// <summary>Says what is allowed but unusual, so that a user can look twice.</summary>
internal static class PlanWarnings
{
    public static ImmutableArray<string> Of(AcquisitionSettings settings, ImmutableArray<DimensionSettings> axes)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        foreach (var dimension in settings.Dimensions[^2..].Where(axis => axis.Name.ToLowerInvariant() is not ("x" or "y")))
            warnings.Add($"the frame's own dimension `{dimension.Name}` is taken for space; usual names are y and x");
        var customs = axes.Where(axis => axis.Type is null or DimensionType.Other or DimensionType.Channel).ToArray();
        if (customs.Length > 1)
            warnings.Add($"OME-Zarr knows one axis of channels or of another kind; strict readers may refuse {Names(customs)}");
        var ranks = axes.Select(StorageAxes.OmeRank).ToArray();
        if (!ranks.SequenceEqual(ranks.Order()))
            warnings.Add($"OME-Zarr wants the axes as time, channel, space; strict readers may refuse {Names(axes)}");
        return warnings.ToImmutable();
    }

    private static string Names(IEnumerable<DimensionSettings> axes) => string.Join(", ", axes.Select(axis => axis.Name));
}
