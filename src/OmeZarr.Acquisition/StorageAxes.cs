using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition;

/// <summary>Finds the order of an array's axes and the router that leads there.</summary>
internal static class StorageAxes
{
    /// <summary>The dimensions that are axes of each array, in storage order, y and x last.</summary>
    public static ImmutableArray<DimensionSettings> InOrder(CameraSettings settings)
    {
        var dimensions = settings.Dimensions;
        var frameAxes = settings.Axes[..^2];
        var sorted = settings.StorageOrder.Kind switch
        {
            StorageOrderKind.Ome => frameAxes.OrderBy(OmeRank),
            StorageOrderKind.Explicit => frameAxes.OrderBy(dimension => settings.StorageOrder.Names.IndexOf(dimension.Name)),
            _ => frameAxes.AsEnumerable(),
        };
        return [.. sorted, .. dimensions[^2..]];
    }

    /// <summary>The router from the acquisition's order to those axes; dimensions that are none select the array.</summary>
    public static FrameRouter Router(CameraSettings settings, ImmutableArray<DimensionSettings> axes)
    {
        var places = axes.Select((axis, i) => (axis.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i);
        var routed = settings.Dimensions[..^2].Select(dimension => new RoutedDimension(
            dimension.Count ?? 0,
            places.GetValueOrDefault(dimension.Name, RoutedDimension.SelectsArray)));
        return new FrameRouter([.. routed], settings.Frame.Planes);
    }

    /// <summary>OME-Zarr's order: time, then channel or custom axes, then space with z before y before x.</summary>
    public static (int Kind, int Place) OmeRank(DimensionSettings dimension)
    {
        var place = dimension.Type switch
        {
            DimensionType.Channel => 0,
            DimensionType.Space => dimension.Name switch { "z" => 2, "y" => 3, "x" => 4, _ => 1 },
            _ => 1,
        };
        return (ImageAxes.RankOf(dimension), place);
    }
}
