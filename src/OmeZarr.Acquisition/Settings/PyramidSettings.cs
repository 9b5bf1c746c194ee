using System.Collections.Immutable;

namespace OmeZarr.Acquisition.Settings;

/// <summary>Resolution levels.</summary>
/// <param name="Levels">1 is full resolution only; null chooses.</param>
/// <param name="Method">How pixels are merged.</param>
/// <param name="Factors">Shrink factor from level to level by dimension name, where given.</param>
public sealed record PyramidSettings(int? Levels, PyramidMethod Method, ImmutableSortedDictionary<string, int> Factors);

/// <summary>How a block of pixels becomes one pixel of the next level; docs/pyramids.md defines each.</summary>
public enum PyramidMethod
{
    Mean,
    Decimate,
    Min,
    Max,
    Median,
    Mode,
}

/// <summary>The names of methods in documents.</summary>
public static class PyramidMethods
{
    /// <summary>A method's name in a document.</summary>
    public static string Word(this PyramidMethod method) => method.ToString().ToLowerInvariant();
}
