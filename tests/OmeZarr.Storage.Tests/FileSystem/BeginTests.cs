using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

internal sealed class BeginTests
{
    private TemporaryFolder _folder = null!;

    private string Root => _folder.At("data.ome.zarr");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void ShouldTellLongNamesApartInTheHiddenOnes()
    {
        string[] names = [.. Enumerable.Range(0, 300).Select(i => $"{new string('é', 110)}{i}.ome.zarr")];
        var hidden = names.Select(name => Beginning.Hidden(name, "begun", 7)).ToArray();
        Assert.That(hidden, Is.Unique);
        Assert.That(hidden.Select(name => System.Text.Encoding.UTF8.GetByteCount(name)), Has.All.LessThan(200));
        Assert.That(Beginning.Hidden(names[0], "begun", 7), Is.EqualTo(hidden[0]));
    }

    [Test]
    public void ShouldMakeTheRootAndTheFoldersAboveIt()
    {
        using var store = new FileSystemStore(_folder.At("a", "b", "c"));
        store.Begin(overwrite: false);
        store.Commit();
        Assert.That(Directory.Exists(_folder.At("a", "b", "c")));
        Assert.That(_folder.Everything(), Is.EqualTo((string[])["a", "a/b", "a/b/c"]));
    }

    [Test]
    public void ShouldUseAnEmptyFolderAsItIs([Values] bool overwrite)
    {
        Directory.CreateDirectory(Root);
        using var store = new FileSystemStore(Root + "/");
        store.Begin(overwrite);
        store.Commit();
        store.Put("zarr.json", "{}"u8, durable: true);
        Assert.That(_folder.Everything(), Is.EqualTo((string[])["data.ome.zarr", "data.ome.zarr/zarr.json"]));
    }

    [Test]
    public void ShouldRefuseAnExistingFolderUnlessOverwriteIsSet()
    {
        WriteZarr();
        using var store = new FileSystemStore(Root);
        Assert.That(() => store.Begin(overwrite: false), Fails.With(StoreErrorKind.AlreadyExists).And.Message.Contains(Root));
        Assert.That(File.ReadAllText(Path.Join(Root, "zarr.json")), Is.EqualTo("old"));
    }

    [TestCase("zarr.json")]
    [TestCase(".zgroup")]
    [TestCase(".zarray")]
    public void ShouldReplaceAZarrWhenOverwriteIsSet(string mark)
    {
        WriteZarr(mark);
        using var store = new FileSystemStore(Root);
        store.Begin(overwrite: true);
        store.Commit();
        Assert.That(_folder.Everything(), Is.EqualTo((string[])["data.ome.zarr"]));
        store.Put("0/c/0", "x"u8, durable: true);
        Assert.That(store.Get("0/c/0"), Is.Not.Null);
    }

    [Test]
    public void ShouldBeginWithTheFirstObjects()
    {
        using var store = new FileSystemStore(Root);
        store.Begin(overwrite: false, new StoredObject("0/zarr.json", "array"u8.ToArray()),
            new StoredObject("zarr.json", "root"u8.ToArray()));
        store.Commit();
        Assert.That(File.ReadAllText(Path.Join(Root, "zarr.json")), Is.EqualTo("root"));
        Assert.That(File.ReadAllText(Path.Join(Root, "0", "zarr.json")), Is.EqualTo("array"));
    }

    [Test]
    public void ShouldKeepTheOldDatasetWhenTheNewOneCannotBegin()
    {
        WriteZarr("zarr.json");
        using (FileSystemStore store = new(Root))
        {
            Assert.That(
                () => store.Begin(
                    overwrite: true, new StoredObject("zarr.json", default), new StoredObject("../escape", default)),
                Fails.With(StoreErrorKind.InvalidKey));
        }

        Assert.That(File.ReadAllText(Path.Join(Root, "zarr.json")), Is.EqualTo("old"));
        Assert.That(File.ReadAllText(Path.Join(Root, "0", "c", "0")), Is.EqualTo("old pixels"));
        Assert.That(Directory.GetFileSystemEntries(_folder.At()), Has.Length.EqualTo(1), "nothing is left aside");
    }

    [Test]
    public void ShouldLeaveNothingBehindWhenTheFirstObjectsCannotBePut()
    {
        using var store = new FileSystemStore(_folder.At("new", "data.ome.zarr"));
        Assert.That(
            () => store.Begin(overwrite: false, new StoredObject("0/zarr.json", default), new StoredObject("../escape", default)),
            Fails.With(StoreErrorKind.InvalidKey));
        Assert.That(_folder.Everything(), Is.Empty);
    }

    [Test]
    public void ShouldNeverReplaceWhatIsNotAZarr()
    {
        Directory.CreateDirectory(Root);
        File.WriteAllText(Path.Join(Root, "thesis.txt"), "mine");
        using var store = new FileSystemStore(Root);
        Assert.That(() => store.Begin(overwrite: true), Fails.With(StoreErrorKind.NotAZarr));
        Assert.That(_folder.Everything(), Is.EqualTo((string[])["data.ome.zarr", "data.ome.zarr/thesis.txt"]));
    }

    [Test]
    public void ShouldNeverReplaceAFile([Values] bool overwrite)
    {
        File.WriteAllText(Root, "mine");
        using var store = new FileSystemStore(Root);
        Assert.That(() => store.Begin(overwrite), Fails.With(overwrite ? StoreErrorKind.NotAZarr : StoreErrorKind.AlreadyExists));
        Assert.That(File.ReadAllText(Root), Is.EqualTo("mine"));
    }

    [Test]
    public void ShouldNeverReplaceOrUseALink(
        [Values] bool overwrite, [Values("a Zarr", "an empty folder", "nothing")] string target)
    {
        var behind = _folder.At("behind");
        if (target == "a Zarr")
            WriteZarr(at: behind);
        else if (target == "an empty folder")
            Directory.CreateDirectory(behind);
        Directory.CreateSymbolicLink(Root, behind);
        var before = _folder.Everything();
        using var store = new FileSystemStore(Root);
        Assert.That(() => store.Begin(overwrite), Fails.With(overwrite ? StoreErrorKind.NotAZarr : StoreErrorKind.AlreadyExists));
        Assert.That(_folder.Everything(), Is.EqualTo(before));
    }

    [Test]
    public void ShouldNotTakeALinkForTheMarkOfAZarr()
    {
        File.WriteAllText(_folder.At("real"), "{}");
        Directory.CreateDirectory(Root);
        File.CreateSymbolicLink(Path.Join(Root, "zarr.json"), _folder.At("real"));
        using var store = new FileSystemStore(Root);
        Assert.That(() => store.Begin(overwrite: true), Fails.With(StoreErrorKind.NotAZarr));
    }

    [Test]
    public void ShouldNeitherFollowNorRemoveALinkInWhatItWouldReplace()
    {
        WriteZarr();
        var outside = Directory.CreateDirectory(_folder.At("outside")).FullName;
        File.WriteAllText(Path.Join(outside, "precious"), "mine");
        Directory.CreateSymbolicLink(Path.Join(Root, "link"), outside);
        File.CreateSymbolicLink(Path.Join(Root, "0", "file"), Path.Join(outside, "precious"));
        var before = _folder.Everything();
        using var store = new FileSystemStore(Root);
        Assert.That(() => store.Begin(overwrite: true), Fails.With(StoreErrorKind.NotAZarr).And.Message.Match("'(link|0/file)'"));
        Assert.That(_folder.Everything(), Is.EqualTo(before));
    }

    [Test]
    public void ShouldKeepASecondWriterOut([Values] bool overwrite, [Values] bool hasWritten, [Values] bool isCommitted)
    {
        using var first = new FileSystemStore(Root);
        first.Begin(overwrite: false);
        if (isCommitted)
            first.Commit();
        if (hasWritten)
            first.Put("zarr.json", "{}"u8, durable: false);
        using var second = new FileSystemStore(Root);
        Assert.That(() => second.Begin(overwrite), Fails.With(StoreErrorKind.AlreadyExists));
        first.Commit();
        Assert.That(Directory.Exists(Root));
        first.Put("zarr.json", "{ }"u8, durable: false);
        Assert.That(_folder.Everything(), Is.EqualTo((string[])["data.ome.zarr", "data.ome.zarr/zarr.json"]));
    }

    [Test]
    public void ShouldLetTheNextWriterInWhenTheFirstHasEnded()
    {
        using (FileSystemStore first = new(Root))
        {
            first.Begin(overwrite: false);
            first.Commit();
            first.Put("zarr.json", "old"u8, durable: false);
        }

        using var second = new FileSystemStore(Root);
        second.Begin(overwrite: true);
        second.Commit();
        Assert.That(second.Get("zarr.json"), Is.Null);
    }

    [Test]
    public void ShouldLetOnlyOneOfManyWritersIn()
    {
        FileSystemStore[] stores = [.. Enumerable.Range(0, 8).Select(_ => new FileSystemStore(Root))];
        int begun = 0, refused = 0;
        Parallel.ForEach(stores, store =>
        {
            try
            {
                store.Begin(overwrite: false);
                store.Commit();
                Interlocked.Increment(ref begun);
            }
            catch (StoreException e) when (e.Kind == StoreErrorKind.AlreadyExists)
            {
                Interlocked.Increment(ref refused);
            }
        });
        foreach (var store in stores)
            store.Dispose();
        Assert.That((begun, refused), Is.EqualTo((1, 7)));
    }

    [Test]
    public void ShouldLeaveNothingBehindWhenTheRootCannotBeMade()
    {
        File.WriteAllText(_folder.At("file"), "in the way");
        using var store = new FileSystemStore(_folder.At("file", "a", "b"));
        Assert.That(() => store.Begin(overwrite: false), Fails.With(StoreErrorKind.Io));
        Assert.That(_folder.Everything(), Is.EqualTo((string[])["file"]));
    }

    [Test]
    public void ShouldBeginAfterABeginThatFailed()
    {
        Directory.CreateDirectory(Root);
        using var store = new FileSystemStore(Root);
        var array = new StoredObject("0/zarr.json", "{}"u8.ToArray());
        Assert.That(() => store.Begin(overwrite: false, array, new StoredObject("../outside", default)),
            Fails.With(StoreErrorKind.InvalidKey));
        Assert.That(_folder.Everything(), Is.EqualTo((string[])["data.ome.zarr"]));
        store.Begin(overwrite: false, array);
        store.Commit();
        Assert.That(store.Get("0/zarr.json"), Is.Not.Null);
    }

    [Test]
    public void ShouldRefuseToBeginTwice()
    {
        using var store = new FileSystemStore(Root);
        store.Begin(overwrite: false);
        Assert.That(() => store.Begin(overwrite: true), Throws.InvalidOperationException);
    }

    private void WriteZarr(string mark = "zarr.json", string? at = null)
    {
        at ??= Root;
        Directory.CreateDirectory(Path.Join(at, "0", "c"));
        File.WriteAllText(Path.Join(at, mark), "old");
        File.WriteAllText(Path.Join(at, "0", "zarr.json"),
            """{"node_type": "array", "shape": [1], "chunk_key_encoding": {"name": "default"}}""");
        File.WriteAllText(Path.Join(at, "0", "c", "0"), "old pixels");
    }
}
