using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>Folders are moved away, and links put in their place, while a dataset is written: nothing lands elsewhere.</summary>
[Platform("Linux")]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[TestFixture(false)]
[TestFixture(true)]
internal sealed class LinkTests(bool partByPart)
{
    private TemporaryFolder _folder = null!;
    private FileSystemStore _store = null!;

    [SetUp]
    public void OpenStore()
    {
        UnixCalls.CannotWalk = partByPart;
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(_folder.At("victim", "c", "0"));
        _store = new FileSystemStore(_folder.At("root"), new FileSystemOptions { MaxOpenFiles = 1 });
        _store.Begin(overwrite: false, new StoredObject("zarr.json", "{}"u8.ToArray()));
        _store.Commit();
        _store.Put("0/c/0/0", "x"u8, durable: false);
    }

    [TearDown]
    public void CloseStore()
    {
        _store.Dispose();
        _folder.Dispose();
        UnixCalls.CannotWalk = false;
    }

    [Test]
    public void ShouldWriteNothingThroughALinkThatIsPutInPlaceOfAFolder(
        [Values("0", "0/c", "0/c/0")] string swapped, [Values] bool durable)
    {
        using IObjectWriter open = _store.Create("0/c/0/open", 100), other = _store.Create("other", 100);
        open.Append("data"u8);
        other.Append("closes the first"u8);
        Swap(_folder.At("root", swapped), swapped == "0" ? _folder.At("victim") : _folder.At("victim", "c"));
        Assert.Multiple(() =>
        {
            Assert.That(() => _store.Put("0/c/0/1", "x"u8, durable), Throws.InstanceOf<StoreException>());
            Assert.That(() => _store.Create("0/c/0/2", 10), Throws.InstanceOf<StoreException>());
            Assert.That(() => open.Append("data"u8), Throws.InstanceOf<StoreException>(), "reopened");
            Assert.That(() => _store.Get("0/c/0/0"), Throws.InstanceOf<StoreException>());
            Assert.That(() => _store.ReadEnd("0/c/0/0", new byte[1]), Fails.With(StoreErrorKind.AccessDenied));
            Assert.That(() => _store.List("0/c/0", CancellationToken.None).Count(), Fails.With(StoreErrorKind.AccessDenied));
        });
        Assert.That(_folder.Everything().Where(path => path.StartsWith("victim", StringComparison.Ordinal)),
            Is.EqualTo((string[])["victim", "victim/c", "victim/c/0"]));
        Assert.That(_store.CheckRoot, Throws.Nothing, "the root itself is where it was");
    }

    [Test]
    public void ShouldNoticeThatAnOpenShardWasMovedAway([Values] bool replaced, [Values] bool complete)
    {
        using var shard = _store.Create("0/c/0/open", 100);
        shard.Append("data"u8);
        Assert.That(shard.PublishFooter("FOOT"u8, durable: false));
        var folder = _folder.At("root", "0", "c");
        Directory.Move(folder, _folder.At("moved"));
        if (replaced)
        {
            Directory.CreateDirectory(Path.Join(folder, "0"));
            File.WriteAllText(Path.Join(folder, "0", "open"), "somebody else's");
        }

        Action next = complete
            ? () => shard.Complete("FOOT"u8, durable: false)
            : () => shard.PublishFooter("FOOT"u8, durable: false);
        Assert.That(next, Fails.With(StoreErrorKind.Moved).And.Message.Contains("open"));
        if (replaced)
            Assert.That(File.ReadAllText(Path.Join(folder, "0", "open")), Is.EqualTo("somebody else's"));
    }

    [Test]
    public void ShouldStayInItsFolderAndSayThatItWasMoved([Values("nothing", "a link", "another folder")] string inPlace)
    {
        var root = _folder.At("root");
        Directory.Move(root, _folder.At("moved"));
        if (inPlace == "a link")
            Directory.CreateSymbolicLink(root, _folder.At("victim"));
        else if (inPlace == "another folder")
            Directory.CreateDirectory(root);
        Assert.That(_store.CheckRoot, Fails.With(StoreErrorKind.Moved).And.Message.Contains(root));
        _store.Put("0/c/0/1", "y"u8, durable: true);
        Assert.That(File.Exists(_folder.At("moved", "0", "c", "0", "1")), "it is written where the folder is now");
        Assert.That(_folder.Everything().Where(path => path.StartsWith("victim/", StringComparison.Ordinal)),
            Is.EqualTo((string[])["victim/c", "victim/c/0"]));
        if (inPlace == "another folder")
            Assert.That(Directory.GetFileSystemEntries(root), Is.Empty);
    }

    [Test]
    public void ShouldMakeNothingWhereItsFolderWasRemoved([Values] bool durable)
    {
        var root = _folder.At("root");
        using var shard = _store.Create("0/c/0/open", 100);
        shard.PublishFooter("FOOT"u8, durable);
        Directory.Delete(root, recursive: true);
        Assert.Multiple(() =>
        {
            Assert.That(() => _store.Put("zarr.json", "{}"u8, durable), Throws.InstanceOf<StoreException>());
            Assert.That(() => _store.Put("0/c/0/1", "y"u8, durable), Throws.InstanceOf<StoreException>());
            Assert.That(() => _store.Create("0/c/0/2", 10), Throws.InstanceOf<StoreException>());
            Assert.That(() => shard.PublishFooter("FOOT"u8, durable), Fails.With(StoreErrorKind.Moved));
            Assert.That(_store.CheckRoot, Fails.With(StoreErrorKind.Moved));
        });
        Assert.That(Directory.Exists(root), Is.False);
    }

    private void Swap(string folder, string target)
    {
        Directory.Move(folder, _folder.At("moved"));
        Directory.CreateSymbolicLink(folder, target);
    }
}
