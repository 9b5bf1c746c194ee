using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Storage.Tests;

/// <summary>What every store that can be read has to do; inherited by the tests of each kind.</summary>
internal abstract class ReadableStoreContract
{
    private const byte Untouched = 0xEE;

    private static readonly int[] Sizes = [0, 1, 100, 4096, 70_001];

    private IReadableStore _store = null!;

    protected IReadableStore Store => _store;

    /// <summary>A store that holds these objects.</summary>
    protected abstract IReadableStore Open(params IReadOnlyList<StoredObject> objects);

    [SetUp]
    public void OpenStore() => _store = Open([.. Sizes.Select(size => new StoredObject(KeyOf(size), Bytes(size)))]);

    [TearDown]
    public void DisposeStore() => _store.Dispose();

    [Test]
    public void ShouldReturnWholeObjectsAndTheirSizes()
    {
        foreach (var size in Sizes)
        {
            Assert.That(Store.Get(KeyOf(size)), Is.EqualTo(Bytes(size)));
            Assert.That(Store.SizeOf(KeyOf(size)), Is.EqualTo(size));
        }
    }

    [Test]
    public void ShouldReadAnyPartsOfAnObjectIntoTheCallersMemory()
    {
        var part = Gen.Choose(0, 2).SelectMany(
            kind => Gen.Zip(Gen.Choose(0, 75_000), Gen.Elements(0, 1, 100, 5000, 80_000)),
            (kind, place) => (IsFromEnd: kind == 0, Offset: place.Item1, Bytes: place.Item2));
        Prop.ForAll(Gen.Zip(Gen.Elements(Sizes), part.ArrayOf()).ToArbitrary(), drawn =>
        {
            var (size, parts) = drawn;
            var whole = Bytes(size);
            var (answer, memory) = Read(KeyOf(size), parts);
            Assert.That(answer, Is.EqualTo(size));
            for (var i = 0; i < parts.Length; i++)
            {
                var first = parts[i].IsFromEnd ? Math.Max(0, size - parts[i].Bytes) : Math.Min(parts[i].Offset, size);
                var expected = whole.AsSpan(first, Math.Min(parts[i].Bytes, size - first));
                Assert.That(memory[i].AsSpan(0, expected.Length).SequenceEqual(expected), Is.True, $"part {i}: {parts[i]}");
                Assert.That(memory[i].AsSpan(expected.Length).ContainsAnyExcept(Untouched), Is.False,
                    $"behind part {i}: {parts[i]}");
            }
        }).Check(Config.QuickThrowOnFailure);
    }

    [Test]
    public void ShouldAnswerThatAnObjectIsNotThere()
    {
        Assert.Multiple(() =>
        {
            foreach (var key in (string[])["nothing", "of size", "of size/100/c", "x/y/z"])
            {
                Assert.That(Store.Get(key), Is.Null, key);
                Assert.That(Store.SizeOf(key), Is.Null, key);
                var (answer, memory) = Read(key, [(false, 0, 10), (true, 0, 10)]);
                Assert.That(answer, Is.Null, key);
                Assert.That(memory.SelectMany(bytes => bytes), Is.All.EqualTo(Untouched), key);
            }
        });
    }

    [Test]
    public void ShouldRefuseAnObjectThatIsLargerThanTheCallerTakes()
    {
        Assert.That(Store.Get(KeyOf(4096), 4096, CancellationToken.None), Has.Length.EqualTo(4096));
        Assert.That(() => Store.Get(KeyOf(4096), 4095, CancellationToken.None),
            Fails.With(StoreErrorKind.TooLarge).And.Message.Contains("4096").And.Message.Contains("4095"));
        Assert.That(Store.Get(KeyOf(0), 0, CancellationToken.None), Is.Empty);
    }

    [TestCaseSource(typeof(StoreKeyTests), nameof(StoreKeyTests.Refused))]
    public void ShouldRefuseToReadAKeyThatIsNotAllowed(string key)
    {
        Assert.That(() => Store.Get(key), Fails.With(StoreErrorKind.InvalidKey));
        Assert.That(() => Store.SizeOf(key), Fails.With(StoreErrorKind.InvalidKey));
        Assert.That(() => Store.ReadAt(key, 0, new byte[1]), Fails.With(StoreErrorKind.InvalidKey));
    }

    [Test]
    public void ShouldFailACallThatIsGivenUpAndGoOnWithOthers()
    {
        using CancellationTokenSource source = new(), other = new();
        source.Cancel();
        Assert.That(() => Store.Get(KeyOf(100), 100, source.Token), Fails.With(StoreErrorKind.Cancelled));
        Assert.That(() => Store.SizeOf(KeyOf(100), source.Token), Fails.With(StoreErrorKind.Cancelled));
        Assert.That(() => Store.ReadEnd(KeyOf(100), new byte[1], source.Token), Fails.With(StoreErrorKind.Cancelled));
        Assert.That(() => Store.Get("nothing", 100, source.Token), Fails.With(StoreErrorKind.Cancelled));
        Assert.That(Store.Get(KeyOf(100), 100, other.Token), Is.EqualTo(Bytes(100)));
    }

    [Test]
    public void ShouldBeReadByManyThreadsAtTheSameTime()
    {
        Parallel.For(0, 200, i =>
        {
            var size = Sizes[i % Sizes.Length];
            var part = new byte[Math.Min(size, 50)];
            Assert.That(Store.ReadEnd(KeyOf(size), part), Is.EqualTo(size));
            Assert.That(part.AsSpan().SequenceEqual(Bytes(size).AsSpan(size - part.Length)), Is.True);
        });
    }

    protected static string KeyOf(int size) => $"of size/{size}";

    protected static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private (long? Answer, byte[][] Memory) Read(string key, (bool IsFromEnd, int Offset, int Bytes)[] parts)
    {
        byte[][] memory = [.. parts.Select(part => GC.AllocateUninitializedArray<byte>(part.Bytes, pinned: true))];
        Array.ForEach(memory, bytes => bytes.AsSpan().Fill(Untouched));
        RangeRead[] ranges = [.. parts.Zip(memory, (part, bytes) => part.IsFromEnd
            ? RangeRead.AtEnd(PlaceOf(bytes))
            : RangeRead.At(part.Offset, PlaceOf(bytes)))];
        return (Store.Read(key, ranges, CancellationToken.None), memory);
    }

    // SAFETY: the array is pinned, and kept by the caller.
    private static unsafe MemoryRange PlaceOf(byte[] pinned) =>
        new((nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)),
            pinned.Length);
}
