using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

internal sealed class HandlePoolTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase(1, 8)]
    [TestCase(4, 64)]
    [TestCase(64, 64)]
    public void ShouldKeepManyWritersGoingWithFewOpenFiles(int limit, int writers)
    {
        using var store = new FileSystemStore(_folder.At("root"), new FileSystemOptions { MaxOpenFiles = limit });
        store.Begin(overwrite: false);
        store.Commit();
        const int pieces = 50;
        IObjectWriter[] shards = [.. Enumerable.Range(0, writers).Select(i => store.Create($"0/c/{i}", pieces * 4))];
        Parallel.For(0, writers * pieces, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            // Neighbouring jobs go to different shards, as those of one frame do.
            var shard = shards[i % writers];
            shard.Append(BitConverter.GetBytes(i));
            if (i / writers == pieces / 2)
                shard.PublishFooter("FOOT"u8, durable: false);
        });
        Assert.That(store.OpenFilesHighWater, Is.InRange(1, limit));
        for (var i = 0; i < writers; i++)
        {
            shards[i].Complete("FOOT"u8, durable: false);
            var shard = store.Get($"0/c/{i}")!;
            int[] expected = [.. Enumerable.Range(0, pieces).Select(piece => i + piece * writers)];
            int[] stored = [.. Enumerable.Range(0, pieces).Select(piece => BitConverter.ToInt32(shard, piece * 4))];
            Assert.That(stored.Order(), Is.EqualTo(expected));
        }

        Assert.That(OpenFilesBelow(store.Root), Is.Empty, "complete files are closed");
    }

    [Test]
    public void ShouldReopenAFileThatWasRenamedWhileClosed()
    {
        using var store = new FileSystemStore(_folder.At("root"), new FileSystemOptions { MaxOpenFiles = 1 });
        store.Begin(overwrite: false);
        store.Commit();
        using var first = store.Create("first", 100);
        using var second = store.Create("second", 100);
        first.Append("a"u8);
        second.Append("b"u8);
        first.PublishFooter("T"u8, durable: false);
        second.Append("c"u8);
        first.Append("d"u8);
        first.Complete("T"u8, durable: false);
        second.Complete("T"u8, durable: false);
        Assert.That(store.Get("first"), Is.EqualTo("adT"u8.ToArray()));
        Assert.That(store.Get("second"), Is.EqualTo("bcT"u8.ToArray()));
    }

    [Test]
    public void ShouldChooseALimitThatLeavesFilesToTheHost()
    {
        using var store = new FileSystemStore(_folder.At("root"));
        Assert.That(store.MaxOpenFiles, Is.InRange(16, 512));
    }

    [Test]
    public void ShouldFailWhenAFileHasVanishedWhileClosedInsteadOfMakingItAnew()
    {
        using var store = new FileSystemStore(_folder.At("root"), new FileSystemOptions { MaxOpenFiles = 1 });
        store.Begin(overwrite: false);
        store.Commit();
        using var first = store.Create("first", 100);
        using var second = store.Create("second", 100);
        File.Delete(Path.Join(store.Root, ".first.partial"));
        Assert.That(() => first.Append("a"u8), Fails.With(StoreErrorKind.Io).And.Message.Contains("first"));
        Assert.That(second.Append("b"u8), Is.Zero, "the pool has its place back");
        Assert.That(second.Append("b"u8), Is.EqualTo(1));
    }

    private static string[] OpenFilesBelow(string root) => !OperatingSystem.IsLinux()
        ? []
        : [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(fd => new FileInfo(fd).LinkTarget)
            .OfType<string>()
            // Without the room that is kept for documents, a file that has no name.
            .Where(target => target.StartsWith(root + "/", StringComparison.Ordinal)
                && !target.EndsWith("(deleted)", StringComparison.Ordinal))];
}
