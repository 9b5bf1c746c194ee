using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>A disk that is really full: a small file system in memory, mounted for the test.</summary>
[Platform("Linux")]
internal sealed class FullDiskTests
{
    private const int DiskBytes = 1 << 20;

    private TemporaryFolder _folder = null!;
    private FileSystemStore _store = null!;
    private string? _mounted;

    [SetUp]
    public void OpenStore() => _folder = new TemporaryFolder();

    [TearDown]
    public void CloseStore()
    {
        _store?.Dispose();
        if (_mounted is not null)
            Command.Run("umount", _mounted);
        _folder.Dispose();
    }

    [Test]
    public void ShouldCallAFullDeviceFull()
    {
        // Needs no mount: the kernel's own device that is always full.
        using var device = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var error = Assert.Throws<IOException>(() => RandomAccess.Write(device, "x"u8, 0))!;
        Assert.That(IoFailure.KindOf(error), Is.EqualTo(StoreErrorKind.NoSpace));
    }

    [Test]
    public void ShouldSayNoSpaceAndLeaveNoPartOfAnObject()
    {
        MountSmallDisk();
        _store.Put("zarr.json", "{}"u8, durable: false);
        Assert.That(() => _store.Put("0/c/0", new byte[2 * DiskBytes], durable: false), Fails.With(StoreErrorKind.NoSpace));
        Assert.That(Directory.GetFiles(Path.Join(_store.Root, "0", "c")), Is.Empty);
        _store.Put("0/c/1", new byte[DiskBytes / 4], durable: true);
        Assert.That(_store.Get("zarr.json"), Is.EqualTo("{}"u8.ToArray()));
    }

    [Test]
    public void ShouldKeepThePublishedPartOfAShardWhenTheDiskFillsUp()
    {
        MountSmallDisk();
        var writer = _store.Create("0/c/0", 16 * DiskBytes);
        var piece = new byte[64 << 10];
        Array.Fill(piece, (byte)7);
        writer.Append(piece);
        Assert.That(writer.PublishFooter("FOOT"u8, durable: false));
        var stored = 1;
        StoreException? full = null;
        while (full is null)
        {
            full = Catch(() => writer.Append(piece));
            stored += full is null ? 1 : 0;
        }

        Assert.That(full.Kind, Is.EqualTo(StoreErrorKind.NoSpace));
        Assert.That(stored, Is.LessThan(DiskBytes / piece.Length));
        Assert.That(Catch(writer.Abort), Is.Null);
        var shard = _store.Get("0/c/0")!;
        Assert.That(shard.AsSpan(0, piece.Length).SequenceEqual(piece));
        Assert.That(shard.AsSpan()[^4..].SequenceEqual("FOOT"u8));
    }

    [Test]
    public void ShouldRemoveAHiddenShardThatCouldNotBeCompleted()
    {
        MountSmallDisk();
        using var writer = _store.Create("0/c/0", DiskBytes);
        writer.Append(new byte[DiskBytes / 2]);
        _store.Put("other", new byte[DiskBytes / 4], durable: false);
        Assert.That(() => writer.Complete(new byte[DiskBytes], durable: false), Fails.With(StoreErrorKind.NoSpace));
        writer.Dispose();
        Assert.That(Directory.GetFiles(Path.Join(_store.Root, "0", "c")), Is.Empty);
        _store.Put("another", new byte[DiskBytes / 2], durable: false);
    }

    [Test]
    public void ShouldCompleteEveryShardThatWasOpenWhenTheDiskFilledUp(
        [Values("tmpfs", "ext4")] string kind, [Values(20, 70_000)] int footerBytes, [Values] bool published,
        [Values("complete", "publish, complete", "publish, abort")] string end)
    {
        Mount(kind, 24 << 20);
        const int shards = 4;
        var piece = new byte[50_000];
        IObjectWriter[] writers = [.. Enumerable.Range(0, shards).Select(i => _store.Create($"0/c/{i}", 64 << 20, footerBytes))];
        var stored = new long[shards];
        StoreException? full = null;
        for (var i = 0; full is null; i++)
        {
            Array.Fill(piece, (byte)(i / shards + 1));
            full = Catch(() => writers[i % shards].Append(piece));
            stored[i % shards] += full is null ? piece.Length : 0;
            if (published && i % 40 < shards)
                Assert.That(writers[i % shards].PublishFooter(Footer(footerBytes, stored[i % shards]), durable: false));
        }

        Assert.That(full.Kind, Is.EqualTo(StoreErrorKind.NoSpace));
        Assert.That(stored.Sum(), Is.GreaterThan(8 << 20), full.Message);
        // Whatever else fills the rest.
        while (Catch(() => _store.Put("more", new byte[1], durable: false)) is null
            && Catch(() => _store.Put($"{Guid.NewGuid()}", new byte[4096], durable: false)) is null)
        {
        }

        for (var i = 0; i < shards; i++)
        {
            var footer = Footer(footerBytes, stored[i]);
            if (end.StartsWith("publish", StringComparison.Ordinal))
                Assert.That(writers[i].PublishFooter(footer, durable: false), $"shard {i}");
            if (end.EndsWith("abort", StringComparison.Ordinal))
                writers[i].Abort();
            else
                writers[i].Complete(footer, durable: false);
            // What tells of it, too.
            _store.Put($"{i}/zarr.json", footer.AsSpan(0, 20), durable: false);
        }

        for (var i = 0; i < shards; i++)
            AssertShard(i, stored[i], footerBytes, piece.Length);
    }

    private void AssertShard(int shard, long bytes, int footerBytes, int pieceBytes)
    {
        using var file = File.OpenHandle(Path.Join(_store.Root, "0", "c", $"{shard}"));
        var footer = new byte[footerBytes];
        RandomAccess.Read(file, footer, RandomAccess.GetLength(file) - footerBytes);
        Assert.That(footer.AsSpan().SequenceEqual(Footer(footerBytes, bytes)), $"the index of shard {shard}");
        var piece = new byte[pieceBytes];
        for (var at = 0L; at < bytes; at += pieceBytes)
        {
            RandomAccess.Read(file, piece, at);
            Assert.That(piece.AsSpan().ContainsAnyExcept((byte)(at / pieceBytes + 1)), Is.False, $"shard {shard}, at {at}");
        }
    }

    private static byte[] Footer(int bytes, long number)
    {
        var footer = new byte[bytes];
        new Random((int)number).NextBytes(footer);
        return footer;
    }

    private static StoreException? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (StoreException e)
        {
            return e;
        }
    }

    private void MountSmallDisk() => Mount("tmpfs", DiskBytes);

    private void Mount(string kind, int bytes)
    {
        var disk = Directory.CreateDirectory(_folder.At("disk")).FullName;
        string[] arguments = ["-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", disk];
        if (kind == "ext4")
        {
            using (var image = File.Create(_folder.At("image")))
                image.SetLength(bytes);
            var (made, why) = Command.Run("mkfs.ext4", "-q", "-m", "0", _folder.At("image"));
            Assume.That(made, Is.Zero, $"mkfs.ext4 is there: {why}");
            arguments = ["-o", "loop", _folder.At("image"), disk];
        }

        var (exit, output) = Command.Run("mount", arguments);
        Assume.That(exit, Is.Zero, $"this user may not mount a file system: {output}");
        _mounted = disk;
        _store = new FileSystemStore(Path.Join(disk, "root"));
        _store.Begin(overwrite: false);
        _store.Commit();
    }
}
