using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Every rule about positions and plates has its message.</summary>
public class PositionRulesTests
{
    private const string Frame = """{"name": "y", "count": 64}, {"name": "x", "count": 48}""";
    private const string Plate = """{"plate": {"row_names": ["A", "B"], "column_names": ["1", "2"], "name": "screen"}}""";

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
    [TestCase("\" \"", "dimensions[0].coords[0]: is ` `, of which nothing can be seen; must be a name")]
    [TestCase("\"\\u200b\\n\"", "dimensions[0].coords[0]: is `\u200b `, of which nothing can be seen; must be a name")]
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
    public void ShouldBoundNamesInBytes() => Wrong(
        Document.Of($$"""[{"name": "p", "type": "position", "coords": ["{{new string('µ', 101)}}"]}, {{Frame}}]"""),
        $"dimensions[0].coords[0]: is `{new string('µ', 60)}…`; must be at most 200 bytes long in UTF-8");

    [TestCase("""[{"name": "p", "count": 100001}""", "dimensions[0].count: is `100001`; must be at most 100,000 for positions")]
    [TestCase("""[{"name": "a", "count": 4000}, {"name": "c", "count": 2}, {"name": "z", "count": 2}, {"name": "t", "count": 2}, {"name": "p", "count": 4000}""", "dimensions: make 16,000,000 images")]
    public void ShouldBoundTheNumberOfImages(string dimensions, string message) =>
        Wrong(Document.Of($"{dimensions}, {Frame}]"), message);

    [Test]
    public void ShouldRefuseAPlateWhosePositionsHaveNoWell() => Wrong(
        Document.Of($$"""[{"name": "p", "coords": [{"name": "lost", "x_coord": 1}, {"name": "f", "plate_row": "A", "plate_column": "1"}]}, {{Frame}}]""", Plate),
        "plate: each position needs plate_row and plate_column; missing for `lost`");

    [Test]
    public void ShouldRefuseAWellOutsideThePlate() => Wrong(
        Document.Of($$"""[{"name": "p", "coords": [{"name": "f", "plate_row": "H", "plate_column": "1"}]}, {{Frame}}]""", Plate),
        "plate.row_names: has no `H`, where the position `f` is");

    [TestCase("""{"column_names": ["1"]}""", "plate.row_names: is missing; all the plate's names, acquired or not")]
    [TestCase("""{"row_names": ["A", "A"], "column_names": ["1"]}""", "plate.row_names: names must be unique, not by case alone; `A` is repeated")]
    [TestCase("""{"row_names": ["A", "a"], "column_names": ["1"]}""", "plate.row_names: names must be unique, not by case alone; `A` is repeated")]
    [TestCase("""{"row_names": [], "column_names": ["1"]}""", "plate.row_names: is `[]`; must be a list with at least one name")]
    [TestCase("""{"row_names": ["A-1"], "column_names": ["1"]}""", "plate.row_names: is `A-1`; must be ASCII letters and digits only")]
    [TestCase("""{"row_names": ["Ä"], "column_names": ["1"]}""", "plate.row_names: is `Ä`; must be ASCII letters and digits only")]
    [TestCase("""{"row_names": ["ome"], "column_names": ["1"]}""", "plate.row_names: is `ome`, the folder of the dataset's OME metadata")]
    [TestCase("""{"row_names": ["con"], "column_names": ["1"]}""", "plate.row_names: is `con`, a device's name on Windows")]
    [TestCase("""{"row_names": ["A"], "column_names": ["1"], "acquisitions": [3]}""", "plate.acquisitions[0]: is `3`; must be an object")]
    [TestCase("""{"row_names": ["A"], "column_names": ["1"], "acquisitions": [{"id": 1}, {}]}""", "plate.acquisitions: ids must be unique; 1 is repeated")]
    [TestCase("""{"row_names": ["A"], "column_names": ["1"], "acquisitions": [{"start_time": 2, "end_time": 1}]}""", "plate.acquisitions[0]: end_time must not be before start_time")]
    [TestCase("""{"row_names": ["A"], "column_names": ["1"], "acquisitions": [{"maximum_field_count": 0}]}""", "plate.acquisitions[0].maximum_field_count: is `0`; must be a whole number from 1")]
    [TestCase("""{"row_names": ["A"], "column_names": [1]}""", "plate.column_names[0]: is `1`; must be text that is not empty")]
    [TestCase("""{"row_names": ["../x"], "column_names": ["1"]}""", "plate.row_names: is `../x`; must be ASCII letters and digits only")]
    public void ShouldHoldPlatesToTheirRules(string plate, string message) =>
        Wrong(Document.With($$"""{"plate": {{plate}} }"""), message);

    [TestCase("", "\"plate_acquisition\": 0", "plate.acquisitions: has no acquisition with the plate_acquisition of `f`")]
    [TestCase("{\"id\": 4}", "\"plate_acquisition\": 0",
        "plate.acquisitions: has no acquisition with the plate_acquisition of `f`")]
    [TestCase("{}, {}", "\"x_coord\": 0",
        "plate.acquisitions: are several; each position needs its plate_acquisition, missing for `f`")]
    public void ShouldHoldTheRunsOfPositionsToThoseOfThePlate(string acquisitions, string member, string message) => Wrong(
        Document.Of(
            $$"""[{"name": "p", "coords": [{"name": "f", "plate_row": "A", "plate_column": "1", {{member}} }]}, {{Frame}}]""",
            $$"""{"plate": {"row_names": ["A"], "column_names": ["1"], "acquisitions": [{{acquisitions}}]} }"""),
        message);

    private static void Wrong(string document, string message)
    {
        var refused = Assert.Throws<SettingsException>(() => Document.Plan(document))!;
        Assert.That(refused.IsNotYetSupported, Is.False, refused.Message);
        Assert.That(refused.Problems.Where(problem => !problem.NotYet).Select(problem => problem.ToString()),
            Has.Some.StartsWith(message), refused.Message);
    }
}
