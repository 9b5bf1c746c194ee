using OmeZarr.Stores;

namespace OmeZarr.Storage.Tests;

internal sealed class MemoryStoreTests : WritableStoreContract
{
    protected override IWritableStore OpenEmpty() => new MemoryStore();

    protected override bool IsEmpty(IWritableStore store) => ((MemoryStore)store).Keys.Count == 0;

    [Test]
    public void ShouldRefuseToBeginOverADatasetUnlessOverwriteIsSet()
    {
        Store.Put("zarr.json", "{}"u8, durable: false);
        Assert.That(() => Store.Begin(overwrite: false), Fails.With(StoreErrorKind.AlreadyExists));
        Assert.That(Text("zarr.json"), Is.EqualTo("{}"));
        Store.Begin(overwrite: true);
        Assert.That(((MemoryStore)Store).Keys, Is.Empty);
        Store.Dispose();
        Assert.That(((MemoryStore)Store).Keys, Is.EqualTo((string[])["zarr.json"]), "it was not committed");
    }

    [Test]
    public void ShouldNotReplaceWhatIsNotAZarr()
    {
        Store.Put("notes.txt", "mine"u8, durable: false);
        Assert.That(() => Store.Begin(overwrite: true), Fails.With(StoreErrorKind.NotAZarr));
        Assert.That(Text("notes.txt"), Is.EqualTo("mine"));
    }

    [Test]
    public void ShouldGiveOutCopiesOnly()
    {
        Store.Put("a", "abc"u8, durable: false);
        Store.Get("a")![0] = (byte)'X';
        Assert.That(Text("a"), Is.EqualTo("abc"));
    }

    [Test]
    public void ShouldListItsKeysInOrder()
    {
        foreach (var key in (string[])["b", "a/2", "a/1"])
            Store.Put(key, "x"u8, durable: false);
        Assert.That(((MemoryStore)Store).Keys, Is.EqualTo((string[])["a/1", "a/2", "b"]));
    }
}
