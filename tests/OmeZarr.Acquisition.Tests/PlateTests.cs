using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Multi-well plates.</summary>
public class PlateTests
{
    private const string Frame = """{"name": "y", "count": 64, "unit": "um"}, {"name": "x", "count": 48, "unit": "um"}""";
    private const string Plate = """{"plate": {"row_names": ["A", "B", "C"], "column_names": ["1", "2", "3", "4"], "name": "screen"}}""";

    private static readonly string Positions =
        string.Join(", ", [At("fov0", "A", 1), At("fov0", "C", 4), At("fov1", "C", 4), At("fov0", "A", 2)]);

    [Test]
    public void ShouldWriteRowsOfWellsOfFields()
    {
        var plan = PlanOf(Positions);
        Assert.That(plan.Structure, Is.EqualTo(DatasetStructure.Plate));
        Assert.That(plan.Arrays.Select(array => array.Path),
            Is.EqualTo(new[] { "A/1/0/0", "C/4/0/0", "C/4/1/0", "A/2/0/0" }));
        Assert.That(plan.Warnings, Is.Empty);
        var written = Written.Of(plan);
        Assert.That(written.Keys, Is.EqualTo(new[]
        {
            "A/1/0/0/zarr.json", "C/4/0/0/zarr.json", "C/4/1/0/zarr.json", "A/2/0/0/zarr.json",
            "A/1/0/zarr.json", "C/4/0/zarr.json", "C/4/1/zarr.json", "A/2/0/zarr.json",
            "A/1/zarr.json", "C/4/zarr.json", "A/2/zarr.json", "A/zarr.json", "C/zarr.json",
            "OME/zarr.json", "OME/METADATA.ome.xml", "zarr.json",
        }));
        Assert.That(written.Ome("").ToJsonString(), Is.EqualTo(JsonNode.Parse("""
            {"version": "0.5", "bioformats2raw.layout": 3, "plate": {"version": "0.5", "name": "screen", "field_count": 2,
              "rows": [{"name": "A"}, {"name": "B"}, {"name": "C"}],
              "columns": [{"name": "1"}, {"name": "2"}, {"name": "3"}, {"name": "4"}],
              "wells": [
                {"path": "C/4", "rowIndex": 2, "columnIndex": 3}, {"path": "A/1", "rowIndex": 0, "columnIndex": 0},
                {"path": "A/2", "rowIndex": 0, "columnIndex": 1}]}}
            """)!.ToJsonString()));
        Assert.That(written.Ome("C/4")["well"]!["images"]!.ToJsonString(), Is.EqualTo("""[{"path":"0"},{"path":"1"}]"""));
        Assert.That(written.Json("C")["attributes"]?.AsObject().Count ?? 0, Is.Zero);
        Assert.That(written.Ome("OME")["series"]!.ToJsonString(), Is.EqualTo("""["A/1/0","C/4/0","C/4/1","A/2/0"]"""));
        Assert.That(written.Ome("C/4/1")["multiscales"]![0]!["name"]!.GetValue<string>(), Is.EqualTo("fov1"));
        Assert.That(written.Own("C/4/1")["position"]!.ToJsonString(), Is.EqualTo("""{"name":"fov1","plate_row":"C","plate_column":"4"}"""));
    }

    [Test]
    public void ShouldBeAPlateEvenWithASingleImage()
    {
        var plan = PlanOf(At("0", "B", 1));
        Assert.That(plan.Arrays.Single().Path, Is.EqualTo("B/1/0/0"));
        Assert.That(plan.Structure, Is.EqualTo(DatasetStructure.Plate));
    }

    [Test]
    public void ShouldNameThePlateAfterTheDatasetWhenItHasNoName()
    {
        var plan = PlanOf(Positions, """{"plate": {"row_names": ["A", "B", "C"], "column_names": ["1", "2", "3", "4"]}}""");
        Assert.That(Written.Of(plan).Ome("")["plate"]!["name"]!.GetValue<string>(), Is.EqualTo("run"));
    }

    [TestCase("A1_0000", "A1_0001")]
    [TestCase("é", "e\u0301")]
    [TestCase("fov", "FOV")]
    [TestCase("con", "../x")]
    public void ShouldNumberFieldsWhateverTheirNames(string first, string second)
    {
        var plan = PlanOf($"{At(first, "A", 1)}, {At(second, "A", 1)}");
        Assert.That(plan.Images.Select(image => image.Path), Is.EqualTo(new[] { "A/1/0", "A/1/1" }));
        Assert.That(plan.Images.Select(image => image.Name), Is.EqualTo(new[] { first, second }));
        Assert.That(plan.Warnings, Is.Empty);
        Assert.That(Written.Of(plan).Own("A/1/0")["position"]!["name"]!.GetValue<string>(), Is.EqualTo(first));
    }

    [TestCase("A1_0000", "A1_0001", "A1_0000", "A1_0001", "A1_0001")]
    [TestCase("fov", "FOV", "fov", "FOV_2", "FOV")]
    [TestCase("con", "../x", "_con", "x", "x")]
    [TestCase("37 °C?", "位置", "37-C", "p1", "p2")]
    public void ShouldCallFieldsByTheirNamesWhenAsked(
        string first, string second, string firstPath, string secondPath, string alone)
    {
        var plan = PlanOf(
            $"{At(first, "A", 1)}, {At(second, "A", 1)}, {At(second, "C", 4)}",
            """{"plate": {"row_names": ["A", "C"], "column_names": ["1", "4"], "field_paths": "names"}, "ome_zarr_version": "0.6"}""");
        Assert.That(plan.Images.Select(image => image.Path),
            Is.EqualTo(new[] { $"A/1/{firstPath}", $"A/1/{secondPath}", $"C/4/{alone}" }));
        Assert.That(plan.Images.Select(image => image.Name), Is.EqualTo(new[] { first, second, second }));
        Assert.That(Written.Of(plan).Ome("A/1")["well"]!["images"]!.AsArray().Select(image => image!["path"]!.GetValue<string>()),
            Is.EqualTo(new[] { firstPath, secondPath }));
    }

    [TestCase("0.5", "left", false, false)]
    [TestCase("0.5", "left-1", false, true)]
    [TestCase("0.5", "left-1", true, false)]
    [TestCase("0.6", "left-1", false, false)]
    public void ShouldRefuseFieldsWhoseNamesTheVersionDoesNotAllow(string version, string name, bool isAllowed, bool isRefused)
    {
        AcquisitionPlan Plan() => PlanOf(At(name, "A", 1), $$"""
            {"plate": {"row_names": ["A"], "column_names": ["1"], "field_paths": "names"},
             "ome_zarr_version": "{{version}}", "allow_nonconforming": {{(isAllowed ? "true" : "false")}}}
            """);
        if (isRefused)
        {
            Assert.That(Plan, Throws.TypeOf<SettingsException>().With.Message.Contains("would be left-1")
                .And.Message.Contains("allow_nonconforming").And.Message.Contains("0.6"));
        }
        else
        {
            Assert.That(Plan().Warnings, isAllowed ? Has.One.Contains("breaks OME-Zarr").And.Contain("left-1") : Is.Empty);
        }
    }

    [Test]
    public void ShouldTellFieldsApartThatOnlyAGridOrAnAngleTellsApart()
    {
        var plan = Document.PlanOf(
            $$"""
            [{"name": "p", "type": "position", "coords": [
               {"name": "f", "plate_row": "A", "plate_column": "1", "grid_row": 0, "grid_column": 0},
               {"name": "f", "plate_row": "A", "plate_column": "1", "grid_row": 0, "grid_column": 1}]},
             {"name": "angle", "count": 2}, {"name": "c", "count": 2}, {{Frame}}]
            """,
            """{"plate": {"row_names": ["A"], "column_names": ["1"], "field_paths": "names"}, "ome_zarr_version": "0.6"}""");
        Assert.That(plan.Images.Select(image => image.Path),
            Is.EqualTo(new[] { "A/1/f_angle0", "A/1/f_angle1", "A/1/f_angle0_2", "A/1/f_angle1_2" }));
    }

    /// <summary>Some readers look in every well for the fields of the first that is listed.</summary>
    [Test]
    public void ShouldHoldEveryFieldOfEveryWellAmongThoseOfTheFirstWell() => Prop.ForAll(Fields.ToArbitrary(), wells =>
    {
        var positions = wells.SelectMany((well, field) =>
            well.Select(at => At($"{at}_{field}", "ABC"[at % 3].ToString(), 1 + at / 3)));
        var written = Written.Of(PlanOf(string.Join(", ", positions)));
        var listed = written.Ome("")["plate"]!["wells"]!.AsArray().Select(well => well!["path"]!.GetValue<string>()).ToArray();
        var fields = listed.Select(well => written.Ome(well)["well"]!["images"]!.AsArray()
            .Select(image => image!["path"]!.GetValue<string>()).ToArray()).ToArray();
        var tiles = listed.SelectMany(well => fields[0].Select(field => $"{well}/{field}")).ToHashSet();
        var described = written.Xml().Descendants().Where(element => element.Name.LocalName == "Well")
            .Select(well => well.Elements().Count(element => element.Name.LocalName == "WellSample"));
        return fields.All(names => names.SequenceEqual(Enumerable.Range(0, names.Length).Select(number => $"{number}")))
            && written.Ome("OME")["series"]!.AsArray().All(image => tiles.Contains(image!.GetValue<string>()))
            && described.SequenceEqual(fields.Select(names => names.Length));
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldSayInOmeXmlWhereTheFieldsOfAWellAre()
    {
        var written = Written.Of(PlanOf("""
            {"name": "f", "plate_row": "A", "plate_column": "1", "x_coord": 1250.5, "y_coord": -3}, {"name": "g", "plate_row": "A", "plate_column": "1"}
            """));
        var samples = written.Xml().Descendants().Where(element => element.Name.LocalName == "WellSample").ToArray();
        Assert.That(samples.Select(sample => string.Join(' ', new[] { "PositionX", "PositionXUnit", "PositionY", "PositionYUnit" }
            .Select(name => sample.Attribute(name)?.Value))), Is.EqualTo(new[] { "1250.5 µm -3 µm", "   " }));
    }

    // For each field the wells that have it, each at most once: wells have any number of fields, visited in any order.
    private static readonly Gen<int[][]> Fields =
        from fields in Gen.Choose(1, 4)
        from wells in Gen.Choose(0, 11).NonEmptyListOf().Select(wells => wells.Distinct().ToArray()).ArrayOf(fields)
        select wells;

    [Test]
    public void ShouldNumberFieldsThatOnlyAGridTellsApart()
    {
        var plan = PlanOf("""
            {"name": "f", "plate_row": "A", "plate_column": "1", "grid_row": 0, "grid_column": 0},
            {"name": "f", "plate_row": "A", "plate_column": "1", "grid_row": 0, "grid_column": 1}
            """);
        Assert.That(plan.Images.Select(image => image.Path), Is.EqualTo(new[] { "A/1/0", "A/1/1" }));
        Assert.That(plan.Images.Select(image => image.Name), Is.EqualTo(new[] { "f_0_0", "f_0_1" }));
    }

    [Test]
    public void ShouldCountImagesOfFurtherDimensionsAsFields()
    {
        var plan = Document.PlanOf(
            $$"""
            [{"name": "p", "type": "position", "coords": [{{At("f0", "A", 1)}}]}, {"name": "angle", "count": 2}, {"name": "t", "count": 2},
             {"name": "c", "count": 2}, {"name": "z", "count": 2}, {{Frame}}]
            """,
            Plate);
        Assert.That(plan.Images.Select(image => image.Path), Is.EqualTo(new[] { "A/1/0", "A/1/1" }));
        Assert.That(Written.Of(plan).Ome("")["plate"]!["field_count"]!.GetValue<int>(), Is.EqualTo(2));
        Assert.That(plan.Warnings, Is.Empty);
    }

    [Test]
    public void ShouldWriteTheRunsInWhichThePlateIsAcquired()
    {
        var written = Written.Of(PlanOf(
            $"{At("a", "A", 1, 7)}, {At("b", "A", 1, 7)}, {At("c", "A", 1, 1)}",
            """
            {"plate": {"row_names": ["A"], "column_names": ["1"], "acquisitions": [
              {"id": 7, "name": "first", "description": "before", "start_time": 1700000000, "end_time": 1700003600}, {"maximum_field_count": 9}]}}
            """));
        Assert.That(written.Ome("")["plate"]!["acquisitions"]!.ToJsonString(), Is.EqualTo(JsonNode.Parse("""
            [{"id": 7, "name": "first", "description": "before", "maximumfieldcount": 2, "starttime": 1700000000, "endtime": 1700003600},
             {"id": 1, "name": "Acquisition 1", "maximumfieldcount": 9}]
            """)!.ToJsonString()));
        Assert.That(written.Ome("A/1")["well"]!["images"]!.ToJsonString(), Is.EqualTo(
            """[{"path":"0","acquisition":7},{"path":"1","acquisition":7},{"path":"2","acquisition":1}]"""));
        var runs = written.Xml().Descendants().Where(element => element.Name.LocalName == "PlateAcquisition");
        Assert.That(runs.Select(run => run.Elements().Count(element => element.Name.LocalName == "WellSampleRef")),
            Is.EqualTo(new[] { 2, 1 }));
    }

    [Test]
    public void ShouldTakeAPlatesOnlyRunForEveryField()
    {
        var written = Written.Of(PlanOf(Positions, """
            {"plate": {"row_names": ["A", "C"], "column_names": ["1", "2", "4"], "acquisitions": [{"name": "only"}]}}
            """));
        Assert.That(written.Ome("A/1")["well"]!["images"]!.ToJsonString(), Is.EqualTo("""[{"path":"0","acquisition":0}]"""));
        Assert.That(written.Ome("")["plate"]!["acquisitions"]![0]!["maximumfieldcount"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [Test]
    public void ShouldDescribeThePlateInOmeXmlInTheOrderOfTheSeries()
    {
        var xml = Written.Of(PlanOf(Positions)).Xml();
        var ome = xml.Root!.Name.Namespace;
        Assert.That(xml.Descendants(ome + "Image").Select(image => image.Attribute("Name")!.Value),
            Is.EqualTo(new[] { "fov0", "fov0", "fov1", "fov0" }));
        Assert.That(
            xml.Descendants(ome + "Well").Select(well => $"{well.Attribute("Row")!.Value} {well.Attribute("Column")!.Value}: "
                + string.Join(' ', well.Descendants(ome + "ImageRef").Select(image => image.Attribute("ID")!.Value))),
            Is.EqualTo(new[] { "2 3: Image:1 Image:2", "0 0: Image:0", "0 1: Image:3" }));
    }

    private static AcquisitionPlan PlanOf(string positions, string members = Plate) =>
        Document.PlanOf($$"""[{"name": "t", "count": 2}, {"name": "p", "type": "position", "coords": [{{positions}}]}, {{Frame}}]""", members);

    private static string At(string name, string row, int column, int? run = null) => $$"""
        {"name": "{{name}}", "plate_row": "{{row}}", "plate_column": "{{column}}", "plate_acquisition": {{run?.ToString() ?? "null"}} }
        """;
}
