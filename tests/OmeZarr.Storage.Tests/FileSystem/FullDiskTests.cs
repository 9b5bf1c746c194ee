using Microsoft.Win32.SafeHandles;

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
        using SafeFileHandle device = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        IOException error = Assert.Throws<IOException>(() => RandomAccess.Write(device, "x"u8, 0))!;
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
        IObjectWriter writer = _store.Create("0/c/0", 16 * DiskBytes);
        byte[] piece = new byte[64 << 10];
        Array.Fill(piece, (byte)7);
        writer.Append(piece);
        Assert.That(writer.PublishTail("TAIL"u8, durable: false));
        int stored = 1;
        StoreException? full = null;
        while (full is null)
        {
            full = Catch(() => writer.Append(piece));
            stored += full is null ? 1 : 0;
        }

        Assert.That(full.Kind, Is.EqualTo(StoreErrorKind.NoSpace));
        Assert.That(stored, Is.LessThan(DiskBytes / piece.Length));
        Assert.That(Catch(writer.Abort), Is.Null);
        byte[] shard = _store.Get("0/c/0")!;
        Assert.That(shard.AsSpan(0, piece.Length).SequenceEqual(piece));
        Assert.That(shard.AsSpan()[^4..].SequenceEqual("TAIL"u8));
    }

    [Test]
    public void ShouldRemoveAHiddenShardThatCouldNotBeCompleted()
    {
        MountSmallDisk();
        using IObjectWriter writer = _store.Create("0/c/0", DiskBytes);
        writer.Append(new byte[DiskBytes / 2]);
        _store.Put("other", new byte[DiskBytes / 4], durable: false);
        Assert.That(() => writer.Complete(new byte[DiskBytes], durable: false), Fails.With(StoreErrorKind.NoSpace));
        writer.Dispose();
        Assert.That(Directory.GetFiles(Path.Join(_store.Root, "0", "c")), Is.Empty);
        _store.Put("another", new byte[DiskBytes / 2], durable: false);
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

    private void MountSmallDisk()
    {
        string disk = Directory.CreateDirectory(_folder.At("disk")).FullName;
        (int exit, string output) = Command.Run("mount", "-t", "tmpfs", "-o", $"size={DiskBytes}", "tmpfs", disk);
        Assume.That(exit, Is.Zero, $"this user may not mount a file system: {output}");
        _mounted = disk;
        _store = new FileSystemStore(Path.Join(disk, "root"));
        _store.Begin(overwrite: false);
        _store.Commit();
    }
}
