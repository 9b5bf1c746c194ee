using System.Text;
using System.Xml.Linq;
using System.Xml.Schema;
using OmeZarr.Ngff.OmeXml;

namespace OmeZarr.Ngff.Tests;

public class OmeXmlTests
{
    private static readonly XNamespace Ome = "http://www.openmicroscopy.org/Schemas/OME/2016-06";

    private static readonly OmePixels Pixels = new()
    {
        Type = "uint16",
        DimensionOrder = "XYZCT",
        SizeX = 48,
        SizeY = 64,
        SizeZ = 5,
        SizeC = 2,
        SizeT = 10,
        PhysicalSizeX = new OmeQuantity(0.1, "micrometer"),
        PhysicalSizeY = new OmeQuantity(1e-7, "meter"),
        PhysicalSizeZ = new OmeQuantity(0.5, null),
        TimeIncrement = new OmeQuantity(30, "millisecond"),
        Channels =
        [
            new OmeChannel("DAPI", "0000FF", 405, 460, "DAPI"),
            new OmeChannel(null, null, null, null, null),
        ],
    };

    private static readonly OmeImage Image = new()
    {
        Name = "Pos0",
        AcquisitionDate = new DateTimeOffset(2024, 2, 29, 13, 0, 1, TimeSpan.FromHours(2)),
        StageLabel = new OmeStageLabel("Pos0", new OmeQuantity(-12.5, "micrometer"), new OmeQuantity(3, null), null),
        Pixels = Pixels,
    };

    private static readonly OmePlate Plate = new(
        new PlateMetadata(
            "screen",
            ["A", "B"],
            ["1", "2", "3"],
            [new(1, 2), new(0, 0)],
            2,
            [new PlateAcquisition(4, "first", "before the drug", 1, 1_700_000_000, 1_700_003_600),
                new PlateAcquisition(5, null, null, 1, null, null)]),
        [[new OmeWellSample(0, 4), new OmeWellSample(1, 5)], [new OmeWellSample(2, 4)]]);

    [Test]
    public void ShouldDescribePlanesWithTheirUnits()
    {
        var plane = new OmePlane
        {
            TheZ = 4,
            TheC = 1,
            TheT = 9,
            DeltaT = new OmeQuantity(1.5, "second"),
            ExposureTime = new OmeQuantity(0.02, "second"),
            PositionX = new OmeQuantity(-12.5, "micrometer"),
            PositionZ = new OmeQuantity(double.MaxValue, "micrometer"),
        };
        var image = Image with { Pixels = Pixels with { Planes = [plane, new OmePlane { TheZ = 0, TheC = 0, TheT = 0 }] } };
        var pixels = Read(new OmeDocument([image], null)).Root!.Element(Ome + "Image")!.Element(Ome + "Pixels")!;
        Assert.That(pixels.Elements(Ome + "Plane").First().Attributes()
            .Select(attribute => $"{attribute.Name}={attribute.Value}"), Is.EqualTo(new[]
        {
            "TheZ=4", "TheT=9", "TheC=1", "DeltaT=1.5", "DeltaTUnit=s", "ExposureTime=0.02", "ExposureTimeUnit=s",
            "PositionX=-12.5", "PositionXUnit=µm",
        }));
        Assert.That(pixels.Elements(Ome + "Plane").Last().Attributes().Count(), Is.EqualTo(3));
    }

    [Test]
    public void ShouldDescribeAnImageInFull()
    {
        var image = Read(new OmeDocument([Image], null)).Root!.Element(Ome + "Image")!;
        Assert.That(image.ToString(SaveOptions.DisableFormatting), Is.EqualTo(XElement.Parse("""
            <Image ID="Image:0" Name="Pos0" xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
              <AcquisitionDate>2024-02-29T11:00:01Z</AcquisitionDate>
              <StageLabel Name="Pos0" X="-12.5" XUnit="µm" Y="3" YUnit="reference frame" />
              <Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="48" SizeY="64" SizeZ="5" SizeC="2" SizeT="10"
                PhysicalSizeX="0.1" PhysicalSizeXUnit="µm" PhysicalSizeY="1E-07" PhysicalSizeYUnit="m"
                PhysicalSizeZ="0.5" PhysicalSizeZUnit="reference frame" TimeIncrement="30" TimeIncrementUnit="ms">
                <Channel ID="Channel:0:0" Name="DAPI" SamplesPerPixel="1" ExcitationWavelength="405" ExcitationWavelengthUnit="nm"
                  EmissionWavelength="460" EmissionWavelengthUnit="nm" Fluor="DAPI" Color="65535" />
                <Channel ID="Channel:0:1" SamplesPerPixel="1" />
                <MetadataOnly />
              </Pixels>
            </Image>
            """).ToString(SaveOptions.DisableFormatting)));
    }

    [Test]
    public void ShouldDescribeAPlateWithItsWellsAndRuns()
    {
        var plate = Read(new OmeDocument([Image, Image, Image], Plate)).Root!.Element(Ome + "Plate")!;
        Assert.That(plate.ToString(SaveOptions.DisableFormatting), Is.EqualTo(XElement.Parse("""
            <Plate ID="Plate:0" Name="screen" ColumnNamingConvention="number" RowNamingConvention="letter" Rows="2" Columns="3"
                xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
              <Well ID="Well:1_2" Column="2" Row="1">
                <WellSample ID="WellSample:0" Index="0"><ImageRef ID="Image:0" /></WellSample>
                <WellSample ID="WellSample:1" Index="1"><ImageRef ID="Image:1" /></WellSample>
              </Well>
              <Well ID="Well:0_0" Column="0" Row="0">
                <WellSample ID="WellSample:2" Index="2"><ImageRef ID="Image:2" /></WellSample>
              </Well>
              <PlateAcquisition ID="PlateAcquisition:4" Name="first" EndTime="2023-11-14T23:13:20Z" StartTime="2023-11-14T22:13:20Z" MaximumFieldCount="1">
                <Description>before the drug</Description>
                <WellSampleRef ID="WellSample:0" /><WellSampleRef ID="WellSample:2" />
              </PlateAcquisition>
              <PlateAcquisition ID="PlateAcquisition:5" MaximumFieldCount="1"><WellSampleRef ID="WellSample:1" /></PlateAcquisition>
            </Plate>
            """).ToString(SaveOptions.DisableFormatting)));
    }

    [Test]
    public void ShouldSayNothingOfNamesThatAreNeitherLettersNorNumbers()
    {
        var mixed = Plate with { Plate = Plate.Plate with { Rows = ["A", "2"], Columns = ["1", "2", "x3"] } };
        var plate = Read(new OmeDocument([Image, Image, Image], mixed)).Root!.Element(Ome + "Plate")!;
        Assert.That(plate.Attribute("RowNamingConvention"), Is.Null);
        Assert.That(plate.Attribute("ColumnNamingConvention"), Is.Null);
    }

    [TestCase(0)]
    [TestCase(-2)]
    [TestCase(1e-60)]
    [TestCase(1e60)]
    [TestCase(double.NaN)]
    public void ShouldLeaveOutSizesThatTheSchemaDoesNotAllow(double size)
    {
        var pixels =
            Pixels with { PhysicalSizeX = new OmeQuantity(size, "micrometer"), TimeIncrement = new OmeQuantity(2, null) };
        var element = Read(new OmeDocument([Image with { Pixels = pixels }], null)).Descendants(Ome + "Pixels").Single();
        Assert.That(element.Attributes().Select(attribute => attribute.Name.LocalName),
            Has.None.StartsWith("PhysicalSizeX").And.None.StartsWith("TimeIncrement"));
    }

    [Test]
    public void ShouldReplaceWhatXmlHasNoPlaceFor()
    {
        var channel = new OmeChannel("a\u0001b\uFFFE<&\"😀µ\n", null, null, null, "");
        var pixels = Pixels with { SizeC = 1, Channels = [channel] };
        var image = Image with { Pixels = pixels, StageLabel = null, AcquisitionDate = null };
        var read = Read(new OmeDocument([image], null));
        Assert.That(read.Descendants(Ome + "Channel").Single().Attribute("Name")!.Value,
            Is.EqualTo("a\uFFFDb\uFFFD<&\"😀µ\n"));
    }

    [Test]
    public void ShouldHaveASymbolForEveryUnit()
    {
        foreach (var length in NgffUnits.LengthNames)
            Read(new OmeDocument([Image with { Pixels = Pixels with { PhysicalSizeX = new OmeQuantity(1, length) } }], null));
        foreach (var time in NgffUnits.TimeNames)
            Read(new OmeDocument([Image with { Pixels = Pixels with { TimeIncrement = new OmeQuantity(1, time) } }], null));
        Assert.That(NgffUnits.LengthNames.Concat(NgffUnits.TimeNames).Select(NgffUnits.Symbol), Has.None.Null);
        Assert.That(NgffUnits.Symbol("furlong"), Is.Null);
    }

    [Test]
    public void ShouldKnowThePixelTypesThatOmeXmlHas()
    {
        foreach (var type in new[] { "int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64" })
            Read(new OmeDocument([Image with { Pixels = Pixels with { Type = OmeXmlWriter.PixelType(type)! } }], null));
        Assert.That(OmeXmlWriter.PixelType("float32"), Is.EqualTo("float"));
        Assert.That(OmeXmlWriter.PixelType("uint64"), Is.Null);
        Assert.That(OmeXmlWriter.PixelType("int64"), Is.Null);
    }

    [Test]
    public void ShouldFindWhatTheSchemaForbids() =>
        Assert.That(() => Read(new OmeDocument([Image with { Pixels = Pixels with { Type = "uint64" } }], null)),
            Throws.InstanceOf<XmlSchemaValidationException>());

    /// <summary>The document, after the official schema has accepted it.</summary>
    private static XDocument Read(OmeDocument document)
    {
        var text = Encoding.UTF8.GetString(OmeXmlWriter.Encode(document));
        var read = XDocument.Parse(text);
        OmeXmlSchema.Validate(read);
        return read;
    }
}
