using System.Collections.Immutable;

namespace OmeZarr.Ngff;

/// <summary>What OME-Zarr says of a multi-well plate.</summary>
/// <param name="Name">A name for people.</param>
/// <param name="Rows">Names of all rows, acquired or not; ASCII letters and digits.</param>
/// <param name="Columns">Names of all columns, as above.</param>
/// <param name="Wells">The wells that have images, at least one.</param>
/// <param name="FieldCount">The most images of a well, at least 1.</param>
/// <param name="Acquisitions">The runs in which the plate was acquired; may be empty.</param>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html#plate-md"/>
public sealed record PlateMetadata(
    string Name,
    ImmutableArray<string> Rows,
    ImmutableArray<string> Columns,
    ImmutableArray<PlateWell> Wells,
    int FieldCount,
    ImmutableArray<PlateAcquisition> Acquisitions);

/// <summary>A well by the indices of its row and column, from 0.</summary>
public readonly record struct PlateWell(int Row, int Column);

/// <summary>One run in which the plate was acquired.</summary>
/// <param name="Id">Unique in the plate, from 0.</param>
/// <param name="Name">A name for people, or null.</param>
/// <param name="Description">For people, or null.</param>
/// <param name="MaximumFieldCount">The most images of a well in this run, at least 1.</param>
/// <param name="StartTime">Seconds since 1970-01-01 UTC, or null.</param>
/// <param name="EndTime">Seconds since 1970-01-01 UTC, or null.</param>
public sealed record PlateAcquisition(
    int Id, string? Name, string? Description, int MaximumFieldCount, long? StartTime, long? EndTime);

/// <summary>An image of a well.</summary>
/// <param name="Path">Its path below the well: ASCII letters and digits.</param>
/// <param name="Acquisition">The <see cref="PlateAcquisition.Id"/> that it belongs to, or null.</param>
public readonly record struct WellImage(string Path, int? Acquisition);
