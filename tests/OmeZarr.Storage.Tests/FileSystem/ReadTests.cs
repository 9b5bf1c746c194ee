using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>The contract on files, read by the store that wrote them and by another one.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class ReadTests(bool anew) : ReadableStoreContract
{
    private TemporaryFolder _folder = null!;

    private string Root => _folder.At("data.ome.zarr");

    protected override IReadableStore Open(params IReadOnlyList<StoredObject> objects)
    {
        _folder = new TemporaryFolder();
        var store = Holding.All(new FileSystemStore(Root), objects);
        if (!anew)
            return store;
        store.Dispose();
        return new FileSystemStore(Root);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void ShouldReadBeyondFourGibibytes()
    {
        const long size = (5L << 30) + 3;
        using (var file = File.OpenHandle(Path.Join(Root, "large"), FileMode.CreateNew, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(file, size);
            RandomAccess.Write(file, "here"u8, (1L << 32) + 7);
            RandomAccess.Write(file, "end"u8, size - 3);
        }

        byte[] here = new byte[4], end = new byte[3];
        Assert.That(Store.ReadAt("large", (1L << 32) + 7, here), Is.EqualTo(size));
        Assert.That(Store.ReadEnd("large", end), Is.EqualTo(size));
        Assert.That(here, Is.EqualTo("here"u8.ToArray()));
        Assert.That(end, Is.EqualTo("end"u8.ToArray()));
        Assert.That(() => Store.Get("large"), Fails.With(StoreErrorKind.TooLarge), "never a part of it as if it were all");
    }

    [Test]
    public void ShouldFindNothingWhereNoDatasetIs()
    {
        using var none = new FileSystemStore(_folder.At("nothing"));
        Assert.That(none.Get("zarr.json"), Is.Null);
        Assert.That(none.SizeOf("zarr.json"), Is.Null);
        Assert.That(none.List("", CancellationToken.None), Is.Empty);
    }

    [Test]
    public void ShouldNotReadWhatIsNoPlainFile()
    {
        Directory.CreateDirectory(Path.Join(Root, "folder"));
        Assert.That(Store.SizeOf("folder"), Is.Null);
        if (!OperatingSystem.IsLinux())
            return;
        Assert.That(Command.Run("mkfifo", Path.Join(Root, "pipe")).ExitCode, Is.Zero);
        Assert.That(Store.Get("pipe"), Is.Null, "and does not wait for who writes to it");
        File.CreateSymbolicLink(Path.Join(Root, "link"), Path.Join(Root, KeyOf(1)));
        Assert.That(() => Store.ReadAt("link", 0, new byte[1]), Fails.With(StoreErrorKind.AccessDenied));
    }

    [Test]
    public void ShouldAnswerThatAnObjectIsGoneOnceItWasRemoved()
    {
        Assert.That(Store.SizeOf(KeyOf(100)), Is.EqualTo(100));
        Directory.Delete(Path.Join(Root, "of size"), recursive: true);
        Assert.That(Store.SizeOf(KeyOf(100)), Is.Null);
        Assert.That(Store.Get(KeyOf(100)), Is.Null);
    }
}
