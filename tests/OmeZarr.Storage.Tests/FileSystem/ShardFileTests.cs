using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Storage.FileSystem;

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
    public void ShouldEndInTheLatestFooterAfterEveryStep()
    {
        // Sizes around the page and around a full room: data that fills it exactly, footers of less and of more than a page.
        Gen<(int Room, int Footer, int[] Pieces, int DurableFrom)> shards =
            from room in Gen.Elements(0, 1, 4095, 4096, 4097, 20_000)
            from footer in Gen.Elements(1, 20, 4095, 4096, 4097, 9000)
            from pieces in Gen.ArrayOf(Gen.Choose(0, 6000))
            from durableFrom in Gen.Choose(0, 40)
            select (room, footer, pieces, durableFrom);
        var number = 0;
        Prop.ForAll(shards.ToArbitrary(), shard =>
        {
            var key = $"shard{number++}";
            using var writer = _store.Create(key, shard.Room);
            List<byte> data = [];
            byte stamp = 0;
            foreach (var size in shard.Pieces)
            {
                var next = (data.Count + _store.WriteAlignment - 1) / _store.WriteAlignment * _store.WriteAlignment;
                var piece = Filled(Math.Clamp(size, 0, Math.Max(0, shard.Room - next)), ++stamp);
                if (piece.Length > 0)
                {
                    Assert.That(writer.Append(piece), Is.EqualTo(next));
                    data.AddRange([.. new byte[next - data.Count], .. piece]);
                }

                var footer = Filled(shard.Footer, ++stamp);
                Assert.That(writer.PublishFooter(footer, durable: shard.DurableFrom <= stamp / 2));
                AssertDataAndFooter(Path.Join(_store.Root, key), data, footer);
            }

            var last = Filled(shard.Footer, 255);
            writer.Complete(last, durable: false);
            AssertDataAndFooter(Path.Join(_store.Root, key), data, last);
            Assert.That(new FileInfo(Path.Join(_store.Root, key)).Length, Is.EqualTo(data.Count + shard.Footer),
                "nothing else is left in the file");
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void ShouldTakeNoDiskForTheRoomThatIsNotUsed()
    {
        using var writer = _store.Create("shard", 1L << 38);
        writer.Append(new byte[1000]);
        writer.PublishFooter(new byte[1000], durable: true);
        Assert.That(new FileInfo(ShardPath).Length, Is.GreaterThan(1L << 38));
        Assert.That(AllocatedBytes(ShardPath), Is.LessThan(2 << 20), "what was written, and a little that is reserved");
        writer.Complete(new byte[1000], durable: true);
        Assert.That(new FileInfo(ShardPath).Length, Is.EqualTo(2000));
    }

    [Test]
    public void ShouldGoOnPublishingWhenEverySlotHasBeenUsed([Values(8, 5000)] int footerBytes)
    {
        var overwrites = footerBytes <= FooterSlots.PageBytes && _store.OverwritesPages;
        Assume.That(overwrites || _store.MovesFooters, "this file system can move the end of a file");
        using var writer = _store.Create("shard", 2 * FooterSlots.PageBytes);
        writer.Append("data"u8);
        var footer = new byte[footerBytes];
        var slots = new FooterSlots(2 * FooterSlots.PageBytes, footerBytes, isMovable: true).Last;
        for (var i = 1L; i <= 3 * slots; i++)
        {
            Array.Fill(footer, (byte)i);
            Assert.That(writer.PublishFooter(footer, durable: false));
            if (i % 50 == 0 || i % slots < 3)
                AssertDataAndFooter(ShardPath, [.. "data"u8], footer);
        }

        var more = writer.Append("more"u8);
        writer.Complete(footer, durable: false);
        AssertDataAndFooter(ShardPath, [.. "data"u8, .. new byte[more - 4], .. "more"u8], footer);
        Assert.That(new FileInfo(ShardPath).Length, Is.EqualTo(more + 4 + footerBytes));
    }

    [Test]
    public void ShouldPublishEverLessOftenWhereFootersCannotBeMovedAndNeverOverwriteOne([Values] bool durable)
    {
        using var folder = TemporaryFolder.InMemory();
        var clock = new SteppedClock();
        using var store = new FileSystemStore(folder.At("root"), new FileSystemOptions { Clock = clock, MovesFooters = durable });
        store.Begin(overwrite: false);
        store.Commit();
        const int footerBytes = (2 << 20) + 20;
        using var writer = store.Create("shard", 1 << 20);
        List<byte> data = [.. "data"u8];
        writer.Append("data"u8);
        byte[] footer = new byte[footerBytes], shown = [];
        int published = 0, refused = 0;
        for (var i = 1; i <= FooterSlots.LeastCount + 200; i++)
        {
            Array.Fill(footer, (byte)i);
            if (writer.PublishFooter(footer, durable))
            {
                shown = [.. footer];
                published++;
            }
            else
            {
                refused++;
            }

            clock.Advance(TimeSpan.FromMilliseconds(10));
            if (i % 50 == 0)
                AssertDataAndFooter(Path.Join(store.Root, "shard"), data, shown);
        }

        Assert.That(published, Is.GreaterThan(FooterSlots.LeastCount / 2));
        Assert.That(refused, Is.GreaterThan(0));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.That(writer.PublishFooter(footer, durable), "it never ends");
        AssertDataAndFooter(Path.Join(store.Root, "shard"), data, footer);
        writer.Complete(footer, durable);
        Assert.That(new FileInfo(Path.Join(store.Root, "shard")).Length, Is.EqualTo(4 + footerBytes));
    }

    [Test]
    public void ShouldNeverLetTwoFootersOrAFooterAndDataShareAPage([Values] bool isMovable)
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, 1 << 22).ToArbitrary(), (room, footer) =>
        {
            var slots = new FooterSlots(room, footer, isMovable);
            Assert.That(slots.Last,
                Is.InRange(isMovable ? FooterSlots.LeastMovableCount : FooterSlots.LeastCount, FooterSlots.MaxCount));
            Assert.That(slots.Offset(FooterSlots.Reserve), Is.GreaterThanOrEqualTo((long)room + footer),
                "the final footer ends before any published one");
            Assert.That(slots.Offset(2) - slots.Offset(1), Is.GreaterThanOrEqualTo(footer));
            Assert.That(slots.Offset(1) % FooterSlots.PageBytes, Is.Zero);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void ShouldStayBelowALimitOnFileSizes([Values(4, 5, 6, 10, 300)] int pages, [Values(1, 4096, 5000)] int footerBytes)
    {
        using var store = new FileSystemStore(_folder.At("limited"),
            new FileSystemOptions { FileSizeLimit = pages * FooterSlots.PageBytes, Unbuffered = unbuffered });
        store.Begin(overwrite: false);
        store.Commit();
        using var writer = store.Create("shard", 2 * FooterSlots.PageBytes);
        writer.Append("data"u8);
        var footer = Filled(footerBytes, 7);
        var path = Path.Join(store.Root, "shard");
        for (var i = 0; i < 10; i++)
        {
            if (writer.PublishFooter(footer, durable: false))
                Assert.That(new FileInfo(path).Length, Is.AtMost(pages * FooterSlots.PageBytes));
        }

        writer.Complete(footer, durable: false);
        AssertDataAndFooter(path, [.. "data"u8], footer);
    }

    [Test]
    public void ShouldKeepWhatWasStoredWhereALimitOnFileSizesEndsTheData()
    {
        var number = 0;
        Prop.ForAll(Gen.Choose(1, 40_000).ToArbitrary(), Gen.Choose(1, 9000).ToArbitrary(), Gen.Choose(1, 120_000).ToArbitrary(),
            (room, footerBytes, limit) =>
            {
                using var store = new FileSystemStore(_folder.At($"limited{number++}"),
                    new FileSystemOptions { FileSizeLimit = limit, Unbuffered = unbuffered });
                store.Begin(overwrite: false);
                store.Commit();
                var path = Path.Join(store.Root, "shard");
                using var writer = store.Create("shard", room, footerBytes);
                List<byte> data = [];
                var isRefused = false;
                byte stamp = 0;
                while (!isRefused)
                {
                    var next = (data.Count + store.WriteAlignment - 1) / store.WriteAlignment * store.WriteAlignment;
                    if (room <= next)
                        break;
                    var piece = Filled(Math.Min(3000, room - next), ++stamp);
                    try
                    {
                        writer.Append(piece);
                        data.AddRange([.. new byte[next - data.Count], .. piece]);
                    }
                    catch (StoreException e)
                    {
                        Assert.That(e.Message, Does.Contain("RLIMIT_FSIZE"));
                        isRefused = true;
                    }

                    var footer = Filled(footerBytes, stamp);
                    if (writer.PublishFooter(footer, durable: false))
                        AssertDataAndFooter(path, data, footer);
                    else
                        Assert.That(limit, Is.LessThan(6 * (footerBytes + FooterSlots.PageBytes)), "there was no room for any");
                }

                if (limit < footerBytes)
                    return;
                var last = Filled(footerBytes, 255);
                writer.Complete(last, durable: false);
                AssertDataAndFooter(path, data, last);
                Assert.That(new FileInfo(path).Length, Is.AtMost(limit));
            }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void ShouldRefuseWhatExceedsALimitOnFileSizesBeforeTheSystemDoes()
    {
        // The system would end the process by a signal.
        using var store = new FileSystemStore(_folder.At("limited"),
            new FileSystemOptions { FileSizeLimit = 10_000, Unbuffered = unbuffered });
        store.Begin(overwrite: false);
        store.Commit();
        Assert.That(() => store.Put("whole", new byte[10_001], durable: false),
            Fails.With(StoreErrorKind.Io).And.Message.Contains("RLIMIT_FSIZE"));
        using var writer = store.Create("shard", 100_000);
        writer.Append(new byte[4096]);
        Assert.That(() => writer.Append(new byte[6000]), Fails.With(StoreErrorKind.Io).And.Message.Contains("RLIMIT_FSIZE"));
    }

    [Test]
    public void ShouldCutAnAbortedShardBehindItsData()
    {
        var writer = _store.Create("shard", 1 << 20);
        writer.Append("data"u8);
        writer.PublishFooter("FOOT"u8, durable: false);
        var lost = writer.Append("lost"u8);
        writer.Abort();
        Assert.That(File.ReadAllText(ShardPath), Is.EqualTo($"data{new string('\0', (int)lost - 4)}lostFOOT"));
    }

    [Test]
    public void ShouldAppendAndPublishWithoutManagedAllocation()
    {
        const int appends = 1000, publications = 10;
        using var writer = _store.Create("shard", (appends + 1) * FooterSlots.PageBytes);
        var data = new byte[100];
        var footer = new byte[100];
        writer.Append(data);
        writer.PublishFooter(footer, durable: false);
        writer.PublishFooter(footer, durable: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < appends; i++)
            writer.Append(data);
        var appended = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < publications; i++)
            writer.PublishFooter(footer, durable: false);
        var published = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(appended - before, Is.Zero);
        // Past the cache, a publication opens the file once more.
        Assert.That(published - appended, Is.AtMost(unbuffered ? 1000 * publications : 0));
    }

    [Test]
    public void ShouldKeepTheLengthForLiveReadersWhereAFooterFitsAPage([Values(1, 20, 4000, 4096)] int footerBytes)
    {
        Assume.That(_store.OverwritesPages, "this file system writes pages whole");
        using var writer = _store.Create("shard", 1 << 24);
        writer.PublishFooter(Filled(footerBytes, 1), durable: false);
        var length = new FileInfo(ShardPath).Length;
        for (var i = 2; i < 1000; i++)
        {
            writer.Append(new byte[10]);
            writer.PublishFooter(Filled(footerBytes, (byte)i), durable: false);
            Assert.That(new FileInfo(ShardPath).Length, Is.EqualTo(length));
        }
    }

    [Test]
    public void ShouldAlwaysShowALiveReaderAWholeFooter()
    {
        const int footerBytes = 3 * FooterSlots.PageBytes + 20;
        using var writer = _store.Create("shard", 1 << 16);
        writer.PublishFooter(Filled(footerBytes, 1), durable: false);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() => ReadFootersUntil(footerBytes, done.Token));
        for (var i = 2; i < FooterSlots.MaxCount; i++)
            writer.PublishFooter(Filled(footerBytes, (byte)i), durable: false);
        done.Cancel();
        Assert.That(reader.GetAwaiter().GetResult(), Is.GreaterThan(0));
    }

    // A reader sees the length, then reads the end. Only when the length has not changed meanwhile is it what it asked for.
    private int ReadFootersUntil(int footerBytes, CancellationToken done)
    {
        using var file = new FileStream(ShardPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        var footer = new byte[footerBytes];
        var whole = 0;
        do
        {
            var length = RandomAccess.GetLength(file.SafeFileHandle);
            var read = RandomAccess.Read(file.SafeFileHandle, footer, length - footerBytes);
            if (RandomAccess.GetLength(file.SafeFileHandle) != length)
                continue;
            Assert.That(read, Is.EqualTo(footerBytes));
            Assert.That(footer.AsSpan().ContainsAnyExcept(footer[0]), Is.False, "a footer of two publications");
            whole++;
        }
        while (!done.IsCancellationRequested || whole == 0);
        return whole;
    }

    private static void AssertDataAndFooter(string path, List<byte> data, byte[] footer)
    {
        // Not the whole file: between data and footer it is one large hole.
        using var file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var stored = new byte[data.Count + footer.Length];
        RandomAccess.Read(file, stored.AsSpan(0, data.Count), 0);
        RandomAccess.Read(file, stored.AsSpan(data.Count), RandomAccess.GetLength(file) - footer.Length);
        Assert.That(stored.AsSpan(0, data.Count).SequenceEqual(data.ToArray()), "the data");
        Assert.That(stored.AsSpan(data.Count).SequenceEqual(footer), "the footer");
    }

    private static byte[] Filled(int size, byte value)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static long AllocatedBytes(string path)
    {
        if (OperatingSystem.IsWindows())
            return 0; // The system has no portable call for it; the lengths above are asserted all the same.
        var (exit, output) = Command.Run("du", "-k", path);
        Assert.That(exit, Is.Zero, output);
        return 1024 * long.Parse(output.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
