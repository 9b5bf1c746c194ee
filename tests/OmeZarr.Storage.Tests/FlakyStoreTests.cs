using OmeZarr.Stores;

namespace OmeZarr.Storage.Tests;

/// <summary>Without faults it is a store like the one below it; with them it fails exactly where it was told to.</summary>
internal sealed class FlakyStoreTests : WritableStoreContract
{
    private MemoryStore _inner = null!;

    private FlakyStore Flaky => (FlakyStore)Store;

    protected override IWritableStore OpenEmpty() => new FlakyStore(_inner = new MemoryStore());

    protected override bool IsEmpty(IWritableStore store) => _inner.Keys.Count == 0;

    [Test]
    public void ShouldFailAtTheChosenOperationAfterTheChosenSuccesses()
    {
        Flaky.FailOn(StoreOperation.Put, StoreErrorKind.AccessDenied, afterSuccesses: 2);
        Store.Put("a", "x"u8, durable: false);
        Store.Put("b", "x"u8, durable: false);
        Assert.That(() => Store.Put("c", "x"u8, durable: false), Fails.With(StoreErrorKind.AccessDenied));
        Assert.That(() => Store.Put("d", "x"u8, durable: false), Fails.With(StoreErrorKind.AccessDenied));
        Assert.That(Store.Sync, Throws.Nothing);
        Assert.That(Flaky.Failures, Is.EqualTo(2));
        Flaky.Heal();
        Store.Put("c", "x"u8, durable: false);
        Assert.That(Text("c"), Is.EqualTo("x"));
    }

    [Test]
    public void ShouldBeFullAfterTheChosenBytes()
    {
        Flaky.FillUpAfter(5);
        using var writer = Store.Create("a", 100);
        writer.Append("1234"u8);
        Assert.That(() => writer.Append("56"u8), Fails.With(StoreErrorKind.NoSpace));
        Assert.That(writer.Append("5"u8), Is.EqualTo(4));
        Assert.That(() => writer.Complete("FOOT"u8, durable: false), Fails.With(StoreErrorKind.NoSpace));
    }

    [Test]
    public async Task ShouldHoldAnOperationUntilItIsReleased()
    {
        var gate = Flaky.Hold(StoreOperation.Append);
        using var writer = Store.Create("a", 100);
        var append = Task.Run(() => writer.Append("1234"u8));
        Assert.That(() => Flaky.Arrived, Is.EqualTo(1).After(10_000, 1));
        Assert.That(append.IsCompleted, Is.False);
        gate.Dispose();
        Assert.That(await append, Is.EqualTo(0));
    }
}
