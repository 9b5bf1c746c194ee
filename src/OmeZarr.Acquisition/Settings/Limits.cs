namespace OmeZarr.Acquisition.Settings;

/// <summary>The most that an acquisition may have of what each takes memory and documents.</summary>
public static class Limits
{
    /// <summary>Images of a dataset: positions, fields of view, and what an image of OME-Zarr has no axis for.</summary>
    public const int MostImages = 100_000;

    /// <summary>Resolution levels of an image, full resolution included.</summary>
    public const int MostLevels = 32;

    /// <summary>
    /// The longest name that a user may give, in bytes of UTF-8: of a part that grid indices or a number may be added to.
    /// </summary>
    public const int NameBytes = 200;
}
