using System.Collections.Immutable;

namespace OmeZarr.Ngff;

/// <summary>What OME-Zarr says of one image: its axes, its resolution levels and how to show it.</summary>
/// <param name="Name">A name for people.</param>
/// <param name="Axes">In the order of the arrays' axes.</param>
/// <param name="Levels">Full resolution first.</param>
/// <param name="Omero">How to show it, or null.</param>
/// <param name="Downscaling">How the levels were made, or null when there is one.</param>
public sealed record ImageMetadata(
    string Name, ImmutableArray<Axis> Axes, ImmutableArray<ResolutionLevel> Levels, Omero? Omero, Downscaling? Downscaling =
        null);

/// <summary>How each level was made from the one before it.</summary>
/// <param name="Method">Name of the method, such as <c>mean</c>.</param>
/// <param name="Factors">For each level but the first, how many elements became one along each axis.</param>
public sealed record Downscaling(string Method, ImmutableArray<ImmutableArray<int>> Factors);

/// <summary>One axis of the arrays.</summary>
/// <param name="Name">Unique among the axes.</param>
/// <param name="Type"><c>space</c>, <c>time</c>, <c>channel</c> or a word of one's own; null for none.</param>
/// <param name="Unit">A name of <see cref="NgffUnits"/> for space and time; null for none.</param>
public sealed record Axis(string Name, string? Type, string? Unit);

/// <summary>One resolution: an array and its place in physical space.</summary>
/// <param name="Path">The array's path below the image.</param>
/// <param name="Scale">Physical size of an element along each axis, in its unit.</param>
/// <param name="Translation">Physical place of the first element along each axis; all 0 is left out.</param>
public sealed record ResolutionLevel(string Path, ImmutableArray<double> Scale, ImmutableArray<double> Translation);

/// <summary>The transitional display settings that viewers read.</summary>
public sealed record Omero(ImmutableArray<OmeroChannel> Channels, RenderingDefaults RenderingDefaults);

/// <summary>How one channel is shown.</summary>
/// <param name="Label">A name for people.</param>
/// <param name="Color">Six hexadecimal digits, RGB.</param>
/// <param name="Window">The intensities shown.</param>
/// <param name="Active">Whether it is shown at first.</param>
/// <param name="Inverted">Whether dark and bright are swapped.</param>
public sealed record OmeroChannel(string Label, string Color, OmeroWindow Window, bool Active, bool Inverted);

/// <summary>Intensities: the limits of the control, and the part of it that goes from black to full colour.</summary>
public sealed record OmeroWindow(double Min, double Max, double Start, double End);

/// <summary>The plane shown first, which must exist, and whether colours are used.</summary>
/// <param name="DefaultT">Index on the time axis.</param>
/// <param name="DefaultZ">Index on the z axis.</param>
/// <param name="Model"><c>color</c> or <c>greyscale</c>.</param>
public sealed record RenderingDefaults(long DefaultT, long DefaultZ, string Model);
