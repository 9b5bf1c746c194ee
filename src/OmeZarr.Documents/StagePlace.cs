using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Documents;

/// <summary>Brings a position's stage coordinates together with the axes of space.</summary>
internal static class StagePlace
{
    /// <summary>The position's coordinate along an axis, in the axis's unit; null when it has none.</summary>
    public static double? Along(ImmutableArray<DimensionSettings> axes, int axis, PositionSettings? position)
    {
        if (position is null || axes[axis].Type != DimensionType.Space)
            return null;
        return Letter(axes, axis) switch { "x" => position.X, "y" => position.Y, "z" => position.Z, _ => null };
    }

    /// <summary>The axis that is x, y or z: the one of that name, or else the one in its usual place; -1 for none.</summary>
    public static int AxisOf(ImmutableArray<DimensionSettings> axes, string letter)
    {
        for (var i = 0; i < axes.Length; i++)
        {
            if (axes[i].Type == DimensionType.Space && Letter(axes, i) == letter)
                return i;
        }

        return -1;
    }

    private static string? Letter(ImmutableArray<DimensionSettings> axes, int axis)
    {
        var name = axes[axis].Name.ToLowerInvariant();
        if (name is "x" or "y" or "z")
            return name;
        var usual = axis == axes.Length - 1 ? "x" : axis == axes.Length - 2 ? "y" : "z";
        return axes.Any(other =>
            other.Type == DimensionType.Space && other.Name.Equals(usual, StringComparison.OrdinalIgnoreCase))
            ? null
            : usual;
    }
}
