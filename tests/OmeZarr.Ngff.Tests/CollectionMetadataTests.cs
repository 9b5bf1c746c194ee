using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Tests;

public class CollectionMetadataTests
{
    private static readonly NgffVersion Version05 = NgffVersions.Default;
    private static readonly NgffVersion Version06 = NgffVersions.OfStored("0.6rc0")!;
    private static readonly PlateMetadata Plate = new("screen", ["A", "B"], ["1", "2"], [new(1, 0), new(0, 1)], 2, []);

    [Test]
    public void ShouldEmitACollectionAndItsSeries()
    {
        Assert.That(Version05.Collection().ToJsonString(), Is.EqualTo("""{"version":"0.5","bioformats2raw.layout":3}"""));
        Assert.That(Version05.Series(["b", "a"]).ToJsonString(), Is.EqualTo("""{"version":"0.5","series":["b","a"]}"""));
    }

    [Test]
    public void ShouldEmitAPlateWithAllRowsAndColumnsAndItsWells() => Assert.That(
        Version05.Plate(Plate, hasSeries: false).ToJsonString(),
        Is.EqualTo(JsonNode.Parse("""
            {"version": "0.5", "plate": {"version": "0.5", "name": "screen", "field_count": 2,
              "rows": [{"name": "A"}, {"name": "B"}], "columns": [{"name": "1"}, {"name": "2"}],
              "wells": [{"path": "B/1", "rowIndex": 1, "columnIndex": 0}, {"path": "A/2", "rowIndex": 0, "columnIndex": 1}]}}
            """)!.ToJsonString()));

    [Test]
    public void ShouldMarkAPlateWhoseImagesAreListedToo() =>
        Assert.That(Version05.Plate(Plate, hasSeries: true)["bioformats2raw.layout"]!.GetValue<int>(), Is.EqualTo(3));

    [Test]
    public void ShouldEmitTheRunsWithWhatIsKnownOfThem()
    {
        var plate = Plate with
        {
            Acquisitions =
                [new PlateAcquisition(0, null, null, 1, null, null), new PlateAcquisition(3, "first", "before", 2, 5, 6)],
        };
        Assert.That(
            Version05.Plate(plate, hasSeries: false)["plate"]!["acquisitions"]!.ToJsonString(),
            Is.EqualTo(
                """[{"id":0,"maximumfieldcount":1},{"id":3,"name":"first","description":"before","maximumfieldcount":2,"starttime":5,"endtime":6}]"""));
    }

    [Test]
    public void ShouldEmitAWell() => Assert.That(
        Version05.Well([new WellImage("0", null), new WellImage("fov1", 3)]).ToJsonString(),
        Is.EqualTo("""{"version":"0.5","well":{"version":"0.5","images":[{"path":"0"},{"path":"fov1","acquisition":3}]}}"""));

    [Test]
    public void ShouldSayTheVersionOf06OnlyOnce()
    {
        Assert.That(Version06.Collection().ToJsonString(), Is.EqualTo("""{"version":"0.6rc0","bioformats2raw.layout":3}"""));
        Assert.That(Version06.Series(["a"]).ToJsonString(), Is.EqualTo("""{"version":"0.6rc0","series":["a"]}"""));
        Assert.That(Version06.Well([new WellImage("0", 2)]).ToJsonString(),
            Is.EqualTo("""{"version":"0.6rc0","well":{"images":[{"path":"0","acquisition":2}]}}"""));
        var plate = Version06.Plate(Plate, hasSeries: true);
        Assert.That(plate["version"]!.GetValue<string>(), Is.EqualTo("0.6rc0"));
        Assert.That(plate["plate"]!.AsObject().Select(pair => pair.Key),
            Is.EqualTo(new[] { "name", "field_count", "rows", "columns", "wells" }));
    }
}
