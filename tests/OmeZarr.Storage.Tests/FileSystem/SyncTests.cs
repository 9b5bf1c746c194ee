using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

internal sealed class SyncTests
{
    [Test]
    public void ShouldFlushOneByOneWhereFilesHaveBeenReplacedOrRemovedMeanwhile()
    {
        using var folder = new TemporaryFolder();
        using var store = new FileSystemStore(folder.At("root"),
            new FileSystemOptions { SyncWholeFileSystem = false, MaxUnsyncedFiles = 3 });
        store.Begin(overwrite: false);
        store.Commit();
        for (var i = 0; i < 10; i++)
            store.Put($"{i}/a", "x"u8, durable: false);
        store.Put("9/a", "y"u8, durable: false);
        File.Delete(Path.Join(store.Root, "8", "a"));
        Assert.That(store.Sync, Throws.Nothing);
        Assert.That(store.Get("9/a"), Is.EqualTo("y"u8.ToArray()));
    }

    [Test]
    public void ShouldReportAFailureEachTimeUntilItIsHealed()
    {
        using var folder = new TemporaryFolder();
        using var store = new FileSystemStore(folder.At("root"), new FileSystemOptions { SyncWholeFileSystem = false });
        store.Begin(overwrite: false);
        store.Commit();
        store.Put("a/b", "x"u8, durable: false);
        Directory.Move(Path.Join(store.Root, "a"), folder.At("elsewhere"));
        Assert.That(store.Sync, Fails.With(StoreErrorKind.Io));
        Assert.That(store.Sync, Fails.With(StoreErrorKind.Io), "what was not flushed is not forgotten");
        Directory.Move(folder.At("elsewhere"), Path.Join(store.Root, "a"));
        Assert.That(store.Sync, Throws.Nothing);
    }
}
