using System.Collections.Immutable;

namespace OmeZarr.Acquisition;

/// <summary>
/// One resolution of a camera's images: an array in each. The first level is the frames as they come; every other one is
/// made from the level before it, <see cref="Step"/> pixels becoming one. All shapes are in storage order. Immutable.
/// </summary>
public sealed record LevelPlan
{
    /// <summary>Number of the level, 0 at full resolution.</summary>
    public required int Number { get; init; }

    /// <summary>Elements of the level before that become one along each axis; all 1 at full resolution.</summary>
    public required ImmutableArray<int> Step { get; init; }

    /// <summary>Elements of full resolution that one covers along each axis.</summary>
    public required ImmutableArray<int> Factors { get; init; }

    /// <summary>The array of each image, in the order of the router's array indices.</summary>
    public required ImmutableArray<ArrayPlan> Arrays { get; init; }

    /// <summary>The path of its array below an image.</summary>
    public string Path => PathOf(Number);

    /// <summary>Rows of its planes.</summary>
    public long Height => Arrays[0].Shape[^2];

    /// <summary>Pixels of a row.</summary>
    public long Width => Arrays[0].Shape[^1];

    /// <summary>How long an axis is when that of full resolution has a length.</summary>
    public long LengthAlong(int axis, long fullLength) => Shrunk(fullLength, Factors[axis]);

    internal static string PathOf(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Elements left of a length: a part of a block at the end makes one, too.</summary>
    internal static long Shrunk(long length, int factor) => length / factor + (length % factor == 0 ? 0 : 1);
}
