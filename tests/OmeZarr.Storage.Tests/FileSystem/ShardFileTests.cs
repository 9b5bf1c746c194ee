using FsCheck;
using FsCheck.Fluent;
using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>What a shard's file looks like while it grows, its data written through the page cache and past it.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class ShardFileTests(bool unbuffered)
{
    private TemporaryFolder _folder = null!;
    private FileSystemStore _store = null!;

    private string ShardPath => Path.Join(_store.Root, "shard");

    [SetUp]
    public void OpenStore()
    {
        _folder = new TemporaryFolder();
        _store = new FileSystemStore(_folder.At("root"), new FileSystemOptions { Unbuffered = unbuffered });
        _store.Begin(overwrite: false);
        _store.Commit();
    }

    [TearDown]
    public void CloseStore()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void ShouldEndInTheLatestTailAfterEveryStep()
    {
        // Sizes around the page and around a full room: data that fills it exactly, tails of less and of more than a page.
        Gen<(int Room, int Tail, int[] Pieces)> shards =
            from room in Gen.Elements(0, 1, 4095, 4096, 4097, 20_000)
            from tail in Gen.Elements(1, 20, 4095, 4096, 4097, 9000)
            from pieces in Gen.ArrayOf(Gen.Choose(0, 6000))
            select (room, tail, pieces);
        int number = 0;
        Prop.ForAll(shards.ToArbitrary(), shard =>
        {
            string key = $"shard{number++}";
            using IObjectWriter writer = _store.Create(key, shard.Room);
            List<byte> data = [];
            byte stamp = 0;
            foreach (int size in shard.Pieces)
            {
                int next = (data.Count + _store.WriteAlignment - 1) / _store.WriteAlignment * _store.WriteAlignment;
                byte[] piece = Filled(Math.Clamp(size, 0, Math.Max(0, shard.Room - next)), ++stamp);
                if (piece.Length > 0)
                {
                    Assert.That(writer.Append(piece), Is.EqualTo(next));
                    data.AddRange([.. new byte[next - data.Count], .. piece]);
                }

                byte[] tail = Filled(shard.Tail, ++stamp);
                Assert.That(writer.PublishTail(tail, durable: false));
                AssertDataAndTail(Path.Join(_store.Root, key), data, tail);
            }

            byte[] last = Filled(shard.Tail, 255);
            writer.Complete(last, durable: false);
            AssertDataAndTail(Path.Join(_store.Root, key), data, last);
            Assert.That(new FileInfo(Path.Join(_store.Root, key)).Length, Is.EqualTo(data.Count + shard.Tail), "nothing else is left in the file");
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void ShouldTakeNoDiskForTheRoomThatIsNotUsed()
    {
        using IObjectWriter writer = _store.Create("shard", 1L << 38);
        writer.Append(new byte[1000]);
        writer.PublishTail(new byte[1000], durable: true);
        Assert.That(new FileInfo(ShardPath).Length, Is.GreaterThan(1L << 38));
        Assert.That(AllocatedBytes(ShardPath), Is.LessThan(2 << 20), "what was written, and a little that is reserved");
        writer.Complete(new byte[1000], durable: true);
        Assert.That(new FileInfo(ShardPath).Length, Is.EqualTo(2000));
    }

    [Test]
    public void ShouldGoOnPublishingWhenEverySlotHasBeenUsed([Values(8, 5000)] int tailBytes)
    {
        Assume.That(_store.MovesTails, "this file system can move the end of a file");
        using IObjectWriter writer = _store.Create("shard", 2 * TailSlots.PageBytes);
        writer.Append("data"u8);
        byte[] tail = new byte[tailBytes];
        int slots = new TailSlots(2 * TailSlots.PageBytes, tailBytes, isMovable: true).Last;
        for (long i = 1; i <= 3 * slots; i++)
        {
            Array.Fill(tail, (byte)i);
            Assert.That(writer.PublishTail(tail, durable: false));
            if (i % 50 == 0 || i % slots < 3)
                AssertDataAndTail(ShardPath, [.. "data"u8], tail);
        }

        long more = writer.Append("more"u8);
        writer.Complete(tail, durable: false);
        AssertDataAndTail(ShardPath, [.. "data"u8, .. new byte[more - 4], .. "more"u8], tail);
        Assert.That(new FileInfo(ShardPath).Length, Is.EqualTo(more + 4 + tailBytes));
    }

    [Test]
    public void ShouldPublishEverLessOftenWhereTailsCannotBeMovedAndNeverOverwriteOne([Values] bool durable)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        SteppedClock clock = new();
        using FileSystemStore store = new(folder.At("root"), new FileSystemOptions { Clock = clock, MovesTails = durable });
        store.Begin(overwrite: false);
        store.Commit();
        const int tailBytes = (2 << 20) + 20;
        using IObjectWriter writer = store.Create("shard", 1 << 20);
        List<byte> data = [.. "data"u8];
        writer.Append("data"u8);
        byte[] tail = new byte[tailBytes], shown = [];
        int published = 0, refused = 0;
        for (int i = 1; i <= TailSlots.LeastCount + 200; i++)
        {
            Array.Fill(tail, (byte)i);
            if (writer.PublishTail(tail, durable))
            {
                shown = [.. tail];
                published++;
            }
            else
            {
                refused++;
            }

            clock.Advance(TimeSpan.FromMilliseconds(10));
            if (i % 50 == 0)
                AssertDataAndTail(Path.Join(store.Root, "shard"), data, shown);
        }

        Assert.That(published, Is.GreaterThan(TailSlots.LeastCount / 2));
        Assert.That(refused, Is.GreaterThan(0));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.That(writer.PublishTail(tail, durable), "it never ends");
        AssertDataAndTail(Path.Join(store.Root, "shard"), data, tail);
        writer.Complete(tail, durable);
        Assert.That(new FileInfo(Path.Join(store.Root, "shard")).Length, Is.EqualTo(4 + tailBytes));
    }

    [Test]
    public void ShouldNeverLetTwoTailsOrATailAndDataShareAPage([Values] bool isMovable)
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, 1 << 22).ToArbitrary(), (room, tail) =>
        {
            TailSlots slots = new(room, tail, isMovable);
            Assert.That(slots.Last, Is.InRange(isMovable ? TailSlots.LeastMovableCount : TailSlots.LeastCount, TailSlots.MaxCount));
            Assert.That(slots.Offset(TailSlots.Reserve), Is.GreaterThanOrEqualTo((long)room + tail), "the final tail ends before any published one");
            Assert.That(slots.Offset(2) - slots.Offset(1), Is.GreaterThanOrEqualTo(tail));
            Assert.That(slots.Offset(1) % TailSlots.PageBytes, Is.Zero);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void ShouldStayBelowALimitOnFileSizes([Values(4, 5, 6, 10, 300)] int pages, [Values(1, 4096, 5000)] int tailBytes)
    {
        using FileSystemStore store = new(_folder.At("limited"), new FileSystemOptions { FileSizeLimit = pages * TailSlots.PageBytes, Unbuffered = unbuffered });
        store.Begin(overwrite: false);
        store.Commit();
        using IObjectWriter writer = store.Create("shard", 2 * TailSlots.PageBytes);
        writer.Append("data"u8);
        byte[] tail = Filled(tailBytes, 7);
        string path = Path.Join(store.Root, "shard");
        for (int i = 0; i < 10; i++)
        {
            if (writer.PublishTail(tail, durable: false))
                Assert.That(new FileInfo(path).Length, Is.AtMost(pages * TailSlots.PageBytes));
        }

        writer.Complete(tail, durable: false);
        AssertDataAndTail(path, [.. "data"u8], tail);
    }

    [Test]
    public void ShouldRefuseWhatExceedsALimitOnFileSizesBeforeTheSystemDoes()
    {
        // The system would end the process by a signal.
        using FileSystemStore store = new(_folder.At("limited"), new FileSystemOptions { FileSizeLimit = 10_000, Unbuffered = unbuffered });
        store.Begin(overwrite: false);
        store.Commit();
        Assert.That(() => store.Put("whole", new byte[10_001], durable: false), Fails.With(StoreErrorKind.Io).And.Message.Contains("RLIMIT_FSIZE"));
        using IObjectWriter writer = store.Create("shard", 100_000);
        writer.Append(new byte[4096]);
        Assert.That(() => writer.Append(new byte[6000]), Fails.With(StoreErrorKind.Io).And.Message.Contains("RLIMIT_FSIZE"));
    }

    [Test]
    public void ShouldCutAnAbortedShardBehindItsData()
    {
        IObjectWriter writer = _store.Create("shard", 1 << 20);
        writer.Append("data"u8);
        writer.PublishTail("TAIL"u8, durable: false);
        long lost = writer.Append("lost"u8);
        writer.Abort();
        Assert.That(File.ReadAllText(ShardPath), Is.EqualTo($"data{new string('\0', (int)lost - 4)}lostTAIL"));
    }

    [Test]
    public void ShouldAppendAndPublishWithoutManagedAllocation()
    {
        const int appends = 1000, publications = 10;
        using IObjectWriter writer = _store.Create("shard", (appends + 1) * TailSlots.PageBytes);
        byte[] data = new byte[100];
        byte[] tail = new byte[100];
        writer.Append(data);
        writer.PublishTail(tail, durable: false);
        writer.PublishTail(tail, durable: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < appends; i++)
            writer.Append(data);
        long appended = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < publications; i++)
            writer.PublishTail(tail, durable: false);
        long published = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(appended - before, Is.Zero);
        // Past the cache, a publication opens the file once more.
        Assert.That(published - appended, Is.AtMost(unbuffered ? 1000 * publications : 0));
    }

    [Test]
    public void ShouldAlwaysShowALiveReaderAWholeTail()
    {
        const int tailBytes = 3 * TailSlots.PageBytes + 20;
        using IObjectWriter writer = _store.Create("shard", 1 << 16);
        writer.PublishTail(Filled(tailBytes, 1), durable: false);
        using CancellationTokenSource done = new();
        Task<int> reader = Task.Run(() => ReadTailsUntil(tailBytes, done.Token));
        for (int i = 2; i < TailSlots.MaxCount; i++)
            writer.PublishTail(Filled(tailBytes, (byte)i), durable: false);
        done.Cancel();
        Assert.That(reader.GetAwaiter().GetResult(), Is.GreaterThan(0));
    }

    // A reader sees the length, then reads the end. Only when the length has not changed meanwhile is it what it asked for.
    private int ReadTailsUntil(int tailBytes, CancellationToken done)
    {
        using FileStream file = new(ShardPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        byte[] tail = new byte[tailBytes];
        int whole = 0;
        do
        {
            long length = RandomAccess.GetLength(file.SafeFileHandle);
            int read = RandomAccess.Read(file.SafeFileHandle, tail, length - tailBytes);
            if (RandomAccess.GetLength(file.SafeFileHandle) != length)
                continue;
            Assert.That(read, Is.EqualTo(tailBytes));
            Assert.That(tail.AsSpan().ContainsAnyExcept(tail[0]), Is.False, "a tail of two publications");
            whole++;
        }
        while (!done.IsCancellationRequested || whole == 0);
        return whole;
    }

    private static void AssertDataAndTail(string path, List<byte> data, byte[] tail)
    {
        // Not the whole file: between data and tail it is one large hole.
        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] stored = new byte[data.Count + tail.Length];
        RandomAccess.Read(file, stored.AsSpan(0, data.Count), 0);
        RandomAccess.Read(file, stored.AsSpan(data.Count), RandomAccess.GetLength(file) - tail.Length);
        Assert.That(stored.AsSpan(0, data.Count).SequenceEqual(data.ToArray()), "the data");
        Assert.That(stored.AsSpan(data.Count).SequenceEqual(tail), "the tail");
    }

    private static byte[] Filled(int size, byte value)
    {
        byte[] bytes = new byte[size];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static long AllocatedBytes(string path)
    {
        if (OperatingSystem.IsWindows())
            return 0; // The system has no portable call for it; the lengths above are asserted all the same.
        (int exit, string output) = Command.Run("du", "-k", path);
        Assert.That(exit, Is.Zero, output);
        return 1024 * long.Parse(output.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
