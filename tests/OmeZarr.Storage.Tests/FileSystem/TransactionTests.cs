using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>
/// A beginning that is not committed leaves everything as it was; what a killed one left is finished or undone.
/// </summary>
internal sealed class TransactionTests
{
    private const string Name = "data.ome.zarr";
    private const string Array = """{"node_type": "array", "shape": [1], "chunk_key_encoding": {"name": "default"}}""";

    private static readonly StoredObject[] Documents =
    [
        new("0/zarr.json", "new array"u8.ToArray()),
        new("OME/METADATA.ome.xml", "new"u8.ToArray()),
        new("zarr.json", "new"u8.ToArray()),
    ];

    private readonly List<string> _warnings = [];
    private TemporaryFolder _folder = null!;

    private string Root => _folder.At(Name);

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder()
    {
        _folder.Dispose();
        _warnings.Clear();
    }

    [Test]
    public void ShouldLeaveEverythingAsItWasUnlessItIsCommitted(
        [Values("an old dataset", "an empty folder", "nothing", "no folder above")] string before, [Values] bool durable)
    {
        var root = before == "no folder above" ? _folder.At("a", "b", Name) : Root;
        if (before == "an old dataset")
            WriteZarr(root, "old");
        else if (before == "an empty folder")
            Directory.CreateDirectory(root);
        var everything = _folder.Everything();
        using (var store = Open(root))
        {
            store.Begin(overwrite: true, Documents);
            store.Put("0/zarr.json", "again"u8, durable);
            store.Sync();
            if (before == "an old dataset")
                Assert.That(File.ReadAllText(Path.Join(root, "zarr.json")), Is.EqualTo("old"), "until then the old one is there");
        }

        Assert.That(_folder.Everything(), Is.EqualTo(everything));
        if (before == "an old dataset")
            Assert.That(File.ReadAllText(Path.Join(root, "0", "c", "0")), Is.EqualTo("old"));
        using var next = Open(root);
        next.Begin(overwrite: true, Documents);
        next.Commit();
        AssertNew(root);
    }

    [Test]
    public void ShouldReplaceInOneStepAndDeleteTheOldOne()
    {
        WriteZarr(Root, "old");
        using var store = Open(Root);
        store.Begin(overwrite: true, Documents);
        store.Commit();
        AssertNew(Root);
        Assert.That(_warnings, Is.Empty);
        store.Commit();
        AssertNew(Root);
    }

    [Test]
    public void ShouldTakeANameThatIsAsLongAsFileSystemsAllow()
    {
        var root = _folder.At(new string('ä', 122) + ".ome.zarr");
        WriteZarr(root, "old");
        using var store = Open(root);
        store.Begin(overwrite: true, Documents);
        store.Commit();
        AssertNew(root);
    }

    [TestCase("thesis.docx")]
    [TestCase("0/notes.txt")]
    [TestCase("0/c/readme")]
    [TestCase("0/c/0.bak")]
    [TestCase("labels/0/zarr.json")]
    [TestCase("labels/zarr.json")]
    [TestCase("A/1/labels/nuclei/zarr.json")]
    [TestCase("OME/notes.xml")]
    [TestCase(".git/config")]
    [TestCase("1/c/0")]
    public void ShouldRefuseToReplaceWhatHoldsSomebodysOwnFile(string file)
    {
        WriteZarr(Root, "old");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Join(Root, file))!);
        File.WriteAllText(Path.Join(Root, file), "mine");
        var before = _folder.Everything();
        using var store = Open(Root);
        var named = file.Contains("labels") ? file[..(file.IndexOf("labels", StringComparison.Ordinal) + 6)] : file;
        var error = Assert.Throws<StoreException>(() => store.Begin(overwrite: true, Documents))!;
        Assert.That(error.Kind, Is.EqualTo(StoreErrorKind.NotAZarr));
        Assert.That(named, Does.StartWith(error.Message.Split('\'')[1]), error.Message);
        Assert.That(_folder.Everything(), Is.EqualTo(before));
        Assert.That(File.ReadAllText(Path.Join(Root, file)), Is.EqualTo("mine"));
    }

    [Test]
    public void ShouldReplaceEverythingThatWritersOfZarrMake()
    {
        (string Array, string[] Chunks)[] arrays =
        [
            (ArrayNamed("default", "."), ["c.0.0", "c.10.1"]),
            ("""{"node_type": "array", "shape": [1, 1], "chunk_key_encoding": {"name": "v2"}}""", ["0.0", "10.1"]),
            (ArrayNamed("v2", "/"), ["0/0", "10/1"]),
            ("""{"node_type": "array", "shape": []}""", ["c"]),
            ("""{"node_type": "array", "shape": [1, 2, 3]}""", ["c/0/1/2", "c/0/1/.3.partial", "c/0/1/.2.1f.tmp"]),
        ];
        Write("zarr.json", """{"node_type": "group"}""");
        for (var i = 0; i < arrays.Length; i++)
        {
            Write($"A/{i}/zarr.json", arrays[i].Array);
            foreach (var chunk in arrays[i].Chunks)
                Write($"A/{i}/{chunk}", "x");
        }

        Write("v2/.zarray", """{"shape": [5, 5], "dimension_separator": "/"}""");
        Write("v2/.zattrs", "{}");
        Write("v2/3/4", "x");
        Write("v2dots/.zarray", """{"shape": [5, 5]}""");
        Write("v2dots/3.4", "x");
        Write(".zmetadata", "{}");
        Write("OME/METADATA.ome.xml", "x");
        Write("OME/frames/zarr.json", Array);
        Write("OME/frames/c/0", "x");
        Write(".zarr.json.3.tmp", "x");
        Directory.CreateDirectory(Path.Join(Root, "empty", "folder"));
        using var store = Open(Root);
        store.Begin(overwrite: true, Documents);
        store.Commit();
        AssertNew(Root);
        Assert.That(_warnings, Is.Empty);
    }

    [Test]
    public void ShouldNotDeleteWhatIsPutIntoTheOldDatasetMeanwhile()
    {
        WriteZarr(Root, "old");
        using var store = Open(Root);
        store.Begin(overwrite: true, Documents);
        File.WriteAllText(Path.Join(Root, "0", "just now.txt"), "mine");
        store.Commit();
        var kept = Directory.GetFiles(_folder.Path, "just now.txt",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });
        Assert.That(kept, Has.Length.EqualTo(1));
        Assert.That(_warnings, Has.Count.EqualTo(1).And.All.Contains(Path.GetDirectoryName(Path.GetDirectoryName(kept[0]))));
    }

    // What a kill leaves at each point of the protocol, as docs/beginning.md lists them.
    [TestCase("a new dataset, half made", "old")]
    [TestCase("a new dataset without a mark yet", "old")]
    [TestCase("names exchanged", "new")]
    [TestCase("the old one named as deleted", "new")]
    [TestCase("the mark removed, the old one half deleted", "new")]
    [TestCase("in two steps: the old one aside", "old")]
    [TestCase("in two steps: the new one in place", "new")]
    [TestCase("of an earlier version: half made in place", "old")]
    [TestCase("of an earlier version: empty in place", "old")]
    public void ShouldFinishOrUndoWhatAKilledReplacementLeft(string state, string expected)
    {
        var begun = _folder.At($".{Name}.begun-0000abcd");
        var replaced = _folder.At($".{Name}.replaced-0000abcd");
        var deleted = _folder.At($".{Name}.deleted-0000abcd");
        string oldAt = Root, newAt = begun;
        if (state is "names exchanged")
            (oldAt, newAt) = (begun, Root);
        else if (state is "the old one named as deleted" or "the mark removed, the old one half deleted")
            (oldAt, newAt) = (deleted, Root);
        else if (state is "in two steps: the old one aside")
            oldAt = replaced;
        else if (state is "in two steps: the new one in place" || state.StartsWith("of an earlier", StringComparison.Ordinal))
            (oldAt, newAt) = (replaced, Root);
        WriteZarr(oldAt, "old");
        Directory.CreateDirectory(Path.Join(newAt, "0"));
        var isWhole = !state.StartsWith("of an earlier", StringComparison.Ordinal) && state != "a new dataset without a mark yet";
        if (isWhole)
            File.WriteAllText(Path.Join(newAt, "zarr.json"), "new");
        if (state.StartsWith("of an earlier version: half", StringComparison.Ordinal))
            File.WriteAllText(Path.Join(newAt, "0", "zarr.json"), Array);
        if (isWhole && state != "the mark removed, the old one half deleted")
            File.WriteAllText(Path.Join(newAt, Beginning.Mark), "");
        if (state == "the mark removed, the old one half deleted")
            File.Delete(Path.Join(oldAt, "zarr.json"));

        using var next = Open(Root);
        Assert.That(() => next.Begin(overwrite: false, Documents), Fails.With(StoreErrorKind.AlreadyExists));
        Assert.That(File.ReadAllText(Path.Join(Root, "zarr.json")), Is.EqualTo(expected));
        Assert.That(Directory.GetFileSystemEntries(_folder.Path), Has.Length.EqualTo(1), "nothing is left aside");
        Assert.That(File.Exists(Path.Join(Root, Beginning.Mark)), Is.False);
        if (expected == "old")
            Assert.That(File.ReadAllText(Path.Join(Root, "0", "c", "0")), Is.EqualTo("old"));
    }

    [Test]
    public void ShouldUndoWhatAKilledBeginningLeftWhereNothingWas([Values] bool inPlace, [Values] bool overwrite)
    {
        var at = inPlace ? Root : _folder.At($".{Name}.begun-0000abcd");
        Directory.CreateDirectory(Path.Join(at, "0"));
        File.WriteAllText(Path.Join(at, inPlace ? Beginning.InPlaceMark : Beginning.Mark), "");
        File.WriteAllText(Path.Join(at, "0", "zarr.json"), Array);
        using var next = Open(Root);
        next.Begin(overwrite, Documents);
        next.Commit();
        AssertNew(Root);
    }

    [Test]
    public void ShouldNeverUndoWhatHasData([Values] bool inPlace)
    {
        // As after a power cut that lost the renaming: it may be all that is left of an acquisition.
        var at = inPlace ? Root : _folder.At($".{Name}.begun-0000abcd");
        WriteZarr(at, "precious");
        File.WriteAllText(Path.Join(at, inPlace ? Beginning.InPlaceMark : Beginning.Mark), "");
        using var next = Open(Root);
        if (inPlace)
            Assert.That(() => next.Begin(overwrite: false, Documents), Fails.With(StoreErrorKind.AlreadyExists));
        else
            next.Begin(overwrite: false, Documents);
        Assert.That(File.ReadAllText(Path.Join(at, "0", "c", "0")), Is.EqualTo("precious"));
        Assert.That(_warnings, Has.Count.EqualTo(inPlace ? 0 : 1));
    }

    [Test]
    public void ShouldLeaveAloneWhatSomebodyHolds()
    {
        using var first = Open(Root);
        first.Begin(overwrite: true, Documents);
        var before = _folder.Everything();
        using var second = Open(Root);
        Assert.That(() => second.Begin(overwrite: true, Documents),
            Fails.With(StoreErrorKind.AlreadyExists).And.Message.Contains("another stream"));
        Assert.That(_folder.Everything(), Is.EqualTo(before));
        first.Commit();
        AssertNew(Root);
    }

    [Test]
    public void ShouldHaveOneOwnerWhateverTheInterleaving()
    {
        const int threads = 6, rounds = 40;
        int owners = 0, owned = 0;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (var round = 0; round < rounds; round++)
            {
                using var store = Open(Root);
                try
                {
                    store.Begin(overwrite: true, Documents);
                    if (round % 5 == thread % 5)
                        continue; // Undone.
                    store.Commit();
                }
                catch (StoreException e) when (e.Kind == StoreErrorKind.AlreadyExists)
                {
                    continue;
                }

                Assert.That(Interlocked.Increment(ref owners), Is.EqualTo(1));
                Interlocked.Increment(ref owned);
                var mine = BitConverter.GetBytes(thread * rounds + round);
                store.Put("zarr.json", mine, durable: false);
                Assert.That(File.ReadAllBytes(Path.Join(Root, "zarr.json")), Is.EqualTo(mine));
                store.CheckRoot();
                Interlocked.Decrement(ref owners);
            }
        });
        Assert.That(owned, Is.GreaterThan(0));
        Assert.That(Directory.GetFileSystemEntries(_folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void ShouldNotTakeThePlaceOfWhatWasMadeThereMeanwhile([Values] bool isFolder)
    {
        using var store = Open(Root);
        store.Begin(overwrite: false, Documents);
        if (isFolder)
            Directory.CreateDirectory(Root);
        else
            File.WriteAllText(Root, "mine");
        Assert.That(store.Commit, Fails.With(StoreErrorKind.AlreadyExists));
        store.Dispose();
        Assert.That(_folder.Everything(), Is.EqualTo((string[])[Name]));
    }

    [Test]
    public void ShouldEndItsWaitForALockWhenItIsToldToGiveUp()
    {
        using var other = Open(_folder.Path + "/outer.zarr");
        other.Begin(overwrite: false, Documents);
        other.Commit();
        // Inside a dataset that is being written: the folder above stays locked.
        using var inner = Open(_folder.At("outer.zarr", "inner.zarr"));
        var waiting = Task.Run(() => inner.Begin(overwrite: false, Documents));
        inner.Cancel();
        Assert.That(async () => await waiting, Fails.With(StoreErrorKind.Cancelled));
        Assert.That(Directory.Exists(_folder.At("outer.zarr", "inner.zarr")), Is.False);
    }

    private FileSystemStore Open(string root) =>
        new(root, new FileSystemOptions { OnWarning = warning => _warnings.Add(warning) });

    private void Write(string key, string text)
    {
        var path = Path.Join(Root, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static void WriteZarr(string at, string text)
    {
        Directory.CreateDirectory(Path.Join(at, "0", "c"));
        File.WriteAllText(Path.Join(at, "zarr.json"), text);
        File.WriteAllText(Path.Join(at, "0", "zarr.json"), Array);
        File.WriteAllText(Path.Join(at, "0", "c", "0"), text);
    }

    private static void AssertNew(string root)
    {
        var found = Directory.GetFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });
        Assert.That(
            found.Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')),
            Is.EquivalentTo(Documents.Select(document => document.Key)));
        Assert.That(Directory.GetFileSystemEntries(Path.GetDirectoryName(root)!), Has.Length.EqualTo(1), "nothing is left aside");
    }

    private static string ArrayNamed(string encoding, string separator) => $$$"""
        {"node_type": "array", "shape": [1, 1],
         "chunk_key_encoding": {"name": "{{{encoding}}}", "configuration": {"separator": "{{{separator}}}"} } }
        """;
}
