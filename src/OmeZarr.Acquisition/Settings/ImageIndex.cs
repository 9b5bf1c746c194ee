namespace OmeZarr.Acquisition.Settings;

/// <summary>An index along a dimension that is no axis of the images.</summary>
public readonly record struct ImageIndex(DimensionSettings Dimension, int Index);
