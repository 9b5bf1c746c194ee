using System.Globalization;
using System.Text;
using System.Xml;

namespace OmeZarr.Ngff.OmeXml;

/// <summary>
/// Writes OME-XML 2016-06 without pixels (<c>MetadataOnly</c>), as a dataset of OME-Zarr has it beside its images.
/// Attributes are written one by one: nothing here needs reflection.
/// </summary>
public sealed partial class OmeXmlWriter
{
    /// <summary>Where the document is, from the dataset's root.</summary>
    public const string Key = "OME/METADATA.ome.xml";

    private const string Namespace = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
    private const string SchemaInstances = "http://www.w3.org/2001/XMLSchema-instance";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private readonly XmlWriter _xml;

    private OmeXmlWriter(XmlWriter xml) => _xml = xml;

    /// <summary>OME-XML's name for a data type of Zarr; null when it has none, as for 64-bit integers.</summary>
    public static string? PixelType(string dataType) => dataType switch
    {
        "int8" or "int16" or "int32" or "uint8" or "uint16" or "uint32" => dataType,
        "float32" => "float",
        "float64" => "double",
        _ => null,
    };

    /// <summary>The document's bytes, in UTF-8. Characters that XML cannot have become U+FFFD.</summary>
    /// <remarks>
    /// Written twice, the first time to be measured: it can have a hundred megabytes, and a buffer that grows takes three
    /// times as much.
    /// </remarks>
    public static byte[] Encode(OmeDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        using var counted = new CountingStream();
        Write(document, counted);
        var text = new byte[counted.Length];
        using var output = new MemoryStream(text);
        Write(document, output);
        return text;
    }

    private static void Write(OmeDocument document, Stream output)
    {
        var layout = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" };
        using var xml = XmlWriter.Create(output, layout);
        new OmeXmlWriter(xml).Document(document);
    }

    private void Document(OmeDocument document)
    {
        _xml.WriteStartDocument();
        Start("OME");
        _xml.WriteAttributeString("xmlns", "xsi", null, SchemaInstances);
        _xml.WriteAttributeString("schemaLocation", SchemaInstances, $"{Namespace} {Namespace}/ome.xsd");
        Attribute("Creator", "OmeZarrNative");
        if (document.Plate is { } plate)
            Plate(plate);
        var number = 0;
        foreach (var image in document.Images)
            Image(image, number++);
        End();
    }

    private void Image(OmeImage image, int i)
    {
        Start("Image");
        Attribute("ID", image.Path is { } path ? $"Image:{path}" : $"Image:{i}");
        Attribute("Name", image.Name);
        if (image.AcquisitionDate is { } date)
            _xml.WriteElementString("AcquisitionDate", Namespace, Text(date));
        if (image.StageLabel is { } stage)
        {
            Start("StageLabel");
            Attribute("Name", stage.Name);
            Quantity("X", stage.X, "reference frame");
            Quantity("Y", stage.Y, "reference frame");
            Quantity("Z", stage.Z, "reference frame");
            End();
        }

        Pixels(image.Pixels, i);
        End();
    }

    private void Pixels(OmePixels pixels, int i)
    {
        Start("Pixels");
        Attribute("ID", $"Pixels:{i}");
        Attribute("DimensionOrder", pixels.DimensionOrder);
        Attribute("Type", pixels.Type);
        if (pixels.SignificantBits is { } bits)
            Attribute("SignificantBits", bits);
        Attribute("SizeX", pixels.SizeX);
        Attribute("SizeY", pixels.SizeY);
        Attribute("SizeZ", pixels.SizeZ);
        Attribute("SizeC", pixels.SizeC);
        Attribute("SizeT", pixels.SizeT);
        PositiveQuantity("PhysicalSizeX", pixels.PhysicalSizeX, "reference frame");
        PositiveQuantity("PhysicalSizeY", pixels.PhysicalSizeY, "reference frame");
        PositiveQuantity("PhysicalSizeZ", pixels.PhysicalSizeZ, "reference frame");
        // There is no word for an unknown unit of time.
        if (pixels.TimeIncrement is { Unit: not null })
            PositiveQuantity("TimeIncrement", pixels.TimeIncrement, "s");
        for (var c = 0; c < pixels.Channels.Length; c++)
            Channel(pixels.Channels[c], i, c);
        Start("MetadataOnly");
        End();
        foreach (var plane in pixels.Planes)
            Plane(plane);
        End();
    }

    private void Channel(OmeChannel channel, int image, int c)
    {
        const string nanometre = "nm";
        Start("Channel");
        Attribute("ID", $"Channel:{image}:{c}");
        if (channel.Name is { } name)
            Attribute("Name", name);
        Attribute("SamplesPerPixel", 1);
        if (channel.ExcitationNm is { } excitation)
        {
            Attribute("ExcitationWavelength", excitation);
            Attribute("ExcitationWavelengthUnit", nanometre);
        }

        if (channel.EmissionNm is { } emission)
        {
            Attribute("EmissionWavelength", emission);
            Attribute("EmissionWavelengthUnit", nanometre);
        }

        if (!string.IsNullOrEmpty(channel.Fluor))
            Attribute("Fluor", channel.Fluor);
        if (channel.Color is { } color)
            Attribute("Color", OpaqueColor(color));
        End();
    }

    private void Plane(OmePlane plane)
    {
        Start("Plane");
        Attribute("TheZ", Text(plane.TheZ));
        Attribute("TheT", Text(plane.TheT));
        Attribute("TheC", Text(plane.TheC));
        Quantity("DeltaT", plane.DeltaT, "s");
        Quantity("ExposureTime", plane.ExposureTime, "s");
        Quantity("PositionX", plane.PositionX, "reference frame");
        Quantity("PositionY", plane.PositionY, "reference frame");
        Quantity("PositionZ", plane.PositionZ, "reference frame");
        End();
    }

    /// <summary>RGBA as a signed number of 32 bits.</summary>
    private static int OpaqueColor(string rgb) =>
        unchecked((int)((uint.Parse(rgb, NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 8) | 0xFF));

    /// <summary>The schema wants numbers that a float of 32 bits can hold.</summary>
    private void Quantity(string name, OmeQuantity? quantity, string unknownUnit)
    {
        if (quantity is not { } known || !float.IsFinite((float)known.Value))
            return;
        Attribute(name, Text(known.Value));
        Attribute($"{name}Unit", Symbol(known.Unit, unknownUnit));
    }

    /// <summary>The schema wants numbers above 0 that a float of 32 bits can hold.</summary>
    private void PositiveQuantity(string name, OmeQuantity? quantity, string unknownUnit)
    {
        if (quantity is not { } known || known.Value <= 0 || !float.IsNormal((float)known.Value))
            return;
        Attribute(name, Text(known.Value));
        Attribute($"{name}Unit", Symbol(known.Unit, unknownUnit));
    }

    private static string Symbol(string? unit, string unknown) => (unit is null ? null : NgffUnits.Symbol(unit)) ?? unknown;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private void Start(string name) => _xml.WriteStartElement(name, Namespace);

    private void End() => _xml.WriteEndElement();

    private void Attribute(string name, int number) => Attribute(name, number.ToString(CultureInfo.InvariantCulture));

    private void Attribute(string name, string text) => _xml.WriteAttributeString(name, Possible(text));

    /// <summary>XML has no place for most control characters, however they are written.</summary>
    private static string Possible(string text)
    {
        if (text.All(character => XmlConvert.IsXmlChar(character)))
            return text;
        var possible = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            possible.Append(!rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value) ? rune.ToString() : "\uFFFD");
        return possible.ToString();
    }
}
