using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>
/// The contract on the file system, with room for open files and with hardly any, flushed in both ways, through the page
/// cache and past it.
/// </summary>
[TestFixture(0, true, false)]
[TestFixture(1, false, false)]
[TestFixture(0, true, true)]
[TestFixture(1, false, true)]
internal sealed class FileSystemStoreTests(int maxOpenFiles, bool syncWholeFileSystem, bool unbuffered) : WritableStoreContract
{
    private TemporaryFolder? _temporary;
    private int _stores;

    private TemporaryFolder Here => _temporary ??= new TemporaryFolder();

    protected override IWritableStore OpenEmpty()
    {
        // A second one of the same test is in the same folder, in a place of its own.
        var options = new FileSystemOptions()
        {
            MaxOpenFiles = maxOpenFiles,
            SyncWholeFileSystem = syncWholeFileSystem,
            MaxUnsyncedFiles = 2,
            Unbuffered = unbuffered,
        };
        return new FileSystemStore(Here.At("some", "where", $"data{_stores++}.ome.zarr"), options);
    }

    protected override bool IsEmpty(IWritableStore store) => !Directory.Exists(((FileSystemStore)store).Root)
        || !Directory.EnumerateFiles(((FileSystemStore)store).Root, "*", SearchOption.AllDirectories)
            .Any(file => !Path.GetFileName(file).StartsWith('.'));

    [TearDown]
    public void RemoveFolder()
    {
        _temporary?.Dispose();
        (_temporary, _stores) = (null, 0);
    }

    [Test]
    public void ShouldLeaveNoHiddenFileBehind()
    {
        Store.Put("zarr.json", "{}"u8, durable: true);
        Store.Put("zarr.json", "{ }"u8, durable: false);
        using var complete = Store.Create("0/c/0", 10);
        complete.Complete("T"u8, durable: true);
        using var aborted = Store.Create("0/c/1", 10);
        aborted.Abort();
        Assert.That(Here.Everything().Select(Path.GetFileName), Has.None.StartsWith("."));
    }

    [Test]
    public void ShouldSayWhatIsWrongWithAPathThatIsTooLong()
    {
        string segment = new('a', 200);
        var key = string.Join('/', segment, segment, segment, segment);
        Store.Put(key, "x"u8, durable: false);
        Assert.That(Text(key), Is.EqualTo("x"));
        using var deep = new FileSystemStore(Here.At([.. Enumerable.Repeat(segment, 18)]));
        Assert.That(() => deep.Put(key, "x"u8, durable: false), Fails.With(StoreErrorKind.Io).And.Message.Contains(segment));
    }

    [Test]
    [Platform("Linux")]
    public unsafe void ShouldPutObjectsWithoutManagedAllocationOnceTheirFolderIsThere()
    {
        using var store = new FileSystemStore(Here.At("again"));
        store.Begin(overwrite: false);
        store.Commit();
        const int objects = 1000;
        char[] key = [.. "0/c/0/0"];
        var value = new byte[5000];
        var before = 0L;
        for (var i = 0; i < 2 * objects; i++)
        {
            // By then the runtime has compiled anew what runs often.
            if (i == objects)
                before = GC.GetAllocatedBytesForCurrentThread();
            key[^1] = (char)('0' + i % 10);
            fixed (byte* bytes = value)
            {
                var range = new MemoryRange((nint)bytes, value.Length);
                store.Put(key.AsSpan(), new ReadOnlySpan<MemoryRange>(in range), durable: false);
            }
        }

        // Less than a byte for each: the runtime may do it once more.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(objects));
        Assert.That(store.Get("0/c/0/9"), Is.EqualTo(value));
    }

    [Test]
    public void ShouldKeepItsFilesInTheFoldersThatTheKeySays()
    {
        Store.Put("0/c/1/0/0", "x"u8, durable: false);
        Assert.That(File.ReadAllText(Here.At("some", "where", "data0.ome.zarr", "0", "c", "1", "0", "0")), Is.EqualTo("x"));
    }

    [Test]
    public void ShouldNotWriteOrReadThroughALink()
    {
        var outside = Directory.CreateDirectory(Here.At("outside")).FullName;
        File.WriteAllText(Path.Join(outside, "secret"), "secret");
        var root = ((FileSystemStore)Store).Root;
        Directory.CreateSymbolicLink(Path.Join(root, "link"), outside);
        File.CreateSymbolicLink(Path.Join(root, "file"), Path.Join(outside, "secret"));
        Assert.Multiple(() =>
        {
            Assert.That(() => Store.Put("link/new", "x"u8, durable: false), Fails.With(StoreErrorKind.AccessDenied));
            Assert.That(() => Store.Create("link/new", 10), Fails.With(StoreErrorKind.AccessDenied));
            Assert.That(() => Store.Get("link/secret"), Fails.With(StoreErrorKind.AccessDenied));
            Assert.That(() => Store.Get("file"), Fails.With(StoreErrorKind.AccessDenied));
        });

        Store.Put("file", "mine"u8, durable: false);
        Assert.That(File.ReadAllText(Path.Join(outside, "secret")), Is.EqualTo("secret"), "the link was replaced, not followed");
        Assert.That(Text("file"), Is.EqualTo("mine"));
    }

    [Test]
    public void ShouldSayWhichObjectCouldNotBeWritten()
    {
        Store.Put("a", "x"u8, durable: false);
        Assert.That(() => Store.Put("a/b", "x"u8, durable: false),
            Fails.With(StoreErrorKind.Io).And.Message.Contains("a" + Path.DirectorySeparatorChar + "b"));
        Directory.CreateDirectory(Path.Join(((FileSystemStore)Store).Root, "folder", "in it"));
        Assert.That(() => Store.Put("folder", "x"u8, durable: false),
            Throws.InstanceOf<StoreException>().With.Message.Contains("folder"));
        Assert.That(Here.Everything().Select(Path.GetFileName), Has.None.StartsWith("."), "the temporary file is removed");
    }

    [Test]
    public void ShouldFailCleanlyWhenItsRootIsRemoved()
    {
        using var writer = Store.Create("0/c/0", 10);
        Directory.Delete(((FileSystemStore)Store).Root, recursive: true);
        Assert.That(() => Store.Put("a/b", "x"u8, durable: false), Throws.InstanceOf<StoreException>());
        Assert.That(() => writer.Complete("T"u8, durable: false), Throws.InstanceOf<StoreException>());
        Assert.That(Store.CheckRoot, Fails.With(StoreErrorKind.Moved));
        Assert.That(Store.Get("zarr.json"), Is.Null);
        Assert.That(Directory.Exists(((FileSystemStore)Store).Root), Is.False, "no stub grows in its place");
    }

    [Test]
    public void ShouldLetWritersEndAfterTheStore()
    {
        var published = Store.Create("0/c/0", 10);
        published.Append("data"u8);
        published.PublishFooter("T"u8, durable: false);
        var hidden = Store.Create("0/c/1", 10);
        Store.Dispose();
        Assert.That(published.Dispose, Throws.Nothing);
        Assert.That(hidden.Dispose, Throws.Nothing);
        using var again = new FileSystemStore(((FileSystemStore)Store).Root);
        Assert.That(again.Get("0/c/0"), Is.Not.Null.And.Length.GreaterThanOrEqualTo(5));
        Assert.That(again.Get("0/c/1"), Is.Null);
    }

    [TestCase("")]
    [TestCase("a\0b")]
    public void ShouldRefuseAPathThatIsNone(string root) =>
        Assert.That(() => new FileSystemStore(root), Fails.With(StoreErrorKind.InvalidKey));
}
