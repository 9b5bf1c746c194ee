using OmeZarr.Stores;

namespace OmeZarr.Storage.Tests;

internal sealed class NullStoreTests
{
    [Test]
    public void ShouldCountWhatItIsGivenAndKeepNothing()
    {
        using var store = new NullStore();
        store.Begin(overwrite: false);
        store.Commit();
        store.Put("zarr.json", "12345"u8, durable: true);
        using var writer = store.Create("0/c/0", 100);
        Assert.That(writer.Append("abc"u8), Is.EqualTo(0));
        Assert.That(writer.Append("de"u8), Is.EqualTo(3));
        Assert.That(writer.PublishFooter("FOOT"u8, durable: false), Is.False);
        writer.Complete("FOOT"u8, durable: false);
        store.Sync();
        Assert.Multiple(() =>
        {
            Assert.That(store.BytesWritten, Is.EqualTo(5 + 5 + 4));
            Assert.That(store.ObjectsWritten, Is.EqualTo(2));
            Assert.That(store.Get("zarr.json"), Is.Null);
        });
    }

    [Test]
    public void ShouldKeepToTheRulesOfKeysAndSizesAllTheSame()
    {
        using var store = new NullStore();
        Assert.That(() => store.Put("../a", [], durable: false), Fails.With(StoreErrorKind.InvalidKey));
        using var writer = store.Create("a", 4);
        Assert.That(() => writer.Append("12345"u8), Fails.With(StoreErrorKind.Io));
        writer.Abort();
        Assert.That(() => writer.Append("1"u8), Throws.InvalidOperationException);
    }

    [Test]
    public void ShouldCountExactlyWhenSeveralThreadsAppend()
    {
        using var store = new NullStore();
        using var writer = store.Create("a", 1 << 20);
        Parallel.For(0, 1000, _ => writer.Append("abc"u8));
        Assert.That(store.BytesWritten, Is.EqualTo(3000));
    }
}
