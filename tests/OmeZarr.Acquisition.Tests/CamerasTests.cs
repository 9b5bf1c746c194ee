using System.Text.Json.Nodes;
using OmeZarr.Documents;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Documents with <c>arrays</c>: several cameras in one stream.</summary>
public class CamerasTests
{
    private const string Pixels = """{"name": "y", "count": 64}, {"name": "x", "count": 48}""";

    /// <summary>A growing camera, one of two positions, and a single picture.</summary>
    private static readonly string Three = Of($$"""
        {"key": "left", "dimensions": [{"name": "t"}, {{Pixels}}]},
        {"key": "right", "dtype": "uint8", "compression": "zstd", "dimensions": [{"name": "p", "type": "position", "coords": ["a", "b"]}, {{Pixels}}]},
        {"key": "overview", "dtype": "float32", "checksum": true, "dimensions": [{{Pixels}}]}
        """);

    [Test]
    public void ShouldGiveEachCameraImagesOfItsOwn()
    {
        var plan = Document.Plan(Three);
        Assert.That(plan.Structure, Is.EqualTo(DatasetStructure.Collection));
        Assert.That(plan.Cameras.Select(camera => camera.Key), Is.EqualTo(new[] { "left", "right", "overview" }));
        Assert.That(plan.Images.Select(image => image.Path), Is.EqualTo(new[] { "left", "right_a", "right_b", "overview" }));
        Assert.That(plan.Arrays.Select(array => array.Path),
            Is.EqualTo(new[] { "left/0", "right_a/0", "right_b/0", "overview/0" }));
        Assert.That(plan.Arrays.Select(array => array.DataType),
            Is.EqualTo(new[] { DataType.UInt16, DataType.UInt8, DataType.UInt8, DataType.Float32 }));
        Assert.That(plan.Cameras[1].Router.ArrayCount, Is.EqualTo(2));
    }

    [Test]
    public void ShouldTakeWhatAnArrayDoesNotSayFromTheTop()
    {
        var plan = Document.Plan(Of($$"""
            {"key": "a"}, {"key": "b", "compression": null, "dtype": "uint8"}
            """, $$"""{"dtype": "uint16", "compression": "zstd", "dimensions": [{{Pixels}}]}"""));
        Assert.That(plan.Arrays[0].Compression, Is.EqualTo(new Compression.Zstd(3, false)));
        Assert.That(plan.Arrays[1].Compression, Is.EqualTo(new Compression.None()), "null is the key's own default");
        Assert.That(plan.Arrays[1].DataType, Is.EqualTo(DataType.UInt8));
        Assert.That(plan.Arrays[1].Shape, Is.EqualTo(new long[] { 64, 48 }));
    }

    [Test]
    public void ShouldBeACollectionAlsoOfASingleArray()
    {
        var plan = Document.Plan(Of($$"""{"key": "only", "dimensions": [{{Pixels}}]}"""));
        Assert.That(plan.Structure, Is.EqualTo(DatasetStructure.Collection));
        Assert.That(plan.Arrays[0].Path, Is.EqualTo("only/0"));
    }

    [Test]
    public void ShouldListTheImagesOfAllCamerasAndDescribeThemInOmeXml()
    {
        var written = Written.Of(Document.Plan(Three));
        var paths = new[] { "left", "right_a", "right_b", "overview" };
        Assert.That(written.Ome("OME")["series"]!.ToJsonString(),
            Is.EqualTo(new JsonArray([.. paths.Select(path => JsonValue.Create(path))]).ToJsonString()));
        Assert.That(written.Keys, Is.SupersetOf(paths.Select(path => $"{path}/0/zarr.json")));
        var images = written.Xml().Root!.Elements().Where(element => element.Name.LocalName == "Image").ToArray();
        Assert.That(images.Select(image => image.Attribute("Name")!.Value), Is.EqualTo(paths));
        Assert.That(
            images.Select(image =>
                image.Elements().Single(element => element.Name.LocalName == "Pixels").Attribute("Type")!.Value),
            Is.EqualTo(new[] { "uint16", "uint8", "uint8", "float" }));
    }

    [Test]
    public void ShouldTellWhatBecameOfTheFramesOfEachCamera()
    {
        var plan = Document.Plan(Three);
        CameraState[] states =
            [new(new FrameCounts(7, 5, 2, 0), []), new(new FrameCounts(2, 2, 0, 0), []), new(new FrameCounts(1, 0, 0, 1), [])];
        var documents = new DatasetMetadata(plan).Final(states, complete: true, UserNamespaces.None)
            .Where(document => document.Key.EndsWith(".json", StringComparison.Ordinal))
            .ToDictionary(document => document.Key, document => JsonNode.Parse(document.Utf8.Span)!);
        var own = documents["zarr.json"]["attributes"]!["omezarr_native"]!;
        Assert.That(own["frames_appended"]!.GetValue<long>(), Is.EqualTo(7));
        Assert.That(own["frames_dropped"]!.GetValue<long>(), Is.EqualTo(1));
        Assert.That(own["arrays"]!.AsArray().Select(array => array!["key"]!.GetValue<string>()),
            Is.EqualTo(new[] { "left", "right", "overview" }));
        Assert.That(own["arrays"]![0]!["frames_skipped"]!.GetValue<long>(), Is.EqualTo(2));
        Assert.That(own["arrays"]![1]!["images"]!.ToJsonString(), Is.EqualTo("""["right_a","right_b"]"""));
        Assert.That(documents["left/0/zarr.json"]["shape"]!.ToJsonString(), Is.EqualTo("[7,64,48]"), "grows by its own frames");
        Assert.That(documents["left/zarr.json"]["attributes"]!["omezarr_native"]!["array"]!.GetValue<string>(),
            Is.EqualTo("left"));
        Assert.That(documents.Keys, Has.No.Member("overview/0/zarr.json"), "what has not changed is left out");
    }

    [Test]
    public void ShouldSayOfEachImageWhatCameWithTheFramesOfItsCamera()
    {
        var plan = Document.Plan(Three);
        Assert.That(plan.Cameras.Select(camera => camera.FirstImage), Is.EqualTo(new[] { 0, 1, 3 }));
        var (right, overview) = (plan.Cameras[1], plan.Cameras[2]);
        CameraState[] states =
        [
            CameraState.Begun,
            new(new FrameCounts(2, 2, 0, 0), [], new RecordedFrames(right, [Exposed(1)], [])),
            new(new FrameCounts(1, 1, 0, 0), [], new RecordedFrames(overview, entries: null, [])),
        ];
        var documents = new DatasetMetadata(plan).Final(states, complete: true, UserNamespaces.None)
            .ToDictionary(document => document.Key, document => document.Utf8);
        Assert.That(documents.Keys, Has.No.Member("right_a/zarr.json"), "nothing is known of its frame");
        Assert.That(Attributes("right_b")["ome_writers"]!.ToJsonString(), Is.EqualTo("""{"frame_metadata":[{"exposure_time":1,"storage_index":[]}]}"""));
        Assert.That(
            Attributes("overview")["ome_writers"]!.ToJsonString(),
            Is.EqualTo("""{"frame_metadata_arrays":{"path":"OME/frame_metadata/overview","image":3}}"""));
        var own = JsonNode.Parse(documents["zarr.json"].Span)!["attributes"]!["omezarr_native"]!;
        Assert.That((string?)own["frame_metadata"]!["path"], Is.EqualTo("OME/frame_metadata"));
        Assert.That(
            own["arrays"]!.AsArray().Select(array => (string?)array!["frame_metadata"]?["path"]),
            Is.EqualTo(new[] { null, "OME/frame_metadata/right", "OME/frame_metadata/overview" }));

        var xml = System.Xml.Linq.XDocument.Parse(System.Text.Encoding.UTF8.GetString(documents["OME/METADATA.ome.xml"].Span));
        OmeXmlSchema.Validate(xml);
        Assert.That(
            xml.Descendants().Where(element => element.Name.LocalName == "Image")
                .Select(image => image.Descendants().Count(element => element.Name.LocalName == "Plane")),
            Is.EqualTo(new[] { 0, 0, 1, 0 }));

        JsonNode Attributes(string image) => JsonNode.Parse(documents[$"{image}/zarr.json"].Span)!["attributes"]!;
    }

    [Test]
    public void ShouldPutAGroupAroundTheFramesOfEachCamera()
    {
        var plan = Document.Plan(Three);
        Assert.That(
            FrameTableLayout.Groups(plan, plan.Cameras[1]).Select(group => group.Key),
            Is.EqualTo(new[] { "OME/frame_metadata/zarr.json", "OME/frame_metadata/right/zarr.json" }));
    }

    [Test]
    public void ShouldDescribeEachCameraInTheLayout()
    {
        var cameras = LayoutDescription.Of(Document.Plan(Three))["cameras"]!.AsArray();
        Assert.That(cameras.Select(camera => camera!["frame_bytes"]!.GetValue<long>()),
            Is.EqualTo(new long[] { 6144, 3072, 12288 }));
        Assert.That(cameras[0]!["frames"], Is.Null);
    }

    [TestCase("[]", "arrays: has 0 elements; 1 to 64 are possible")]
    [TestCase("[5]", "arrays[0]: is `5`; must be an object")]
    [TestCase("{}", "arrays: is `{}`; must be a list")]
    public void ShouldRefuse(string arrays, string problem) => Assert.That(
        Document.Problems($$"""{"root_path": "x", "dtype": "uint8", "dimensions": [{{Pixels}}], "arrays": {{arrays}} }""").Select(found => found.ToString()),
        Has.Some.EqualTo(problem));

    [TestCase("""{"key": "a"}, {"key": "A"}""", "arrays[1].key", "unlike the other keys")]
    [TestCase("""{"dtype": "uint8"}""", "arrays[0].key", "is missing")]
    [TestCase("""{"key": " \n"}""", "arrays[0].key", "nothing can be seen")]
    [TestCase("""{"key": ""}""", "arrays[0].key", "not empty")]
    [TestCase("""{"key": "a", "root_path": "b"}""", "arrays[0]", "unknown key `root_path`")]
    [TestCase("""{"key": "a"}, {"key": "b", "dimensions": [{"name": "y", "count": 0}, {"name": "x", "count": 1}]}""", "arrays[1].dimensions[0].count", "whole number")]
    [TestCase("""{"key": "a"}, {"key": "b", "dimensions": [{"name": "y", "count": 99999}, {"name": "x", "count": 99999}]}""", "arrays[1].dimensions", "chunk")]
    [TestCase("""{"key": "a", "frame": {"pixel_format": "rgb8"}}""", "arrays[0].frame.pixel_format", "colours")]
    public void ShouldSayWhichArrayIsWrong(string arrays, string path, string message)
    {
        var problems = Document.Problems(Of(arrays, $$"""{"dtype": "uint8", "dimensions": [{{Pixels}}]}"""));
        Assert.That(problems, Has.Count.EqualTo(1), () => string.Join('\n', problems));
        Assert.That(problems[0].JsonPath, Is.EqualTo(path));
        Assert.That(problems[0].Message, Does.Contain(message));
    }

    [Test]
    public void ShouldReportAWrongDefaultOnceAndWhereItIs() => Assert.That(
        Document.Problem(Of("""{"key": "a"}, {"key": "b"}""", $$"""{"dtype": "uint7", "dimensions": [{{Pixels}}]}""")),
        Does.StartWith("dtype: is `\"uint7\"`"));

    [Test]
    public void ShouldRefuseAPlateOfSeveralCameras() => Assert.That(
        Document.Problem(Of("""{"key": "a"}""", $$"""{"dtype": "uint8", "dimensions": [{{Pixels}}], "plate": {"row_names": ["A"], "column_names": ["1"]} }""")),
        Does.StartWith("plate: cannot be together with `arrays`"));

    [Test]
    public void ShouldKeepPathsApartWhenAKeyIsLikeTheNameOfAnotherCamerasImage()
    {
        var plan = Document.Plan(Of($$"""
            {"key": "a", "dimensions": [{"name": "p", "type": "position", "coords": ["b", "c"]}, {{Pixels}}]}, {"key": "A_B", "dimensions": [{{Pixels}}]}
            """, """{"dtype": "uint8"}"""));
        Assert.That(plan.Images.Select(image => image.Path), Is.EqualTo(new[] { "a_b", "a_c", "A_B_2" }));
        Assert.That(plan.Warnings, Has.Some.Contains("A_B_2"));
    }

    [Test]
    public void ShouldLeaveOmeXmlOutWhenOneCameraHasPixelsThatItDoesNotKnow()
    {
        var plan = Document.Plan(Of($$"""{"key": "a", "dtype": "uint8"}, {"key": "b", "dtype": "uint64"}""", $$"""{"dimensions": [{{Pixels}}]}"""));
        Assert.That(plan.HasOmeXml, Is.False);
        Assert.That(plan.Warnings, Has.Some.Contains("METADATA.ome.xml"));
    }

    private static FrameEntry Exposed(long frame)
    {
        var properties = default(FrameProperties);
        properties.Set(FrameProperty.ExposureTime, 1);
        return new FrameEntry(frame, properties, default);
    }

    private static string Of(string arrays, string top = """{"dtype": "uint16"}""")
    {
        var document = JsonNode.Parse(top)!.AsObject();
        document["root_path"] = "cameras";
        document["arrays"] = JsonNode.Parse($"[{arrays}]");
        return document.ToJsonString();
    }
}
