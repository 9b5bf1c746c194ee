using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>The contract on folders.</summary>
internal sealed class ListTests : ListableStoreContract
{
    private readonly OpenFileBudget _budget = new(64);
    private TemporaryFolder? _folder;
    private int _stores;

    private TemporaryFolder Here => _folder ??= TemporaryFolder.InMemory();

    private string Root => Here.At($"data{_stores}.ome.zarr");

    protected override IListableStore Open(params IReadOnlyList<string> keys)
    {
        _stores++;
        return Holding.Empty(new FileSystemStore(Root, new FileSystemOptions { Budget = _budget }), keys);
    }

    [TearDown]
    public void RemoveFolder()
    {
        // The store is disposed of after this; a folder in use can be removed here.
        _folder?.Dispose();
        _folder = null;
    }

    [Test]
    public void ShouldListOnlyWhatCanBeReadByAKey()
    {
        var store = Open("0/zarr.json");
        var folder = Path.Join(Root, "0");
        using (var unfinished = ((FileSystemStore)store).Create("0/shard", 100))
        {
            unfinished.Append("data"u8);
            File.WriteAllText(Path.Join(folder, ".DS_Store"), "");
            Directory.CreateDirectory(Path.Join(folder, "empty"));
            if (OperatingSystem.IsLinux())
            {
                File.WriteAllText(Path.Join(folder, "a:b"), "");
                File.CreateSymbolicLink(Path.Join(folder, "link"), folder);
                Assert.That(Command.Run("sh", "-c", $"touch \"$(printf '{folder}/\\377')\"").ExitCode, Is.Zero,
                    "a name that is no text");
            }

            Assert.That(Below(store, "0"), Is.EquivalentTo((string[])["zarr.json", "empty/"]));
            if (OperatingSystem.IsLinux())
            {
                Assert.That(() => Below(store, "0/link"), Fails.With(StoreErrorKind.AccessDenied));
                // .NET cannot remove a file whose name is no text.
                Assert.That(Command.Run("rm", "-r", folder).ExitCode, Is.Zero);
            }
        }

        ((FileSystemStore)store).Dispose();
    }

    [Test]
    public void ShouldHoldOneFolderOpenUntilTheListingEnds()
    {
        var store = (FileSystemStore)Open("0/a", "0/b");
        var before = _budget.Reserved;
        using (var entries = store.List("0", CancellationToken.None).GetEnumerator())
        {
            Assert.That(_budget.Reserved, Is.EqualTo(before), "nothing is opened before it is asked for");
            Assert.That(entries.MoveNext(), Is.True);
            Assert.That(_budget.Reserved, Is.EqualTo(before + 1));
        }

        Assert.That(_budget.Reserved, Is.EqualTo(before), "given up half-way");
        Assert.That(store.List("0", CancellationToken.None).Count(), Is.EqualTo(2));
        Assert.That(_budget.Reserved, Is.EqualTo(before), "listed to its end");
        store.Dispose();
        Assert.That(_budget.Reserved, Is.Zero);
    }

    [Test]
    public void ShouldNotLoadALargeFolderToListItsFirstEntry()
    {
        const int files = 4000, mostBytes = 150_000;
        var store = (FileSystemStore)Open([.. Enumerable.Range(0, files).Select(i => $"c/a name of some length, {i}")]);
        // Compiled.
        Assert.That(store.List("c", CancellationToken.None).Count(), Is.EqualTo(files));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var first = store.List("c", CancellationToken.None).First();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(mostBytes));
        Assert.That(first.IsPrefix, Is.False);
        store.Dispose();
    }
}
