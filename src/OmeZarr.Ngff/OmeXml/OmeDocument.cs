using System.Collections.Immutable;

namespace OmeZarr.Ngff.OmeXml;

/// <summary>What OME-XML says of a dataset.</summary>
/// <param name="Images">In the order of the dataset's series; gone through twice, and not kept.</param>
/// <param name="Plate">The plate that they belong to, or null.</param>
/// <seealso href="https://www.openmicroscopy.org/Schemas/Documentation/Generated/OME-2016-06/ome.html"/>
public sealed record OmeDocument(IEnumerable<OmeImage> Images, OmePlate? Plate);

/// <summary>One image.</summary>
public sealed record OmeImage
{
    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Where it is in the dataset, without white space, for <c>Image:PATH</c> as its ID: there are readers that find the images
    /// of a collection by it. Null numbers the images from 0.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>When its acquisition began, or null.</summary>
    public required DateTimeOffset? AcquisitionDate { get; init; }

    /// <summary>Where it was taken, or null.</summary>
    public required OmeStageLabel? StageLabel { get; init; }

    public required OmePixels Pixels { get; init; }
}

/// <summary>A position of the stage; a null coordinate is not known.</summary>
public sealed record OmeStageLabel(string Name, OmeQuantity? X, OmeQuantity? Y, OmeQuantity? Z);

/// <summary>A physical quantity.</summary>
/// <param name="Value">The number.</param>
/// <param name="Unit">A name of <see cref="NgffUnits"/>, or null when none is known.</param>
public readonly record struct OmeQuantity(double Value, string? Unit);

/// <summary>The pixels of an image: its sizes in elements and in physical units, and its channels.</summary>
public sealed record OmePixels
{
    /// <summary>One of <see cref="OmeXmlWriter.PixelType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Bits of each pixel that the camera fills; null for floating point.</summary>
    public int? SignificantBits { get; init; }

    /// <summary>How planes follow each other, fastest first, such as <c>XYZCT</c>.</summary>
    public required string DimensionOrder { get; init; }

    /// <summary>At least 1, as all sizes.</summary>
    public required int SizeX { get; init; }

    public required int SizeY { get; init; }

    public required int SizeZ { get; init; }

    public required int SizeC { get; init; }

    public required int SizeT { get; init; }

    /// <summary>Length of a pixel, or null; what is not above 0 is left out.</summary>
    public required OmeQuantity? PhysicalSizeX { get; init; }

    public required OmeQuantity? PhysicalSizeY { get; init; }

    /// <summary>Distance of planes, or null.</summary>
    public required OmeQuantity? PhysicalSizeZ { get; init; }

    /// <summary>Time from one time point to the next, or null.</summary>
    public required OmeQuantity? TimeIncrement { get; init; }

    /// <summary>As many as <see cref="SizeC"/>, or none.</summary>
    public required ImmutableArray<OmeChannel> Channels { get; init; }

    /// <summary>The planes of which something is known; may be empty.</summary>
    public ImmutableArray<OmePlane> Planes { get; init; } = [];
}

/// <summary>What is known of a plane; null members are not known.</summary>
public sealed record OmePlane
{
    /// <summary>Index along z, as the others below <see cref="OmePixels"/>' size.</summary>
    public required long TheZ { get; init; }

    public required long TheC { get; init; }

    public required long TheT { get; init; }

    /// <summary>Time since the acquisition began.</summary>
    public OmeQuantity? DeltaT { get; init; }

    public OmeQuantity? ExposureTime { get; init; }

    /// <summary>Where the stage was.</summary>
    public OmeQuantity? PositionX { get; init; }

    public OmeQuantity? PositionY { get; init; }

    public OmeQuantity? PositionZ { get; init; }
}

/// <summary>A channel; null members are not known.</summary>
/// <param name="Name">A name for people.</param>
/// <param name="Color">Six hexadecimal digits, RGB.</param>
/// <param name="ExcitationNm">Wavelength in nanometres, at least 1.</param>
/// <param name="EmissionNm">Wavelength in nanometres, at least 1.</param>
/// <param name="Fluor">Name of the fluorophore.</param>
public sealed record OmeChannel(string? Name, string? Color, int? ExcitationNm, int? EmissionNm, string? Fluor);

/// <summary>A plate and the images of its wells.</summary>
/// <param name="Plate">The plate as OME-Zarr has it.</param>
/// <param name="Samples">The images of each of its wells.</param>
public sealed record OmePlate(PlateMetadata Plate, ImmutableArray<ImmutableArray<OmeWellSample>> Samples);

/// <summary>An image of a well.</summary>
/// <param name="Image">Its index among <see cref="OmeDocument.Images"/>.</param>
/// <param name="Acquisition">The <see cref="PlateAcquisition.Id"/> that it belongs to, or null.</param>
public readonly record struct OmeWellSample(int Image, int? Acquisition)
{
    /// <summary>Where the stage was, or null.</summary>
    public OmeQuantity? X { get; init; }

    public OmeQuantity? Y { get; init; }
}
