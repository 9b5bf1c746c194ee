namespace OmeZarr.ConformanceTests;

internal sealed class SchemasTests
{
    private SampleDataset _dataset = null!;

    [SetUp]
    public void MakeDataset() => _dataset = new SampleDataset();

    [TearDown]
    public void RemoveDataset() => _dataset.Dispose();

    [Test]
    public void ShouldFindNothingWrongWithTheSample([Values] bool strict) => Schemas.Validate(_dataset.Path, strict);

    [Test]
    public void ShouldSayInWhichGroupAndWhereInItTheMetadataIsWrong()
    {
        _dataset.WriteGroup("image", SampleDataset.Image());
        _dataset.Change("image", meta => meta["attributes"]!["ome"]!["multiscales"]![0]!.AsObject().Remove("axes"));
        var problems = Schemas.Problems(_dataset.Path);
        Assert.That(problems, Has.Some.StartsWith("image: image: /ome/multiscales/0 ").And.Some.Contains("axes"));
    }

    [Test]
    public void ShouldRefuseAVersionThatItDoesNotKnow()
    {
        _dataset.Change("", meta => meta["attributes"]!["ome"]!["version"] = "0.99");
        Assert.That(Schemas.Problems(_dataset.Path), Has.Some.Contains("0.99"));
    }

    [Test]
    public void ShouldNotBeContentWithoutMetadata()
    {
        _dataset.Change("", meta => meta["attributes"]!.AsObject().Remove("ome"));
        Assert.That(Schemas.Problems(_dataset.Path), Has.Some.Contains("no OME metadata"));
    }
}
