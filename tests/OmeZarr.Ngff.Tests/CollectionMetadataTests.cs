using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Tests;

public class CollectionMetadataTests
{
    private static readonly PlateMetadata Plate = new("screen", ["A", "B"], ["1", "2"], [new(1, 0), new(0, 1)], 2, []);

    [Test]
    public void ShouldEmitACollectionAndItsSeries()
    {
        Assert.That(NgffVersions.Collection("0.5").ToJsonString(), Is.EqualTo("""{"version":"0.5","bioformats2raw.layout":3}"""));
        Assert.That(NgffVersions.Series("0.5", ["b", "a"]).ToJsonString(), Is.EqualTo("""{"version":"0.5","series":["b","a"]}"""));
    }

    [Test]
    public void ShouldEmitAPlateWithAllRowsAndColumnsAndItsWells() => Assert.That(
        NgffVersions.Plate("0.5", Plate, hasSeries: false).ToJsonString(),
        Is.EqualTo(JsonNode.Parse("""
            {"version": "0.5", "plate": {"version": "0.5", "name": "screen", "field_count": 2,
              "rows": [{"name": "A"}, {"name": "B"}], "columns": [{"name": "1"}, {"name": "2"}],
              "wells": [{"path": "B/1", "rowIndex": 1, "columnIndex": 0}, {"path": "A/2", "rowIndex": 0, "columnIndex": 1}]}}
            """)!.ToJsonString()));

    [Test]
    public void ShouldMarkAPlateWhoseImagesAreListedToo() =>
        Assert.That(NgffVersions.Plate("0.5", Plate, hasSeries: true)["bioformats2raw.layout"]!.GetValue<int>(), Is.EqualTo(3));

    [Test]
    public void ShouldEmitTheRunsWithWhatIsKnownOfThem()
    {
        var plate = Plate with
        {
            Acquisitions =
                [new PlateAcquisition(0, null, null, 1, null, null), new PlateAcquisition(3, "first", "before", 2, 5, 6)],
        };
        Assert.That(
            NgffVersions.Plate("0.5", plate, hasSeries: false)["plate"]!["acquisitions"]!.ToJsonString(),
            Is.EqualTo(
                """[{"id":0,"maximumfieldcount":1},{"id":3,"name":"first","description":"before","maximumfieldcount":2,"starttime":5,"endtime":6}]"""));
    }

    [Test]
    public void ShouldEmitAWell() => Assert.That(
        NgffVersions.Well("0.5", [new WellImage("0", null), new WellImage("fov1", 3)]).ToJsonString(),
        Is.EqualTo("""{"version":"0.5","well":{"version":"0.5","images":[{"path":"0"},{"path":"fov1","acquisition":3}]}}"""));

    [Test]
    public void ShouldRefuseAVersionThatItDoesNotKnow()
    {
        Assert.That(() => NgffVersions.Collection("0.4"), Throws.ArgumentException);
        Assert.That(() => NgffVersions.Series("0.4", []), Throws.ArgumentException);
        Assert.That(() => NgffVersions.Plate("0.4", Plate, hasSeries: false), Throws.ArgumentException);
        Assert.That(() => NgffVersions.Well("0.4", []), Throws.ArgumentException);
    }
}
