using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>Objects are read while they are written, by another store as another process would have one.</summary>
internal sealed class LiveReadTests
{
    private const int FooterBytes = 9000;

    private TemporaryFolder _folder = null!;
    private FileSystemStore _writer = null!;
    private FileSystemStore _reader = null!;

    // In memory, where footers are thinned out, and on the system's disk, where they may be moved up by a hole.
    public void Open(bool inMemory)
    {
        _folder = inMemory ? TemporaryFolder.InMemory() : new TemporaryFolder();
        _writer = Holding.All(new FileSystemStore(_folder.At("data")), []);
        _reader = new FileSystemStore(_folder.At("data"));
    }

    [TearDown]
    public void Close()
    {
        _reader.Dispose();
        _writer.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void ShouldFindAWholeFooterAtEachLookAtAShardThatGrows([Values] bool inMemory)
    {
        const int publications = 3000;
        Open(inMemory);
        using var shard = _writer.Create("0/c/0", publications, FooterBytes);
        Assert.That(shard.PublishFooter(Footer(1), durable: false), Is.True);
        var publishing = Task.Run(() =>
        {
            for (var i = 2; i < publications; i++)
            {
                shard.Append("x"u8);
                shard.PublishFooter(Footer(i), durable: false);
            }
        });
        var looks = 0;
        var footer = new byte[FooterBytes];
        do
        {
            var size = _reader.ReadEnd("0/c/0", footer);
            Assert.That(size, Is.GreaterThanOrEqualTo(FooterBytes));
            Assert.That(footer.AsSpan().ContainsAnyExcept(footer[0]), Is.False, $"look {looks}: two footers in one");
            Assert.That(footer[0], Is.Not.Zero, $"look {looks}: a hole");
            looks++;
        }
        while (!publishing.IsCompleted);
        publishing.GetAwaiter().GetResult();
        Assert.That(looks, Is.GreaterThan(10));
    }

    [Test]
    public void ShouldReadAllPartsOfOneVersionOfAnObjectThatIsReplaced()
    {
        Open(inMemory: true);
        _writer.Put("zarr.json", Version(1), durable: false);
        var replacing = Task.Run(() =>
        {
            for (var i = 2; i < 3000; i++)
                _writer.Put("zarr.json", Version(i), durable: false);
        });
        var buffer = GC.AllocateArray<byte>(2, pinned: true);
        do
        {
            var size = ReadEnds("zarr.json", buffer);
            Assert.That(buffer[0], Is.EqualTo(buffer[1]), "its first and its last byte");
            Assert.That(size, Is.EqualTo(SizeOf(buffer[0])));
            var whole = _reader.Get("zarr.json")!;
            Assert.That(whole, Has.Length.EqualTo(SizeOf(whole[0])));
            Assert.That(whole.AsSpan().ContainsAnyExcept(whole[0]), Is.False);
        }
        while (!replacing.IsCompleted);
        replacing.GetAwaiter().GetResult();
    }

    [Test]
    public void ShouldHaveReadAllThatTheSizeItAnswersPromises([Values] bool inMemory)
    {
        const int least = 4000, most = 30_000;
        Open(inMemory);
        var ones = new byte[most];
        ones.AsSpan().Fill(1);
        _writer.Put("object", ones, durable: false);
        using var file = File.OpenHandle(_folder.At("data", "object"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var cutting = Task.Run(() =>
        {
            for (var size = most; size >= least; size--)
            {
                RandomAccess.SetLength(file, size);
                Thread.SpinWait(100);
            }
        });
        var part = new byte[most - least];
        do
        {
            part.AsSpan().Clear();
            var size = _reader.ReadAt("object", least, part)!.Value;
            Assert.That(part.AsSpan(0, (int)size - least).ContainsAnyExcept((byte)1), Is.False, $"of {size} bytes");
        }
        while (!cutting.IsCompleted);
        cutting.GetAwaiter().GetResult();
    }

    private unsafe long? ReadEnds(string key, byte[] pinned)
    {
        // SAFETY: the array is pinned.
        fixed (byte* first = pinned)
        {
            MemoryRange start = new((nint)first, 1), end = new((nint)first + 1, 1);
            RangeRead[] ends = [RangeRead.At(0, start), RangeRead.AtEnd(end)];
            return _reader.Read(key, ends, CancellationToken.None);
        }
    }

    private static byte[] Footer(int number)
    {
        var footer = new byte[FooterBytes];
        footer.AsSpan().Fill((byte)(1 + number % 255));
        return footer;
    }

    private static byte[] Version(int number)
    {
        var stamp = (byte)(1 + number % 100);
        var bytes = new byte[SizeOf(stamp)];
        bytes.AsSpan().Fill(stamp);
        return bytes;
    }

    private static int SizeOf(byte stamp) => 1 + stamp * 97;
}
