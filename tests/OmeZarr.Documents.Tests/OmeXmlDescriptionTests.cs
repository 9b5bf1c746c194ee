using System.Xml.Linq;
using OmeZarr.Acquisition.Tests;

namespace OmeZarr.Documents.Tests;

/// <summary>METADATA.ome.xml says what the settings say; the official schema accepts it.</summary>
public class OmeXmlDescriptionTests
{
    private const string Frame = """{"name": "y", "count": 64, "unit": "um", "scale": 0.25}, {"name": "x", "count": 48, "unit": "um", "scale": 0.5}""";

    [TestCase("null", false)]
    [TestCase("false", false)]
    [TestCase("true", true)]
    public void ShouldDescribeASingleImageWhenAskedTo(string given, bool expected)
    {
        var written = Written.Of(Document.PlanWith($$"""{"ome_xml": {{given}} }"""));
        Assert.That(written.Keys, expected
            ? Is.EqualTo(new[] { "0/zarr.json", "OME/zarr.json", "OME/METADATA.ome.xml", "zarr.json" })
            : Is.EqualTo(new[] { "0/zarr.json", "zarr.json" }));
        Assert.That(written.Ome("").AsObject().ContainsKey("bioformats2raw.layout"), Is.False);
    }

    [Test]
    public void ShouldDescribeTheImageInFull()
    {
        var xml = Written.Of(Document.PlanOf(
            $$"""
            [{"name": "t", "count": 10, "unit": "s", "scale": 30},
             {"name": "c", "coords": [{"name": "DAPI", "excitation_wavelength_nm": 405, "emission_wavelength_nm": 460, "fluorophore": "Hoechst", "color": "blue"}, "GFP"]},
             {"name": "z", "count": 5, "unit": "nm", "scale": -200}, {{Frame}}]
            """,
            """{"ome_xml": true, "frame": {"significant_bits": 12}}""")).Xml();
        var pixels = xml.Descendants().Single(element => element.Name.LocalName == "Pixels");
        Assert.That(Attributes(pixels), Is.EqualTo(
            "ID=Pixels:0 DimensionOrder=XYZCT Type=uint16 SignificantBits=12 SizeX=48 SizeY=64 SizeZ=5 SizeC=2 SizeT=10 "
            + "PhysicalSizeX=0.5 PhysicalSizeXUnit=µm "
            + "PhysicalSizeY=0.25 PhysicalSizeYUnit=µm PhysicalSizeZ=200 PhysicalSizeZUnit=nm TimeIncrement=30 "
                + "TimeIncrementUnit=s"));
        Assert.That(pixels.Elements().Select(element => $"{element.Name.LocalName} {Attributes(element)}".Trim()),
            Is.EqualTo(new[]
        {
            "Channel ID=Channel:0:0 Name=DAPI SamplesPerPixel=1 ExcitationWavelength=405 ExcitationWavelengthUnit=nm "
                + "EmissionWavelength=460 EmissionWavelengthUnit=nm Fluor=Hoechst Color=65535",
            "Channel ID=Channel:0:1 Name=GFP SamplesPerPixel=1 Color=-16711681",
            "MetadataOnly",
        }));
    }

    [Test]
    public void ShouldTellWhereTheStageWas()
    {
        var xml = Written.Of(Document.PlanOf($$"""
            [{"name": "p", "coords": [{"name": "a", "x_coord": 1.5, "z_coord": -3}, {"name": "b", "y_coord": 2, "grid_row": 1, "grid_column": 0}]}, {{Frame}}]
            """)).Xml();
        Assert.That(xml.Descendants().Where(element => element.Name.LocalName == "StageLabel").Select(Attributes),
            Is.EqualTo(new[]
        {
            "Name=a X=1.5 XUnit=µm Z=-3 ZUnit=µm", "Name=b Y=2 YUnit=µm",
        }));
        Assert.That(
            xml.Descendants().Where(element => element.Name.LocalName == "Image").Select(image => image.Attribute("Name")!.Value),
            Is.EqualTo(new[] { "a", "b_1_0" }));
    }

    [TestCase("""[{"name": "z", "count": 2}, {"name": "t", "count": 3}, {"name": "c", "count": 4}, """, "\"acquisition\"", "XYCTZ", 2, 4, 3)]
    [TestCase("""[{"name": "angle", "count": 7}, {"name": "z", "count": 2}, """, "\"ome\"", "XYZCT", 2, 7, 1)]
    [TestCase("""[{"name": "c", "count": 3}, {"name": "angle", "count": 7}, """, "\"ome\"", "XYCZT", 1, 21, 1)]
    [TestCase("""[{"name": "t"}, """, "\"ome\"", "XYTZC", 1, 1, 1)]
    public void ShouldSayHowPlanesFollowEachOther(string dimensions, string order, string expected, int z, int c, int t)
    {
        var plan = Document.PlanOf($"{dimensions}{Frame}]", $$"""{"ome_xml": true, "storage_order": {{order}}, "allow_nonconforming": true}""");
        var pixels = Written.Of(plan).Xml().Descendants().Single(element => element.Name.LocalName == "Pixels");
        Assert.That(pixels.Attribute("DimensionOrder")!.Value, Is.EqualTo(expected));
        Assert.That(
            new[] { "SizeZ", "SizeC", "SizeT" }.Select(size => int.Parse(pixels.Attribute(size)!.Value)),
            Is.EqualTo(new[] { z, c, t }));
    }

    [Test]
    public void ShouldTellWhenTheAcquisitionBegan()
    {
        var plan = Document.PlanOf($$"""[{"name": "p", "count": 2}, {{Frame}}]""");
        var begun = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);
        var document = new DatasetMetadata(plan, begun).Initial()
            .Single(document => document.Key.EndsWith(".xml", StringComparison.Ordinal));
        Assert.That(System.Text.Encoding.UTF8.GetString(document.Utf8.Span),
            Does.Contain("<AcquisitionDate>2024-05-06T07:08:09Z</AcquisitionDate>"));
    }

    [TestCase("""{"dtype": "int64", "ome_xml": true}""", "ome_xml: cannot be true: OME-XML has no pixels of int64")]
    public void ShouldRefuseWhatOmeXmlCannotSay(string members, string message) =>
        Assert.That(Document.Problem(Document.With(members)), Is.EqualTo(message));

    [Test]
    public void ShouldLeaveOutOfACollectionWhatOmeXmlCannotSay()
    {
        var plan = Document.PlanOf($$"""[{"name": "p", "count": 2}, {{Frame}}]""", """{"dtype": "uint64"}""");
        Assert.That(plan.HasOmeXml, Is.False);
        Assert.That(plan.Warnings, Is.EqualTo(new[] { "METADATA.ome.xml is left out: OME-XML has no pixels of uint64" }));
        Assert.That(Written.Of(plan).Keys, Does.Contain("OME/zarr.json").And.Not.Contains("OME/METADATA.ome.xml"));
    }

    private static string Attributes(XElement element) =>
        string.Join(' ', element.Attributes().Select(attribute => $"{attribute.Name.LocalName}={attribute.Value}"));
}
