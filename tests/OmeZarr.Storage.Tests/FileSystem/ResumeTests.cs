using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>A store that goes on with a dataset that lies there.</summary>
internal sealed class ResumeTests
{
    private TemporaryFolder _here = null!;

    private string Root => _here.At("data.ome.zarr");

    [SetUp]
    public void MakeFolder() => _here = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _here.Dispose();

    [Test]
    public void ShouldFindNothingWhereThereIsNothingAndBeginThere([Values] bool isEmptyFolder)
    {
        if (isEmptyFolder)
            Directory.CreateDirectory(Root);
        using var store = new FileSystemStore(Root);
        Assert.That(store.TryResume(), Is.False);
        store.Begin(overwrite: false, new StoredObject("zarr.json", "{}"u8.ToArray()));
        store.Commit();
        Assert.That(File.ReadAllText(Path.Join(Root, "zarr.json")), Is.EqualTo("{}"));
    }

    [Test]
    public void ShouldMakeNoFolderWhereThereIsNothing()
    {
        using var store = new FileSystemStore(_here.At("some", "where", "data.ome.zarr"));
        Assert.That(store.TryResume(), Is.False);
        Assert.That(_here.Everything(), Is.Empty);
    }

    [Test]
    public void ShouldFindNothingInAFolderThatIsNoZarrAndLeaveItAsItIs()
    {
        Directory.CreateDirectory(Root);
        File.WriteAllText(Path.Join(Root, "thesis.txt"), "ten years of work");
        using var store = new FileSystemStore(Root);
        Assert.That(store.TryResume(), Is.False);
        Assert.That(() => store.Begin(overwrite: false), Fails.With(StoreErrorKind.AlreadyExists));
        Assert.That(File.ReadAllText(Path.Join(Root, "thesis.txt")), Is.EqualTo("ten years of work"));
    }

    [Test]
    public void ShouldKeepAnObjectUntilTheNewOneIsShown([Values] bool isPublishedFirst, [Values] bool isGivenUp)
    {
        Make();
        using var store = new FileSystemStore(Root);
        Assert.That(store.TryResume(), Is.True);
        using var writer = store.Create("0/c/0", 10, 1);
        _ = writer.Append("new"u8);
        Assert.That(Text("0/c/0"), Is.EqualTo("oldT"));
        if (isPublishedFirst)
        {
            Assert.That(writer.PublishFooter("U"u8, durable: false), Is.True);
            Assert.That(Text("0/c/0"), Does.StartWith("new").And.EndsWith("U"));
        }

        if (isGivenUp)
            writer.Abort();
        else
            writer.Complete("V"u8, durable: false);
        var left = isGivenUp ? isPublishedFirst ? "newU" : "oldT" : "newV";
        Assert.That(Text("0/c/0"), Is.EqualTo(left));
        Assert.That(_here.Everything().Select(Path.GetFileName), Has.None.StartsWith("."));
    }

    [Test]
    public void ShouldRemoveWhatAKilledProcessWasWritingAndNothingElse()
    {
        Make();
        string[] left = [".zarr.json.1.tmp", "0/.zarr.json.a.tmp", "0/c/.1.partial", "0/c/.0.2.tmp"];
        string[] others = ["notes.txt", ".hidden", "0/c/.1.txt.partial"];
        foreach (var name in left.Concat(others))
            File.WriteAllText(Path.Join(Root, name), "x");
        using var store = new FileSystemStore(Root);
        Assert.That(store.TryResume(), Is.True);
        Assert.That(left.Where(name => File.Exists(Path.Join(Root, name))), Is.Empty);
        Assert.That(others.Where(name => !File.Exists(Path.Join(Root, name))), Is.Empty);
        store.Put("zarr.json", "{ }"u8, durable: false);
        Assert.That(Text("zarr.json"), Is.EqualTo("{ }"));
    }

    [Test]
    public void ShouldRefuseWhatAnotherOneIsWriting()
    {
        Make();
        using var first = new FileSystemStore(Root);
        Assert.That(first.TryResume(), Is.True);
        using var second = new FileSystemStore(Root);
        Assert.That(() => second.TryResume(), Fails.With(StoreErrorKind.AlreadyExists));
    }

    private string Text(string key) => File.ReadAllText(Path.Join(Root, key));

    private void Make()
    {
        const string array = """
            {"zarr_format": 3, "node_type": "array", "shape": [2], "data_type": "uint8", "fill_value": 0,
             "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1]}},
             "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}}, "codecs": [{"name": "bytes"}]}
            """;
        using var store = new FileSystemStore(Root);
        store.Begin(overwrite: false);
        store.Put("0/zarr.json", System.Text.Encoding.UTF8.GetBytes(array), durable: false);
        store.Put("zarr.json", """{"zarr_format": 3, "node_type": "group"}"""u8, durable: false);
        store.Commit();
        using var writer = store.Create("0/c/0", 10);
        _ = writer.Append("old"u8);
        writer.Complete("T"u8, durable: false);
    }
}
