using OmeZarr.Stores;

namespace OmeZarr.Storage.Tests;

internal sealed class FlakyStoreReadTests : ReadableStoreContract
{
    protected override IReadableStore Open(params IReadOnlyList<StoredObject> objects) =>
        Holding.All(new FlakyStore(new MemoryStore()), objects);

    [Test]
    public void ShouldFailToReadWhenItIsToldToAndWriteAllTheSame()
    {
        var flaky = (FlakyStore)Store;
        flaky.FailOn(StoreOperation.Read | StoreOperation.List, StoreErrorKind.AccessDenied);
        Assert.That(() => Store.Get(KeyOf(1)), Fails.With(StoreErrorKind.AccessDenied));
        Assert.That(() => Store.SizeOf(KeyOf(1)), Fails.With(StoreErrorKind.AccessDenied));
        Assert.That(() => flaky.List("", CancellationToken.None), Fails.With(StoreErrorKind.AccessDenied));
        Assert.That(() => flaky.Put("a", "x"u8, durable: false), Throws.Nothing);
        flaky.Heal();
        Assert.That(Store.SizeOf(KeyOf(1)), Is.EqualTo(1));
    }
}

internal sealed class FlakyStoreListTests : ListableStoreContract
{
    protected override IListableStore Open(params IReadOnlyList<string> keys) =>
        Holding.Empty(new FlakyStore(new MemoryStore()), keys);
}
