using System.Text;

namespace OmeZarr.Storage.Tests;

/// <summary>What every store that keeps its objects has to do; inherited by the tests of each kind.</summary>
internal abstract class StoreContract
{
    private IStore _store = null!;

    protected IStore Store => _store;

    /// <summary>A store with nothing in it, not begun.</summary>
    protected abstract IStore OpenEmpty();

    /// <summary>Whether an unfinished object can be read once it has been published.</summary>
    protected virtual bool ShowsUnfinishedObjects => true;

    [SetUp]
    public void BeginStore()
    {
        _store = OpenEmpty();
        _store.Begin(overwrite: false);
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
        Store.Put("xx0/c/µ/2yy".AsSpan(2, 7), "pixels"u8, durable);
        Assert.That(Text("0/c/µ/2"), Is.EqualTo("pixels"));
        Assert.That(() => Store.Put("a/../b".AsSpan(), "x"u8, durable), Fails.With(StoreErrorKind.InvalidKey));
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
    public void ShouldKeepAppendedBytesAtTheOffsetsItReturnedAndEndInTheTail([Values] bool durable)
    {
        using IObjectWriter writer = Store.Create("0/c/0", 100);
        Assert.That(writer.Append("first"u8), Is.EqualTo(0));
        Assert.That(writer.Append("second"u8), Is.EqualTo(5));
        writer.Complete("TAIL"u8, durable);
        Assert.That(Text("0/c/0"), Is.EqualTo("firstsecondTAIL"));
    }

    [Test]
    public void ShouldCompleteAnObjectWithoutData()
    {
        using IObjectWriter writer = Store.Create("0/c/0", 100);
        writer.Complete("TAIL"u8, durable: false);
        Assert.That(Text("0/c/0"), Is.EqualTo("TAIL"));
    }

    [Test]
    public void ShouldNotShowAnObjectBeforeItIsPublishedOrComplete()
    {
        using IObjectWriter writer = Store.Create("0/c/0", 100);
        writer.Append("data"u8);
        Assert.That(Store.Get("0/c/0"), Is.Null);
    }

    [Test]
    public void ShouldEndAPublishedObjectInItsLastTail([Values] bool durable)
    {
        using IObjectWriter writer = Store.Create("0/c/0", 100);
        for (int i = 0; i < 5; i++)
        {
            writer.Append(Encoding.ASCII.GetBytes($"data{i}"));
            Assert.That(writer.PublishTail(Encoding.ASCII.GetBytes($"TAIL{i}"), durable), Is.EqualTo(ShowsUnfinishedObjects));
            if (!ShowsUnfinishedObjects)
                continue;
            Assert.That(Text("0/c/0"), Does.StartWith("data0").And.EndsWith($"TAIL{i}"));
        }

        writer.Complete("TAIL9"u8, durable);
        Assert.That(Text("0/c/0"), Is.EqualTo("data0data1data2data3data4TAIL9"));
    }

    [Test]
    public void ShouldCompleteAPublishedObjectWhoseDataFillsItsRoomExactly()
    {
        using IObjectWriter writer = Store.Create("0/c/0", 8);
        writer.Append("1234"u8);
        writer.PublishTail("TAIL"u8, durable: false);
        writer.Append("5678"u8);
        writer.PublishTail("TAIm"u8, durable: false);
        writer.Complete("TAIn"u8, durable: false);
        Assert.That(Text("0/c/0"), Is.EqualTo("12345678TAIn"));
    }

    [Test]
    public void ShouldRefuseMoreDataThanTheObjectWasMadeForAndStayUsable()
    {
        using IObjectWriter writer = Store.Create("0/c/0", 10);
        writer.Append("12345678"u8);
        Assert.That(() => writer.Append("abc"u8), Fails.With(StoreErrorKind.Io).And.Message.Contains("10 bytes"));
        Assert.That(writer.Append("ab"u8), Is.EqualTo(8));
        writer.Complete("T"u8, durable: false);
        Assert.That(Text("0/c/0"), Is.EqualTo("12345678abT"));
    }

    [Test]
    public void ShouldRefuseASecondObjectOfTheSameName()
    {
        using IObjectWriter first = Store.Create("0/c/0", 10);
        Assert.That(() => Store.Create("0/c/0", 10), Fails.With(StoreErrorKind.AlreadyExists), "while the first is hidden");
        first.PublishTail("T"u8, durable: false);
        Assert.That(() => Store.Create("0/c/0", 10), Fails.With(StoreErrorKind.AlreadyExists), "while the first is published");
        first.Complete("T"u8, durable: false);
        Assert.That(() => Store.Create("0/c/0", 10), Fails.With(StoreErrorKind.AlreadyExists), "when the first is complete");
    }

    [Test]
    public void ShouldDropAnAbortedObjectThatWasNeverPublished()
    {
        using IObjectWriter writer = Store.Create("0/c/0", 10);
        writer.Append("data"u8);
        writer.Abort();
        Assert.That(Store.Get("0/c/0"), Is.Null);
        using IObjectWriter again = Store.Create("0/c/0", 10);
        again.Complete("T"u8, durable: false);
        Assert.That(Text("0/c/0"), Is.EqualTo("T"), "the name is free again");
    }

    [Test]
    public void ShouldKeepWhatWasPublishedOfAnAbortedObject()
    {
        if (!ShowsUnfinishedObjects)
            return;
        using IObjectWriter writer = Store.Create("0/c/0", 1000);
        writer.Append("data"u8);
        writer.PublishTail("TAIL"u8, durable: false);
        writer.Append("more"u8);
        writer.Abort();
        Assert.That(Text("0/c/0"), Is.EqualTo("datamoreTAIL"));
    }

    [Test]
    public void ShouldAbortAnObjectThatIsDisposedUnfinished()
    {
        using (IObjectWriter writer = Store.Create("0/c/0", 10))
            writer.Append("data"u8);
        Assert.That(Store.Get("0/c/0"), Is.Null);
    }

    [Test]
    public void ShouldRefuseEverythingAfterTheEndOfAnObject()
    {
        using IObjectWriter writer = Store.Create("0/c/0", 10);
        writer.Complete("T"u8, durable: false);
        Assert.Multiple(() =>
        {
            Assert.That(() => writer.Append("x"u8), Throws.InvalidOperationException);
            Assert.That(() => writer.PublishTail("T"u8, durable: false), Throws.InvalidOperationException);
            Assert.That(() => writer.Complete("T"u8, durable: false), Throws.InvalidOperationException);
            Assert.That(writer.Abort, Throws.Nothing);
        });
        Assert.That(Text("0/c/0"), Is.EqualTo("T"));
    }

    [Test]
    public void ShouldRefuseATailOfAnotherLength()
    {
        if (!ShowsUnfinishedObjects)
            return;
        using IObjectWriter writer = Store.Create("0/c/0", 10);
        writer.PublishTail("TAIL"u8, durable: false);
        Assert.That(() => writer.PublishTail("TAI"u8, durable: false), Throws.ArgumentException);
        Assert.That(Text("0/c/0"), Does.EndWith("TAIL"));
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
        using IObjectWriter writer = Store.Create("0/c/0", 1 << 20);
        long[][] offsets = new long[threads][];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            offsets[thread] = new long[perThread];
            for (int i = 0; i < perThread; i++)
                offsets[thread][i] = writer.Append(Piece(thread, i));
        });
        writer.Complete("TAIL"u8, durable: false);

        byte[] all = Store.Get("0/c/0")!;
        int total = 4;
        for (int thread = 0; thread < threads; thread++)
        {
            for (int i = 0; i < perThread; i++)
            {
                byte[] piece = Piece(thread, i);
                total += piece.Length;
                Assert.That(all.AsSpan((int)offsets[thread][i], piece.Length).SequenceEqual(piece), $"piece {i} of thread {thread}");
            }
        }

        Assert.That(all, Has.Length.EqualTo(total));
    }

    [Test]
    public void ShouldTakeObjectsFromSeveralThreadsAtTheSameTime()
    {
        Parallel.For(0, 300, i => Store.Put($"{i % 7}/c/{i % 3}/{i}", BitConverter.GetBytes(i), durable: false));
        for (int i = 0; i < 300; i++)
            Assert.That(Store.Get($"{i % 7}/c/{i % 3}/{i}"), Is.EqualTo(BitConverter.GetBytes(i)));
    }

    [Test]
    public void ShouldSyncWithAndWithoutAnythingWritten()
    {
        Store.Sync();
        Store.Put("a/b", "x"u8, durable: false);
        using IObjectWriter writer = Store.Create("0/c/0", 10);
        writer.Complete("T"u8, durable: false);
        Store.Sync();
        Assert.That(Text("a/b"), Is.EqualTo("x"));
        Assert.That(Text("0/c/0"), Is.EqualTo("T"));
    }

    protected string? Text(string key) => Store.Get(key) is { } bytes ? Encoding.ASCII.GetString(bytes) : null;

    private static byte[] Piece(int thread, int number)
    {
        byte[] piece = new byte[1 + (thread * 31 + number * 7) % 97];
        Array.Fill(piece, (byte)(thread * 16 + number % 16));
        return piece;
    }
}
