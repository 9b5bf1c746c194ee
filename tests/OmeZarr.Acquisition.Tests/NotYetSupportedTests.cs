namespace OmeZarr.Acquisition.Tests;

/// <summary>What is read and checked in full, but refused in the end until it can be written.</summary>
public class NotYetSupportedTests
{
    private const string Frame = """{"name": "y", "count": 64}, {"name": "x", "count": 48}""";
    private const string Plate = """{"plate": {"row_names": ["A", "B"], "column_names": ["1", "2"], "name": "screen"}}""";

    [TestCase("""{"store": {"s3": {"bucket": "b"}}}""", "store.s3: not yet supported: S3")]
    [TestCase("""{"pyramid": {"levels": 3}}""", "pyramid.levels: not yet supported: resolution levels")]
    [TestCase("""{"pyramid": {"levels": "auto"}}""", "pyramid.levels: not yet supported: resolution levels")]
    [TestCase("""{"frame": {"pixel_format": "mono12p"}}""", "frame.pixel_format: not yet supported: unpacking mono12p")]
    [TestCase("""{"frame": {"row_stride": 128}}""", "frame.row_stride: not yet supported")]
    [TestCase("""{"ome_xml": true}""", "ome_xml: not yet supported")]
    public void ShouldSayWhatComesLater(string members, string message) => Later(Document.With(members), message);

    [TestCase("""{"pyramid": {"levels": 1}}""")]
    [TestCase("""{"pyramid": {}}""")]
    [TestCase("""{"frame": {"pixel_format": "uint16", "row_stride": 0}}""")]
    [TestCase("""{"ome_xml": false}""")]
    [TestCase("""{"store": {}}""")]
    public void ShouldAcceptWhatAsksForNothingNew(string members) =>
        Assert.That(() => Document.PlanWith(members), Throws.Nothing);

    [Test]
    public void ShouldRefuseMoreThanFiveDimensionsForNow() => Later(
        Document.Of($$"""[{"name": "t", "count": 2}, {"name": "c", "count": 2}, {"name": "z", "count": 2}, {"name": "angle", "count": 2}, {{Frame}}]"""),
        "dimensions: not yet supported: 6 dimensions besides positions; at most 5");

    [TestCase("""{"name": "p", "count": 3}""")]
    [TestCase("""{"name": "p", "type": "position", "coords": ["Pos0", "Pos1"]}""")]
    [TestCase("""{"name": "site", "coords": [{"name": "A", "x_coord": 1.5, "y_coord": 2, "z_coord": -1}, "B"]}""")]
    [TestCase("""{"name": "p", "type": "position", "coords": [{"name": "f", "grid_row": 0, "grid_column": -1}, {"name": "f", "grid_row": 0, "grid_column": 1}]}""")]
    public void ShouldRefusePositionsForNow(string positions) =>
        Later(Document.Of($"[{positions}, {Frame}]"), "dimensions[0]: not yet supported: dimensions of positions");

    [Test]
    public void ShouldRefusePlatesForNow()
    {
        var document = Document.Of(
            $$"""[{"name": "p", "coords": [{"name": "f0", "plate_row": "A", "plate_column": "1"}, {"name": "f0", "plate_row": "B", "plate_column": "2"}]}, {{Frame}}]""",
            Plate);
        var refused = Assert.Throws<SettingsException>(() => Document.Plan(document))!;
        Assert.That(refused.IsNotYetSupported, Is.True, refused.Message);
        Assert.That(refused.Problems.Select(problem => problem.JsonPath), Is.EqualTo(new[] { "plate", "dimensions[0]" }));
    }

    [TestCase("""{"name": "f", "plate_row": "A"}""", "dimensions[0].coords[0]: plate_row and plate_column must both be given, or neither")]
    [TestCase("""{"name": "f", "grid_column": 2}""", "dimensions[0].coords[0]: grid_row and grid_column must both be given, or neither")]
    [TestCase("""{"name": "f", "x_coord": "left"}""", "dimensions[0].coords[0].x_coord: is `\"left\"`; must be a number")]
    [TestCase("""{"x_coord": 3}""", "dimensions[0].coords[0].name: is missing; each position needs one")]
    [TestCase("\"a\", \"a\"", "dimensions[0].coords: position names must be unique; `a` is repeated")]
    [TestCase(
        """{"name": "a", "plate_row": "C", "plate_column": "4"}, {"name": "a", "plate_row": "C", "plate_column": "4"}""",
        "dimensions[0].coords: position names must be unique in well C/4; `a` is repeated")]
    [TestCase(
        """{"name": "a", "grid_row": 1, "grid_column": 2}, {"name": "a", "grid_row": 1, "grid_column": 2}""",
        "dimensions[0].coords: position names must be unique at grid row 1, column 2; `a` is repeated")]
    [TestCase("\"../escape\"", "dimensions[0].coords[0]: is `../escape`, which cannot name a folder: the character /")]
    [TestCase("\"..\"", "dimensions[0].coords[0]: is `..`, which cannot name a folder: a full stop at the end")]
    [TestCase("\"C:\"", "dimensions[0].coords[0]: is `C:`, which cannot name a folder: the character :")]
    [TestCase("\"nul.txt\"", "dimensions[0].coords[0]: is `nul.txt`, which cannot name a folder: a device's name")]
    [TestCase("\"zarr.json\"", "dimensions[0].coords[0]: is `zarr.json`, which cannot name a folder: the name of Zarr's metadata")]
    [TestCase("\"a\\nb\"", "dimensions[0].coords[0]: is `a b`, which cannot name a folder: a control character")]
    public void ShouldHoldPositionsToTheirRules(string coords, string message) => Wrong(
        Document.Of($$"""[{"name": "p", "type": "position", "coords": [{{coords}}]}, {{Frame}}]"""), message);

    [Test]
    public void ShouldRefuseUnboundedPositions() => Wrong(
        Document.Of($$"""[{"name": "p", "type": "position"}, {{Frame}}]"""),
        "dimensions[0]: a dimension of positions cannot be unbounded; give `coords` or `count`");

    [Test]
    public void ShouldRefuseTwoDimensionsOfPositions() => Wrong(
        Document.Of($$"""[{"name": "p", "count": 2}, {"name": "q", "type": "position", "count": 2}, {{Frame}}]"""),
        "dimensions: `p`, `q` are of type position; at most one dimension of positions");

    [Test]
    public void ShouldRefuseAPlateWithoutPositions() => Wrong(
        Document.With(Plate), "plate: needs a dimension of positions in `dimensions`");

    [Test]
    public void ShouldRefuseAPlateWhosePositionsHaveNoWell() => Wrong(
        Document.Of($$"""[{"name": "p", "coords": [{"name": "lost", "x_coord": 1}, {"name": "f", "plate_row": "A", "plate_column": "1"}]}, {{Frame}}]""", Plate),
        "plate: each position needs plate_row and plate_column; missing for `lost`");

    [Test]
    public void ShouldRefuseAWellOutsideThePlate() => Wrong(
        Document.Of($$"""[{"name": "p", "coords": [{"name": "f", "plate_row": "H", "plate_column": "1"}]}, {{Frame}}]""", Plate),
        "plate.row_names: has no `H`, where the position `f` is");

    [TestCase("""{"column_names": ["1"]}""", "plate.row_names: is missing; all the plate's names, acquired or not")]
    [TestCase("""{"row_names": ["A", "A"], "column_names": ["1"]}""", "plate.row_names: names must be unique; `A` is repeated")]
    [TestCase("""{"row_names": ["A"], "column_names": [1]}""", "plate.column_names[0]: is `1`; must be text that is not empty")]
    [TestCase("""{"row_names": ["../x"], "column_names": ["1"]}""", "plate.row_names: is `../x`, which cannot name a folder: the character /")]
    public void ShouldHoldPlatesToTheirRules(string plate, string message) =>
        Wrong(Document.With($$"""{"plate": {{plate}} }"""), message);

    [Test]
    public void ShouldNeverRepeatCredentials()
    {
        var refused = Assert.Throws<SettingsException>(
            () => Document.PlanWith("""{"store": {"s3": {"bucket": 5, "credentials": {"secret": "hunter2"}, "secret_key": "hunter2"}}}"""))!;
        Assert.That(refused.Message, Does.Not.Contain("hunter2"));
        Assert.That(refused.Message, Does.Contain("store.s3.bucket"));
        refused = Assert.Throws<SettingsException>(() => Document.PlanWith("""{"store": {"s3": "AKIA:hunter2"}}"""))!;
        Assert.That(refused.Message, Does.Not.Contain("hunter2").And.Contains("store.s3"));
        refused = Assert.Throws<SettingsException>(() => Document.PlanWith("""{"store": "s3://key:hunter2@bucket"}"""))!;
        Assert.That(refused.Message, Does.Not.Contain("hunter2").And.Contains("store"));
    }

    private static void Later(string document, string message)
    {
        var refused = Assert.Throws<SettingsException>(() => Document.Plan(document))!;
        Assert.That(refused.IsNotYetSupported, Is.True, refused.Message);
        Assert.That(refused.Problems.Select(problem => problem.ToString()), Has.Some.StartsWith(message));
    }

    private static void Wrong(string document, string message)
    {
        var refused = Assert.Throws<SettingsException>(() => Document.Plan(document))!;
        Assert.That(refused.IsNotYetSupported, Is.False, refused.Message);
        Assert.That(refused.Problems.Where(problem => !problem.NotYet).Select(problem => problem.ToString()), Has.Some.StartsWith(message), refused.Message);
    }
}
