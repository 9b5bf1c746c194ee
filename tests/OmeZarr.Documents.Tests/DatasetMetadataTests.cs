using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Tests;

namespace OmeZarr.Documents.Tests;

public class DatasetMetadataTests
{
    private static readonly Dictionary<string, JsonNode?> Nothing = [];

    private static readonly AcquisitionPlan GrowingPlan = Document.PlanOf("""
        [{"name": "t", "unit": "s", "scale": 2}, {"name": "z", "count": 5, "unit": "um", "translation": -4},
         {"name": "c", "coords": ["DAPI", {"name": "FITC", "color": "lime", "emission_wavelength_nm": 520}]},
         {"name": "y", "count": 64, "unit": "um", "scale": 0.1}, {"name": "x", "count": 48, "unit": "um", "scale": 0.1}]
        """);

    private static readonly DatasetMetadata Growing = new(GrowingPlan);

    [Test]
    public void ShouldWriteTheRootLastSoThatWhoFindsItFindsEverything() =>
        Assert.That(Growing.Initial().Select(document => document.Key), Is.EqualTo(new[] { "0/zarr.json", "zarr.json" }));

    [Test]
    public void ShouldWriteTheRootOfAnImage()
    {
        var root = Json(Growing.Initial()[1]);
        // Those that an acquisition goes on with; their own tests look at them.
        var settings = root["attributes"]!["omezarr_native"]!.AsObject();
        Assert.That(settings["settings"]!["dtype"]!.GetValue<string>(), Is.EqualTo("uint16"));
        settings.Remove("settings");
        Assert.That(root.ToJsonString(), Is.EqualTo(JsonNode.Parse("""
            {"zarr_format": 3, "node_type": "group", "attributes": {
              "ome": {
                "version": "0.5",
                "multiscales": [{
                  "name": "run",
                  "axes": [
                    {"name": "t", "type": "time", "unit": "second"},
                    {"name": "c", "type": "channel"},
                    {"name": "z", "type": "space", "unit": "micrometer"},
                    {"name": "y", "type": "space", "unit": "micrometer"},
                    {"name": "x", "type": "space", "unit": "micrometer"}],
                  "datasets": [{"path": "0", "coordinateTransformations": [
                    {"type": "scale", "scale": [2.0, 1.0, 1.0, 0.1, 0.1]},
                    {"type": "translation", "translation": [0.0, 0.0, -4.0, 0.0, 0.0]}]}],
                  "type": "none", "metadata": {"description": "full resolution only", "method": "none"}}],
                "omero": {
                  "channels": [
                    {"label": "DAPI", "color": "00FFFF", "active": true, "inverted": false, "coefficient": 1, "family": "linear",
                     "window": {"min": 0, "max": 65535, "start": 0, "end": 65535}},
                    {"label": "FITC", "color": "00FF00", "active": true, "inverted": false, "coefficient": 1, "family": "linear",
                     "window": {"min": 0, "max": 65535, "start": 0, "end": 65535}}],
                  "rdefs": {"defaultT": 0, "defaultZ": 2, "model": "color"}}},
              "omezarr_native": {
                "version": 1, "complete": false, "frames_appended": 0, "frames_stored": 0, "frames_skipped": 0, "frames_dropped": 0,
                "next_frame": 0, "dimensions": [{"name": "c", "coords": [
                  {"name": "DAPI"}, {"name": "FITC", "emission_wavelength_nm": 520, "color": "#00FF00"}]}]}}}
            """)!.ToJsonString()));
    }

    [Test]
    public void ShouldWriteTheArrayWithItsAxesAndCodecs()
    {
        var metadata = Of(
            """[{"name": "t", "chunk_size": 4, "shard_size_chunks": 16}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]""",
            """{"compression": "blosc-lz4", "checksum": true}""");
        Assert.That(Json(metadata.Initial()[0]).ToJsonString(), Is.EqualTo(JsonNode.Parse("""
            {"zarr_format": 3, "node_type": "array", "shape": [0, 64, 48], "data_type": "uint16",
             "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [64, 64, 48]}},
             "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
             "fill_value": 0,
             "codecs": [{"name": "sharding_indexed", "configuration": {
               "chunk_shape": [4, 64, 48],
               "codecs": [
                 {"name": "bytes", "configuration": {"endian": "little"}},
                 {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 2, "blocksize": 0}},
                 {"name": "crc32c"}],
               "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
               "index_location": "end"}}],
             "dimension_names": ["t", "y", "x"], "attributes": {}}
            """)!.ToJsonString()));
    }

    [Test]
    public void ShouldGrowAnArrayAlongItsUnboundedAxis() =>
        Assert.That(Json(DatasetMetadata.ArrayDocument(GrowingPlan.Arrays[0], 7))["shape"]!.ToJsonString(),
            Is.EqualTo("[7,2,5,64,48]"));

    [Test]
    public void ShouldEndWithExactShapesAndTheMark()
    {
        var documents = Growing.Final(new FrameCounts(21, 18, 2, 1), complete: true, Nothing);
        Assert.That(Json(documents[0])["shape"]!.ToJsonString(), Is.EqualTo("[3,2,5,64,48]"));
        var mark = Json(documents[1])["attributes"]!["omezarr_native"]!.AsObject();
        Assert.That(mark["complete"]!.GetValue<bool>(), Is.True);
        Assert.That(
            new[] { "frames_appended", "frames_skipped", "frames_dropped" }.Select(key => mark[key]!.GetValue<long>()),
            Is.EqualTo(new long[] { 18, 2, 1 }));
    }

    [Test]
    public void ShouldSayHowItEndedAndWhatIsMissing()
    {
        var state = CameraState.Begun with { Missing = new FrameRuns([new FrameRun(2, 3), new FrameRun(9, 1)], IsCut: true) };
        var mark = OwnOf(Growing.Root([state],
            DatasetOutcome.Of(isWhole: true, wasAborted: true, "out of memory\n  at line 3", error: null), UserNamespaces.None));
        Assert.That(mark["complete"]!.GetValue<bool>(), Is.False);
        Assert.That($"{mark["ended"]}: {mark["reason"]}", Is.EqualTo("host_error: out of memory"));
        Assert.That(mark["missing_frames"]!.ToJsonString(), Is.EqualTo("[[2,3],[9,1]]"));
        Assert.That(mark["missing_frames_cut"]!.GetValue<bool>(), Is.True);
        mark = OwnOf(Growing.Root([CameraState.Begun], DatasetOutcome.Writing, UserNamespaces.None));
        Assert.That(mark.Select(member => member.Key),
            Has.No.Member("ended").And.No.Member("missing_frames").And.No.Member("error"));
    }

    [TestCase(true, false, null, null, "finalized", true)]
    [TestCase(false, false, null, null, "finalized", false)]
    [TestCase(true, true, null, null, "aborted", false)]
    [TestCase(true, false, "ValueError", null, "host_error", false)]
    [TestCase(true, true, "ValueError", "disk full", "failed", false)]
    public void ShouldBeCompleteOnlyWhenNothingWentWrong(bool isWhole, bool wasAborted, string? reason, string? error,
        string ended, bool complete)
    {
        var outcome = DatasetOutcome.Of(isWhole, wasAborted, reason, error);
        Assert.That((outcome.Ended, outcome.Complete, outcome.Reason, outcome.Error),
            Is.EqualTo((ended, complete, reason, error)));
    }

    [Test]
    public void ShouldKeepMessagesShort()
    {
        var outcome = DatasetOutcome.Of(isWhole: true, wasAborted: false, reason: null,
            error: new string('x', DatasetOutcome.MostTextLength - 1) + "😀 and more");
        Assert.That(outcome.Error, Is.EqualTo(new string('x', DatasetOutcome.MostTextLength - 1)), "no half of a pair");
    }

    [Test]
    public void ShouldMakeEachDocumentWhenItIsAskedFor()
    {
        var asked = new List<string>();
        var documents = Growing.GrownArrays(0, GrowingPlan.Cameras[0].Levels[0], CameraState.Begun, key =>
        {
            asked.Add(key);
            return null;
        });
        Assert.That(asked, Is.Empty);
        Assert.That(documents[0].Key, Is.EqualTo("0/zarr.json"));
        Assert.That(asked, Is.EqualTo(new[] { "0/zarr.json" }));
        Assert.That(documents.Select(document => document.Key),
            Is.EqualTo(Enumerable.Range(0, documents.Count).Select(i => documents[i].Key)));
        Assert.That(() => documents[documents.Count], Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void ShouldStoreTheAcquisitionsMetadataByNamespace()
    {
        var namespaces = new Dictionary<string, JsonNode?> { ["microscope"] = JsonNode.Parse("""{"body": "µManager"}"""), ["note"] = null };
        var document = Growing.Final(default(FrameCounts), complete: true, namespaces)[1];
        var attributes = Json(document)["attributes"]!.AsObject();
        Assert.That(attributes["microscope"]!["body"]!.GetValue<string>(), Is.EqualTo("µManager"));
        Assert.That(attributes.ContainsKey("note"), Is.True);
        Assert.That(() =>
            Growing.Final(default(FrameCounts), complete: true, namespaces), Throws.Nothing, "the caller's values are only read");
        Assert.That(Encoding.UTF8.GetString(document.Utf8.Span), Does.Contain("µManager"));
    }

    [TestCase("ome")]
    [TestCase("zarr")]
    [TestCase("ome_writers")]
    [TestCase("omezarr_native")]
    [TestCase("")]
    public void ShouldRefuseReservedNamespaces(string name)
    {
        Assert.That(UserMetadata.Refusal(name), Is.Not.Null);
        Assert.That(() => Growing.Final(default(FrameCounts), complete: false, new Dictionary<string, JsonNode?> { [name] = 1 }),
            Throws.ArgumentException);
        Assert.That(UserMetadata.Refusal("microscope"), Is.Null);
    }

    [TestCase("{\"a\": [1, 2.50, \"x\"]}", "{\"a\":[1,2.50,\"x\"]}")]
    [TestCase("{\"a\": 1, \"a\": 2}", "{\"a\":2}")]
    [TestCase("3", "3")]
    public void ShouldReadAnyJsonAsMetadata(string given, string expected) =>
        Assert.That(UserMetadata.Parse(Encoding.UTF8.GetBytes(given))!.ToJsonString(), Is.EqualTo(expected));

    [TestCase("{", "not valid JSON at line 1, column 2")]
    [TestCase("\"\\udc00\"", "half a surrogate pair in the text at line 1, column 1")]
    public void ShouldRefuseMetadataThatIsNoJson(string given, string message) =>
        Assert.That(() => UserMetadata.Parse(Encoding.UTF8.GetBytes(given)),
            Throws.InstanceOf<FormatException>().With.Message.StartsWith(message));

    [Test]
    public void ShouldKeepWhatOthersAddedToTheRoot()
    {
        var stored = Json(Growing.Initial()[1]);
        stored["extension"] = "kept";
        stored["consolidated_metadata"] = new JsonObject();
        var attributes = stored["attributes"]!;
        attributes["lab"] = new JsonObject { ["notes"] = "kept" };
        attributes["ome"]!["labels"] = new JsonArray("nuclei");
        attributes["ome"]!["omero"]!["channels"]![1]!["lut"] = "kept";
        attributes["ome"]!["multiscales"]![0]!["coordinateTransformations"] = "kept";
        attributes["omezarr_native"]!["complete"] = "stale";
        attributes["omezarr_native"]!["stale"] = 1;
        attributes["microscope"] = "stale";

        var final = Growing.Final(
            new FrameCounts(10, 10, 0, 0),
            complete: true,
            new Dictionary<string, JsonNode?> { ["microscope"] = "new" },
            key => key == "zarr.json" ? Encoding.UTF8.GetBytes(stored.ToJsonString()) : null);
        var root = Json(final[1]);
        attributes = root["attributes"]!;
        Assert.That(root["extension"]!.GetValue<string>(), Is.EqualTo("kept"));
        Assert.That(root.AsObject().ContainsKey("consolidated_metadata"), Is.False);
        Assert.That(attributes["lab"]!["notes"]!.GetValue<string>(), Is.EqualTo("kept"));
        Assert.That(attributes["ome"]!["labels"]!.ToJsonString(), Is.EqualTo("[\"nuclei\"]"));
        Assert.That(attributes["ome"]!["omero"]!["channels"]![1]!["lut"]!.GetValue<string>(), Is.EqualTo("kept"));
        Assert.That(attributes["ome"]!["multiscales"]![0]!["coordinateTransformations"]!.GetValue<string>(),
            Is.EqualTo("kept"));
        Assert.That(attributes["omezarr_native"]!["complete"]!.GetValue<bool>(), Is.True);
        Assert.That(attributes["omezarr_native"]!.AsObject().ContainsKey("stale"), Is.False);
        Assert.That(attributes["microscope"]!.GetValue<string>(), Is.EqualTo("new"));
    }

    [Test]
    public void ShouldKeepWhatOthersAddedToAnArrayButNotItsShape()
    {
        var stored = Json(DatasetMetadata.ArrayDocument(GrowingPlan.Arrays[0], 2));
        stored["attributes"]!["calibrated"] = true;
        stored["shape"] = new JsonArray(99, 99);
        stored["codecs"] = new JsonArray();
        var array = Json(DatasetMetadata.ArrayDocument(GrowingPlan.Arrays[0], 3, Encoding.UTF8.GetBytes(stored.ToJsonString())));
        Assert.That(array["attributes"]!["calibrated"]!.GetValue<bool>(), Is.True);
        Assert.That(array["shape"]!.ToJsonString(), Is.EqualTo("[3,2,5,64,48]"));
        Assert.That(array["codecs"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [TestCase("")]
    [TestCase("{\"attributes\":")]
    [TestCase("[1]")]
    [TestCase("{\"attributes\": 3}")]
    [TestCase("{\"attributes\": {\"ome\": 3, \"omezarr_native\": null}}")]
    [TestCase("{\"attributes\": {\"ome\": {\"multiscales\": [null]}}}")]
    public void ShouldReplaceAStoredDocumentThatIsOfNoUse(string stored)
    {
        var document = Growing.Final(default(FrameCounts), complete: false, Nothing, _ => Encoding.UTF8.GetBytes(stored))[1];
        Assert.That(Json(document).ToJsonString(), Is.EqualTo(Json(Growing.Initial()[1]).ToJsonString()));
    }

    [Test]
    public void ShouldNotChangeADocumentThatNobodyTouched()
    {
        var document = DatasetMetadata.ArrayDocument(GrowingPlan.Arrays[0], 4);
        var again = DatasetMetadata.ArrayDocument(GrowingPlan.Arrays[0], 4, document.Utf8.ToArray());
        Assert.That(Encoding.UTF8.GetString(again.Utf8.Span), Is.EqualTo(Encoding.UTF8.GetString(document.Utf8.Span)));
    }

    [TestCase("\"uint8\"", 0, 255)]
    [TestCase("\"int16\"", -32768, 32767)]
    [TestCase("\"float32\"", 0, 1)]
    [TestCase("\"uint64\"", 0, 18446744073709551615.0)]
    public void ShouldShowAllThatTheDataTypeHolds(string dtype, double least, double most)
    {
        var window = Root($$"""{"dtype": {{dtype}} }""")["omero"]!["channels"]![0]!["window"]!;
        Assert.That(window["min"]!.GetValue<double>(), Is.EqualTo(least));
        Assert.That(window["start"]!.GetValue<double>(), Is.EqualTo(least));
        Assert.That(window["max"]!.GetValue<double>(), Is.EqualTo(most));
        Assert.That(window["end"]!.GetValue<double>(), Is.EqualTo(most));
    }

    [TestCase("""{"start": 100, "end": 4000}""", "0 65535 100 4000")]
    [TestCase("""{"min": 10, "max": 20}""", "10 20 10 20")]
    [TestCase("""{"start": 70000}""", "0 70001 70000 70001")]
    public void ShouldKeepTheWindowInOrder(string given, string expected)
    {
        var window = Root($$"""{"omero": {"channels": [{"window": {{given}} }, {}]} }""")["omero"]!["channels"]![0]!["window"]!;
        Assert.That(string.Join(' ', new[] { "min", "max", "start", "end" }.Select(key => window[key]!.ToJsonString())),
            Is.EqualTo(expected));
    }

    [Test]
    public void ShouldTakeDisplaySettingsFromTheDocument()
    {
        var omero = Root("""
            {"omero": {"channels": [{"label": "nuclei", "color": "#f00", "active": false, "inverted": true}, {}],
                       "rdefs": {"defaultT": 9, "defaultZ": 4, "model": "greyscale"}}}
            """)["omero"]!;
        Assert.That(omero["channels"]![0]!["label"]!.GetValue<string>(), Is.EqualTo("nuclei"));
        Assert.That(omero["channels"]![0]!["color"]!.GetValue<string>(), Is.EqualTo("FF0000"));
        Assert.That(omero["channels"]![0]!["active"]!.GetValue<bool>(), Is.False);
        Assert.That(omero["channels"]![1]!["label"]!.GetValue<string>(), Is.EqualTo("FITC"));
        Assert.That(omero["rdefs"]!.ToJsonString(), Is.EqualTo("""{"defaultT":9,"defaultZ":4,"model":"greyscale"}"""));
    }

    [Test]
    public void ShouldShowAPlaneThatExistsHoweverFewWereAcquired()
    {
        var metadata = Of(
            """[{"name": "t"}, {"name": "c", "coords": ["a"]}, {"name": "y", "count": 4}, {"name": "x", "count": 4}]""",
            """{"omero": {"rdefs": {"defaultT": 50}}}""");
        Assert.That(DefaultT(metadata.Initial()[1]), Is.Zero);
        Assert.That(DefaultT(metadata.Final(new FrameCounts(3, 3, 0, 0), complete: true, Nothing)[1]), Is.EqualTo(2));
        Assert.That(DefaultT(metadata.Final(new FrameCounts(99, 99, 0, 0), complete: true, Nothing)[1]), Is.EqualTo(50));
        static long DefaultT(MetadataDocument root) =>
            Json(root)["attributes"]!["ome"]!["omero"]!["rdefs"]!["defaultT"]!.GetValue<long>();
    }

    [TestCase("false", false)]
    [TestCase("null", true)]
    [TestCase("true", true)]
    public void ShouldWriteDisplaySettingsWhenAskedFor(string omero, bool expected) =>
        Assert.That(Root($$"""{"omero": {{omero}} }""").ContainsKey("omero"), Is.EqualTo(expected));

    [Test]
    public void ShouldShowAnUnnamedSingleChannelWhite()
    {
        var metadata = Of("""[{"name": "y", "count": 4}, {"name": "x", "count": 4}]""", """{"omero": true}""");
        var omero = Json(metadata.Initial()[1])["attributes"]!["ome"]!["omero"]!;
        Assert.That(omero["channels"]!.AsArray().Select(channel => $"{channel!["label"]} {channel["color"]}"),
            Is.EqualTo(new[] { "Channel 0 FFFFFF" }));
        Assert.That(omero["rdefs"]!["model"]!.GetValue<string>(), Is.EqualTo("greyscale"));
    }

    [TestCase("\"Black\"", "000000")]
    [TestCase("\"#0f4\"", "00FF44")]
    [TestCase("\"#00ff4b80\"", "00FF4B")]
    [TestCase("\"0x00ff4b\"", "00FF4B")]
    [TestCase("\"rgb(0, 128, 255)\"", "0080FF")]
    [TestCase("\"rgba(0 128 255 / 0.5)\"", "0080FF")]
    [TestCase("\"hsl(180, 100%, 50%)\"", "00FFFF")]
    [TestCase("\"hsl(270, 60%, 70%)\"", "B385E0")]
    [TestCase("[255, 255, 255, 0.5]", "FFFFFF")]
    public void ShouldReadColoursAsCssWritesThem(string color, string expected)
    {
        var metadata = Of($$"""[{"name": "c", "coords": [{"name": "a", "color": {{color}} }]}, {"name": "y", "count": 4}, {"name": "x", "count": 4}]""");
        var channel = Json(metadata.Initial()[1])["attributes"]!["ome"]!["omero"]!["channels"]![0]!;
        Assert.That(channel["color"]!.GetValue<string>(), Is.EqualTo(expected));
    }

    private static DatasetMetadata Of(string dimensions, string members = "{}") => new(Document.PlanOf(dimensions, members));

    private static JsonObject Root(string members) =>
        Json(new DatasetMetadata(Document.PlanWith(members)).Initial()[1])["attributes"]!["ome"]!.AsObject();

    private static JsonObject OwnOf(MetadataDocument root) => Json(root)["attributes"]!["omezarr_native"]!.AsObject();

    private static JsonNode Json(MetadataDocument document) => JsonNode.Parse(document.Utf8.Span)!;
}
