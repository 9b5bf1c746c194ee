using System.Collections.Immutable;

namespace OmeZarr.Documents;

/// <summary>
/// The properties of a frame that have a type and a unit of their own. The values are those of the C header's flags.
/// </summary>
[Flags]
public enum FrameProperty
{
    None = 0,
    DeltaT = 1,
    ExposureTime = 2,
    PositionX = 4,
    PositionY = 8,
    PositionZ = 16,
    Timestamp = 32,
}

/// <summary>
/// What is known of a frame beside its pixels, as numbers. A member counts only when <see cref="Has"/> says so.
/// </summary>
public record struct FrameProperties
{
    /// <summary>The members that are known.</summary>
    public FrameProperty Has { get; set; }

    /// <summary>Seconds since the acquisition began.</summary>
    public double DeltaT { get; set; }

    /// <summary>Seconds.</summary>
    public double ExposureTime { get; set; }

    /// <summary>Where the stage was, in micrometres.</summary>
    public double PositionX { get; set; }

    /// <inheritdoc cref="PositionX"/>
    public double PositionY { get; set; }

    /// <inheritdoc cref="PositionX"/>
    public double PositionZ { get; set; }

    /// <summary>Nanoseconds of the camera's own clock, from any origin.</summary>
    public long TimestampNs { get; set; }

    /// <summary>Whether a property is known.</summary>
    public readonly bool Knows(FrameProperty property) => (Has & property) != 0;

    /// <summary>The value of a property other than the timestamp.</summary>
    public readonly double Number(FrameProperty property) => property switch
    {
        FrameProperty.DeltaT => DeltaT,
        FrameProperty.ExposureTime => ExposureTime,
        FrameProperty.PositionX => PositionX,
        FrameProperty.PositionY => PositionY,
        FrameProperty.PositionZ => PositionZ,
        _ => throw new ArgumentOutOfRangeException(nameof(property), property, "has no such number"),
    };

    /// <summary>Sets a property other than the timestamp, and that it is known.</summary>
    public void Set(FrameProperty property, double value)
    {
        switch (property)
        {
            case FrameProperty.DeltaT: DeltaT = value; break;
            case FrameProperty.ExposureTime: ExposureTime = value; break;
            case FrameProperty.PositionX: PositionX = value; break;
            case FrameProperty.PositionY: PositionY = value; break;
            case FrameProperty.PositionZ: PositionZ = value; break;
            default: throw new ArgumentOutOfRangeException(nameof(property), property, "has no such number");
        }

        Has |= property;
    }
}

/// <summary>Names of <see cref="FrameProperty"/>: the keys of a frame's JSON and of the arrays.</summary>
public static class FramePropertyNames
{
    /// <summary>The properties that are numbers of 64 bits, in the order of their flags.</summary>
    public static ImmutableArray<(FrameProperty Property, string Name)> Numbers { get; } =
    [
        (FrameProperty.DeltaT, "delta_t"),
        (FrameProperty.ExposureTime, "exposure_time"),
        (FrameProperty.PositionX, "position_x"),
        (FrameProperty.PositionY, "position_y"),
        (FrameProperty.PositionZ, "position_z"),
    ];

    /// <summary>The name of <see cref="FrameProperty.Timestamp"/>.</summary>
    public const string Timestamp = "timestamp_ns";

    /// <summary>Every flag that there is.</summary>
    public const FrameProperty All = FrameProperty.DeltaT | FrameProperty.ExposureTime | FrameProperty.PositionX
        | FrameProperty.PositionY | FrameProperty.PositionZ | FrameProperty.Timestamp;
}
