using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Tests;

namespace OmeZarr.Documents.Tests;

public class RecordedFramesTests
{
    private const string Frame = """{"name": "y", "count": 4}, {"name": "x", "count": 4}""";

    [Test]
    public void ShouldListPlanesInOmeXmlOfTheirImageWhereTheyAre()
    {
        var plan = Document.PlanOf($$"""[{"name": "t"}, {"name": "p", "count": 2}, {"name": "c", "count": 2}, {"name": "z", "count": 3}, {{Frame}}]""");
        // Frame 20 is t 1, p 1, c 0, z 2.
        var frames = new RecordedFrames(plan.Camera, [Entry(3), Entry(20)], []);
        var xml = Xml(plan, frames, framesSeen: 21);
        Assert.That(Planes(xml, 0), Is.EqualTo(new[] { "TheZ=0 TheT=0 TheC=1 DeltaT=3 DeltaTUnit=s" }));
        Assert.That(Planes(xml, 1), Is.EqualTo(new[] { "TheZ=2 TheT=1 TheC=0 DeltaT=20 DeltaTUnit=s" }));
    }

    [Test]
    public void ShouldListEachPlaneOfAColourFrame()
    {
        var plan = Document.PlanOf(
            $$"""[{"name": "t", "count": 2}, {"name": "c", "count": 3}, {{Frame}}]""",
            """{"dtype": "uint8", "frame": {"pixel_format": "rgb8"}, "ome_xml": true}""");
        var frames = new RecordedFrames(plan.Camera, [Entry(1)], []);
        Assert.That(Planes(Xml(plan, frames, framesSeen: 2), 0), Has.Length.EqualTo(3));
        var attributes = new JsonObject();
        frames.AddTo(attributes, 0);
        Assert.That(
            attributes["ome_writers"]!["frame_metadata"]!.AsArray().Select(listed => listed!["storage_index"]!.ToJsonString()),
            Is.EqualTo(new[] { "[1,0]", "[1,1]", "[1,2]" }));
    }

    [TestCase(FrameEntry.MostListedInImage, true)]
    [TestCase(FrameEntry.MostListedInImage + 1, false)]
    public void ShouldListAnImagesFramesUpToALimitAndThenSayWhereTheyAre(int count, bool isListed)
    {
        var plan = Document.PlanOf($$"""[{"name": "t"}, {{Frame}}]""");
        var attributes = new JsonObject { [DatasetMetadata.OwnNamespace] = new JsonObject() };
        new RecordedFrames(plan.Camera, [.. Enumerable.Range(0, count).Select(frame => Entry(frame))], ["t"])
            .AddTo(attributes, 0);
        Assert.That(attributes["ome_writers"]!["frame_metadata"]?.AsArray().Count, Is.EqualTo(isListed ? count : null));
        Assert.That((string?)attributes["ome_writers"]!["frame_metadata_arrays"]?["path"],
            Is.EqualTo(isListed ? null : FrameTableLayout.GroupPath));
        Assert.That((string?)attributes[DatasetMetadata.OwnNamespace]!["time_points"]!["path"], Is.EqualTo("t"));
    }

    [Test]
    public void ShouldKeepWhatOthersAddedToTheRootWhenFramesAreListed()
    {
        var plan = Document.PlanOf($$"""[{"name": "t", "count": 2}, {{Frame}}]""");
        var state = new CameraState(new FrameCounts(2, 2, 0, 0), [], new RecordedFrames(plan.Camera, [Entry(0)], []));
        var namespaces = new UserNamespaces
        {
            Images = new Dictionary<int, IReadOnlyDictionary<string, JsonNode?>>
            {
                [0] = new Dictionary<string, JsonNode?> { ["lab"] = 1 },
            },
        };
        var stored = """{"zarr_format": 3, "node_type": "group", "attributes": {"theirs": 5, "lab": 0}}"""u8.ToArray();
        var root = new DatasetMetadata(plan).Final([state], complete: true, namespaces, _ => stored)[^1];
        var attributes = JsonNode.Parse(root.Utf8.Span)!["attributes"]!;
        Assert.That(((int)attributes["theirs"]!, (int)attributes["lab"]!), Is.EqualTo((5, 1)));
        Assert.That((string?)attributes[DatasetMetadata.OwnNamespace]!["frame_metadata"]!["path"],
            Is.EqualTo(FrameTableLayout.GroupPath));
    }

    [Test]
    public void ShouldRefuseAReservedNameForAnImage()
    {
        var plan = Document.PlanOf($$"""[{"name": "p", "count": 2}, {{Frame}}]""");
        var namespaces = new UserNamespaces
        {
            Images = new Dictionary<int, IReadOnlyDictionary<string, JsonNode?>>
            {
                [1] = new Dictionary<string, JsonNode?> { ["ome"] = 1 },
            },
        };
        Assert.That(() =>
            new DatasetMetadata(plan).Final([CameraState.Begun], complete: true, namespaces), Throws.ArgumentException);
    }

    private static FrameEntry Entry(long frame)
    {
        var properties = default(FrameProperties);
        properties.Set(FrameProperty.DeltaT, frame);
        return new FrameEntry(frame, properties, default);
    }

    private static System.Xml.Linq.XDocument Xml(AcquisitionPlan plan, RecordedFrames frames, long framesSeen)
    {
        var documents = new DatasetMetadata(plan).Final(
            new FrameCounts(framesSeen, framesSeen, 0, 0), complete: true, new Dictionary<string, JsonNode?>(), frames: frames);
        var text = documents.Single(document => document.Key.EndsWith(".xml", StringComparison.Ordinal)).Utf8;
        var xml = System.Xml.Linq.XDocument.Parse(System.Text.Encoding.UTF8.GetString(text.Span));
        OmeXmlSchema.Validate(xml);
        return xml;
    }

    private static string[] Planes(System.Xml.Linq.XDocument xml, int image) =>
    [
        .. xml.Root!.Elements().Where(element => element.Name.LocalName == "Image").ElementAt(image)
            .Descendants().Where(element => element.Name.LocalName == "Plane")
            .Select(plane =>
                string.Join(' ', plane.Attributes().Select(attribute => $"{attribute.Name.LocalName}={attribute.Value}"))),
    ];
}
