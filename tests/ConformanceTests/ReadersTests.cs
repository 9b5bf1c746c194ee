namespace OmeZarr.ConformanceTests;

/// <summary>
/// The readers have to see what is there, and say what is wrong, before anything they say of our datasets counts.
/// </summary>
internal sealed class ReadersTests
{
    private SampleDataset _dataset = null!;

    [SetUp]
    public void MakeDataset() => _dataset = new SampleDataset();

    [TearDown]
    public void RemoveDataset() => _dataset.Dispose();

    [Test]
    public void ShouldSeeEveryElementOfEveryArray()
    {
        Assert.That(Readers.HashAll(_dataset.Path).Agreed(), Is.EqualTo((ArrayReading[])
        [
            new ArrayReading("0", "2,2,4,6", "uint16", Readers.HashOf(SampleDataset.Elements(96))),
            new ArrayReading("1", "2,2,2,3", "uint16", Readers.HashOf(SampleDataset.Elements(24))),
        ]));
    }

    [Test]
    public void ShouldSayWhichArrayIsCutShort()
    {
        using (var chunk = File.OpenWrite(Path.Join(_dataset.Path, "1", "c", "0", "0", "0", "0")))
            chunk.SetLength(chunk.Length - 1);
        Assert.That(() => Readers.HashAll(_dataset.Path), Throws.InstanceOf<ReaderException>().With.Message.Contains("1: "));
    }

    [Test]
    public void ShouldSayWhenThereIsNothingToRead()
    {
        Directory.Delete(Path.Join(_dataset.Path, "0"), recursive: true);
        Directory.Delete(Path.Join(_dataset.Path, "1"), recursive: true);
        Assert.That(() => Readers.HashAll(_dataset.Path), Throws.InstanceOf<ReaderException>().With.Message.Contains("0 arrays"));
    }

    [Test]
    public void ShouldReadAMissingChunkAsZerosWhichOnlyTheCountOfObjectsTells()
    {
        File.Delete(Path.Join(_dataset.Path, "1", "c", "0", "0", "0", "0"));
        Assert.That(Readers.HashAll(_dataset.Path).Array("1").Sha256, Is.EqualTo(Readers.HashOf(new byte[48])));
        Assert.That(Readers.StoredObjects(Path.Join(_dataset.Path, "0")), Is.EqualTo(1));
        Assert.That(Readers.StoredObjects(Path.Join(_dataset.Path, "1")), Is.Zero);
    }
}
