using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Storage.Tests;

/// <summary>What every store that keeps its objects has to do; inherited by the tests of each kind.</summary>
internal abstract class WritableStoreContract
{
    private const int PoolBytes = 1 << 20;

    private IWritableStore _store = null!;

    protected IWritableStore Store => _store;

    /// <summary>A store with nothing in it, not begun.</summary>
    protected abstract IWritableStore OpenEmpty();

    /// <summary>Whether an unfinished object can be read once it has been published.</summary>
    protected virtual bool ShowsUnfinishedObjects => true;

    [SetUp]
    public void BeginStore()
    {
        _store = OpenEmpty();
        _store.Begin(overwrite: false);
        _store.Commit();
    }

    [TearDown]
    public void DisposeStore() => _store.Dispose();

    [Test]
    public void ShouldReturnWhatWasPut([Values] bool durable)
    {
        Store.Put("0/c/1/2", "pixels"u8, durable);
        Assert.That(Text("0/c/1/2"), Is.EqualTo("pixels"));
    }

    [Test]
    public void ShouldTakeANameThatIsPartOfSomethingLonger([Values] bool durable)
    {
        Store.Put("xx0/c/µ/2yy".AsSpan(2, 7), ReadOnlySpan<MemoryRange>.Empty, durable);
        Assert.That(Text("0/c/µ/2"), Is.Empty);
        Assert.That(() => Store.Put("a/../b".AsSpan(), ReadOnlySpan<MemoryRange>.Empty, durable),
            Fails.With(StoreErrorKind.InvalidKey));
    }

    [Test]
    public void ShouldTellHowMuchRoomThereIsOrThatItIsNotKnown()
    {
        Assert.That(Store.FreeBytes(), Is.Null.Or.GreaterThan(0));
        Store.Dispose();
        Assert.That(() => Store.FreeBytes(), Throws.Nothing);
    }

    [Test]
    public void ShouldKeepAnEmptyObject()
    {
        Store.Put("empty", [], durable: false);
        Assert.That(Store.Get("empty"), Is.Empty);
    }

    [Test]
    public void ShouldReplaceWhatWasPutBefore()
    {
        Store.Put("zarr.json", "a longer document"u8, durable: false);
        Store.Put("zarr.json", "short"u8, durable: true);
        Assert.That(Text("zarr.json"), Is.EqualTo("short"));
    }

    [Test]
    public void ShouldReturnNullForAnObjectThatIsNotThere()
    {
        Store.Put("a/b", "x"u8, durable: false);
        Assert.Multiple(() =>
        {
            Assert.That(Store.Get("nothing"), Is.Null);
            Assert.That(Store.Get("a"), Is.Null, "a folder is no object");
            Assert.That(Store.Get("a/b/c"), Is.Null, "an object has nothing below it");
            Assert.That(Store.Get("x/y/z"), Is.Null);
        });
    }

    [TestCaseSource(typeof(StoreKeyTests), nameof(StoreKeyTests.Refused))]
    public void ShouldRefuseAKeyThatIsNotAllowedInEveryMember(string key)
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Store.Put(key, "x"u8, durable: false), Fails.With(StoreErrorKind.InvalidKey));
            Assert.That(() => Store.Get(key), Fails.With(StoreErrorKind.InvalidKey));
            Assert.That(() => Store.Create(key, 1), Fails.With(StoreErrorKind.InvalidKey));
        });
    }

    [Test]
    public void ShouldKeepAppendedBytesAtTheOffsetsItReturnedAndEndInTheFooter([Values] bool durable)
    {
        using var writer = Store.Create("0/c/0", Room(5, 6));
        Assert.That(writer.Append("first"u8), Is.EqualTo(0));
        Assert.That(writer.Append("second"u8), Is.EqualTo(Aligned(5)));
        writer.Complete("FOOT"u8, durable);
        Assert.That(Text("0/c/0"), Is.EqualTo(Joined("first", "second", "FOOT")));
    }

    [Test]
    public void ShouldCompleteAnObjectWithoutData()
    {
        using var writer = Store.Create("0/c/0", 100);
        writer.Complete("FOOT"u8, durable: false);
        Assert.That(Text("0/c/0"), Is.EqualTo("FOOT"));
    }

    [Test]
    public void ShouldNotShowAnObjectBeforeItIsPublishedOrComplete()
    {
        using var writer = Store.Create("0/c/0", 100);
        writer.Append("data"u8);
        Assert.That(Store.Get("0/c/0"), Is.Null);
    }

    [Test]
    public void ShouldEndAPublishedObjectInItsLastFooter([Values] bool durable)
    {
        using var writer = Store.Create("0/c/0", Room(5, 5, 5, 5, 5));
        for (var i = 0; i < 5; i++)
        {
            writer.Append(Encoding.ASCII.GetBytes($"data{i}"));
            Assert.That(writer.PublishFooter(Encoding.ASCII.GetBytes($"FOOT{i}"), durable), Is.EqualTo(ShowsUnfinishedObjects));
            if (!ShowsUnfinishedObjects)
                continue;
            Assert.That(Text("0/c/0"), Does.StartWith("data0").And.EndsWith($"FOOT{i}"));
        }

        writer.Complete("FOOT9"u8, durable);
        Assert.That(Text("0/c/0"), Is.EqualTo(Joined("data0", "data1", "data2", "data3", "data4", "FOOT9")));
    }

    [Test]
    public void ShouldCompleteAPublishedObjectWhoseDataFillsItsRoomExactly()
    {
        using var writer = Store.Create("0/c/0", Room(4, 4));
        writer.Append("1234"u8);
        writer.PublishFooter("FOOT"u8, durable: false);
        writer.Append("5678"u8);
        writer.PublishFooter("TAIm"u8, durable: false);
        writer.Complete("TAIn"u8, durable: false);
        Assert.That(Text("0/c/0"), Is.EqualTo(Joined("1234", "5678", "TAIn")));
    }

    [Test]
    public void ShouldRefuseMoreDataThanTheObjectWasMadeForAndStayUsable()
    {
        var room = Aligned(8) + 2;
        using var writer = Store.Create("0/c/0", room);
        writer.Append("12345678"u8);
        Assert.That(() => writer.Append("abc"u8), Fails.With(StoreErrorKind.Io).And.Message.Contains($"{room} bytes"));
        Assert.That(writer.Append("ab"u8), Is.EqualTo(Aligned(8)));
        writer.Complete("T"u8, durable: false);
        Assert.That(Text("0/c/0"), Is.EqualTo(Joined("12345678", "ab", "T")));
    }

    [Test]
    public void ShouldRefuseASecondObjectOfTheSameName()
    {
        using var first = Store.Create("0/c/0", 10);
        Assert.That(() => Store.Create("0/c/0", 10), Fails.With(StoreErrorKind.AlreadyExists), "while the first is hidden");
        first.PublishFooter("T"u8, durable: false);
        Assert.That(() => Store.Create("0/c/0", 10), Fails.With(StoreErrorKind.AlreadyExists), "while the first is published");
        first.Complete("T"u8, durable: false);
        Assert.That(() => Store.Create("0/c/0", 10), Fails.With(StoreErrorKind.AlreadyExists), "when the first is complete");
    }

    [Test]
    public void ShouldDropAnAbortedObjectThatWasNeverPublished()
    {
        using var writer = Store.Create("0/c/0", 10);
        writer.Append("data"u8);
        writer.Abort();
        Assert.That(Store.Get("0/c/0"), Is.Null);
        using var again = Store.Create("0/c/0", 10);
        again.Complete("T"u8, durable: false);
        Assert.That(Text("0/c/0"), Is.EqualTo("T"), "the name is free again");
    }

    [Test]
    public void ShouldKeepWhatWasPublishedOfAnAbortedObject()
    {
        if (!ShowsUnfinishedObjects)
            return;
        using var writer = Store.Create("0/c/0", Room(4, 4));
        writer.Append("data"u8);
        writer.PublishFooter("FOOT"u8, durable: false);
        writer.Append("more"u8);
        writer.Abort();
        Assert.That(Text("0/c/0"), Is.EqualTo(Joined("data", "more", "FOOT")));
    }

    [Test]
    public void ShouldAbortAnObjectThatIsDisposedUnfinished()
    {
        using (var writer = Store.Create("0/c/0", 10))
            writer.Append("data"u8);
        Assert.That(Store.Get("0/c/0"), Is.Null);
    }

    [Test]
    public void ShouldRefuseEverythingAfterTheEndOfAnObject()
    {
        using var writer = Store.Create("0/c/0", 10);
        writer.Complete("T"u8, durable: false);
        Assert.Multiple(() =>
        {
            Assert.That(() => writer.Append("x"u8), Throws.InvalidOperationException);
            Assert.That(() => writer.PublishFooter("T"u8, durable: false), Throws.InvalidOperationException);
            Assert.That(() => writer.Complete("T"u8, durable: false), Throws.InvalidOperationException);
            Assert.That(writer.Abort, Throws.Nothing);
        });
        Assert.That(Text("0/c/0"), Is.EqualTo("T"));
    }

    [Test]
    public void ShouldRefuseAFooterOfAnotherLength()
    {
        if (!ShowsUnfinishedObjects)
            return;
        using var writer = Store.Create("0/c/0", 10);
        writer.PublishFooter("FOOT"u8, durable: false);
        Assert.That(() => writer.PublishFooter("TAI"u8, durable: false), Throws.ArgumentException);
        Assert.That(Text("0/c/0"), Does.EndWith("FOOT"));
    }

    [Test]
    public void ShouldRefuseAnImpossibleSize()
    {
        Assert.That(() => Store.Create("a", -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Store.Create("a", long.MaxValue), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(Store.Get("a"), Is.Null);
    }

    [Test]
    public void ShouldKeepEveryPieceThatSeveralThreadsAppendAtTheSameTime()
    {
        const int threads = 8, perThread = 200;
        using var writer = Store.Create("0/c/0", threads * perThread * Aligned(100));
        var offsets = new long[threads][];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            offsets[thread] = new long[perThread];
            for (var i = 0; i < perThread; i++)
                offsets[thread][i] = writer.Append(Piece(thread, i));
        });
        writer.Complete("FOOT"u8, durable: false);

        var all = Store.Get("0/c/0")!;
        var total = 4L;
        for (var thread = 0; thread < threads; thread++)
        {
            for (var i = 0; i < perThread; i++)
            {
                var piece = Piece(thread, i);
                total = Math.Max(total, offsets[thread][i] + piece.Length + 4);
                Assert.That(all.AsSpan((int)offsets[thread][i], piece.Length).SequenceEqual(piece),
                    $"piece {i} of thread {thread}");
            }
        }

        Assert.That(all, Has.Length.EqualTo(total));
        Assert.That(offsets.SelectMany(o => o), Is.Unique.And.All.Matches<long>(offset => offset % Store.WriteAlignment == 0));
    }

    [Test]
    public unsafe void ShouldPutWhatLiesInSeveralPlacesAsOneObject()
    {
        Gen<(int First, int Bytes)[]> few = Gen.Zip(Gen.Choose(0, PoolBytes / 2), Gen.Elements(0, 1, 4096, 70_000)).ArrayOf();
        Gen<(int First, int Bytes)[]> many = Gen.Zip(Gen.Choose(0, PoolBytes / 2), Gen.Elements(1, 100)).ArrayOf(2500);
        var pool = new byte[PoolBytes];
        Fill(pool);
        Prop.ForAll(Gen.Frequency((9, few), (1, many)).ToArbitrary(), places =>
        {
            fixed (byte* memory = pool)
            {
                var start = (nint)memory;
                Store.Put("0/c/1".AsSpan(), [.. places.Select(place => new MemoryRange(start + place.First, place.Bytes))],
                    durable: false);
            }

            byte[] expected = [.. places.SelectMany(place => pool[place.First..(place.First + place.Bytes)])];
            Assert.That(Store.Get("0/c/1").AsSpan().SequenceEqual(expected), Is.True);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Test]
    public unsafe void ShouldAppendWhatLiesInSeveralPlacesInOnePiece()
    {
        // Broken and whole blocks, at aligned addresses and beside them, few and more than a system takes at once.
        Gen<(int Skip, int Bytes)[]> few = Gen.Zip(Gen.Choose(0, 2),
            Gen.Elements(0, 1, 4095, 4096, 4097, 8192, 70_000)).ArrayOf();
        Gen<(int Skip, int Bytes)[]> many = Gen.Zip(Gen.Choose(0, 2), Gen.Elements(1, 100, 4096)).ArrayOf(2500);
        var number = 0;
        var memory = (byte*)NativeMemory.AlignedAlloc(PoolBytes, 4096);
        Fill(new Span<byte>(memory, PoolBytes));
        Prop.ForAll(Gen.Frequency((9, few), (1, many)).ToArbitrary(), places =>
        {
            // A multiple of a block, a byte beside one, or right behind the last place.
            List<MemoryRange> ranges = [];
            nint at = 0;
            foreach (var (skip, bytes) in places)
            {
                at = skip == 2 ? at : (at + 4095) / 4096 * 4096 + skip;
                if (at + bytes > PoolBytes)
                    at = 0;
                ranges.Add(new MemoryRange((nint)memory + at, bytes));
                at += bytes;
            }

            var expected = new byte[MemoryRange.Total([.. ranges])];
            var done = 0;
            foreach (var range in ranges)
            {
                range.Span.CopyTo(expected.AsSpan(done));
                done += (int)range.Bytes;
            }

            var key = $"0/c/{number++}";
            using var writer = Store.Create(key, Room(3, expected.Length, expected.Length, 1));
            Assert.That(writer.Append("abc"u8), Is.Zero);
            long first = writer.Append([.. ranges]), second = writer.Append([.. ranges]);
            writer.Append("z"u8);
            writer.Complete("FOOT"u8, durable: false);
            var stored = Store.Get(key)!;
            Assert.That(stored.AsSpan((int)first, expected.Length).SequenceEqual(expected), "the first");
            Assert.That(stored.AsSpan((int)second, expected.Length).SequenceEqual(expected), "the second");
            Assert.That(stored.AsSpan()[^5..].SequenceEqual("zFOOT"u8), "the end");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
        NativeMemory.AlignedFree(memory);
    }

    [Test]
    public void ShouldTakeObjectsFromSeveralThreadsAtTheSameTime()
    {
        Parallel.For(0, 300, i => Store.Put($"{i % 7}/c/{i % 3}/{i}", BitConverter.GetBytes(i), durable: false));
        for (var i = 0; i < 300; i++)
            Assert.That(Store.Get($"{i % 7}/c/{i % 3}/{i}"), Is.EqualTo(BitConverter.GetBytes(i)));
    }

    [Test]
    public void ShouldSyncWithAndWithoutAnythingWritten()
    {
        Store.Sync();
        Store.Put("a/b", "x"u8, durable: false);
        using var writer = Store.Create("0/c/0", 10);
        writer.Complete("T"u8, durable: false);
        Store.Sync();
        Assert.That(Text("a/b"), Is.EqualTo("x"));
        Assert.That(Text("0/c/0"), Is.EqualTo("T"));
    }

    [Test]
    public void ShouldStayAsItWasWhenABeginningIsNotCommitted()
    {
        using var store = OpenEmpty();
        store.Begin(overwrite: false, new StoredObject("0/zarr.json", "array"u8.ToArray()),
            new StoredObject("zarr.json", "root"u8.ToArray()));
        Assert.That(store.Get("zarr.json"), Is.EqualTo("root"u8.ToArray()), "it can be written to at once");
        using (var writer = store.Create("0/c/0", 10))
            writer.Complete("T"u8, durable: false);
        store.Dispose();
        Assert.That(IsEmpty(store), "nothing is left of it");
    }

    [Test]
    public void ShouldKeepWhatWasBegunOnceItIsCommitted()
    {
        using var store = OpenEmpty();
        store.Begin(overwrite: false, new StoredObject("zarr.json", "root"u8.ToArray()));
        store.Sync();
        store.Commit();
        store.CheckRoot();
        store.Put("0/c/0", "x"u8, durable: false);
        Assert.That(store.Get("zarr.json"), Is.EqualTo("root"u8.ToArray()));
        store.Dispose();
        Assert.That(IsEmpty(store), Is.False);
    }

    [Test]
    public void ShouldRefuseEverythingOnceItIsToldToGiveUp()
    {
        IObjectWriter writer = Store.Create("0/c/0", 100), other = Store.Create("0/c/1", 100);
        writer.Append("data"u8);
        var isShown = writer.PublishFooter("FOOT"u8, durable: false);
        Store.Cancel();
        Assert.Multiple(() =>
        {
            Assert.That(() => Store.Put("a", "x"u8, durable: false), Fails.With(StoreErrorKind.Cancelled));
            Assert.That(() => Store.Put("a".AsSpan(), ReadOnlySpan<MemoryRange>.Empty, durable: false),
                Fails.With(StoreErrorKind.Cancelled));
            Assert.That(() => Store.Get("a"), Fails.With(StoreErrorKind.Cancelled));
            Assert.That(() => Store.Create("b", 1), Fails.With(StoreErrorKind.Cancelled));
            Assert.That(() => Store.Sync(), Fails.With(StoreErrorKind.Cancelled));
            Assert.That(() => writer.Append("x"u8), Fails.With(StoreErrorKind.Cancelled));
            Assert.That(() => writer.PublishFooter("FOOT"u8, durable: false), Fails.With(StoreErrorKind.Cancelled));
            Assert.That(() => writer.Complete("FOOT"u8, durable: false), Fails.With(StoreErrorKind.Cancelled));
            Assert.That(writer.Abort, Throws.Nothing);
            Assert.That(other.Dispose, Throws.Nothing);
        });
        Store.Dispose();
        Assert.That(IsEmpty(Store), Is.EqualTo(!isShown), "what was published stays");
    }

    [Test]
    public void ShouldTakeTheSizeOfTheFooterInAdvance([Values] bool published, [Values] bool durable)
    {
        using var writer = Store.Create("0/c/0", Room(4, 4), 4);
        writer.Append("data"u8);
        if (published)
            Assert.That(writer.PublishFooter("FOOT"u8, durable), Is.EqualTo(ShowsUnfinishedObjects));
        writer.Append("more"u8);
        writer.Complete("TAIm"u8, durable);
        Assert.That(Text("0/c/0"), Is.EqualTo(Joined("data", "more", "TAIm")));
    }

    /// <summary>Whether a store that has been disposed of left nothing in its place.</summary>
    protected abstract bool IsEmpty(IWritableStore store);

    /// <summary>The first place at or behind an offset where an append may begin.</summary>
    private long Aligned(long offset) => (offset + Store.WriteAlignment - 1) / Store.WriteAlignment * Store.WriteAlignment;

    /// <summary>Room for appends of these sizes.</summary>
    private long Room(params int[] sizes) => sizes.Sum(size => Aligned(size));

    /// <summary>What appends of these pieces and then a footer leave.</summary>
    private string Joined(params string[] pieces)
    {
        var all = new StringBuilder();
        foreach (var piece in pieces[..^1])
            all.Append('\0', (int)Aligned(all.Length) - all.Length).Append(piece);
        return all.Append(pieces[^1]).ToString();
    }

    private static void Fill(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i * 7 + i / 4096 + 1);
    }

    protected string? Text(string key) => Store.Get(key) is { } bytes ? Encoding.ASCII.GetString(bytes) : null;

    private static byte[] Piece(int thread, int number)
    {
        var piece = new byte[1 + (thread * 31 + number * 7) % 97];
        Array.Fill(piece, (byte)(thread * 16 + number % 16));
        return piece;
    }
}
