using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>A wait ends when the call or the store is given up. Each test would otherwise last an hour.</summary>
internal sealed class StopSignalTests
{
    private const int TooManyOpenFiles = 24;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Test]
    public async Task ShouldEndTheWaitOfACallThatIsGivenUpAndOfNoOther([Values] bool before)
    {
        var stop = new StopSignal();
        using var source = new CancellationTokenSource();
        if (before)
            await source.CancelAsync();
        var waiting = Waiting(() => stop.Waited(Hour, source.Token));
        var other = Waiting(() => stop.Waited(Hour));
        await source.CancelAsync();
        Assert.That(await waiting, Is.False);
        Assert.That(other.IsCompleted, Is.False);
        stop.Cancel();
        Assert.That(await other, Is.False);
    }

    [Test]
    public async Task ShouldEndEveryWaitWhenTheStoreIsGivenUp()
    {
        var stop = new StopSignal();
        using var source = new CancellationTokenSource();
        var waiting = Waiting(() => stop.Waited(Hour, source.Token));
        stop.Cancel();
        Assert.That(await waiting, Is.False);
        Assert.That(stop.Waited(Hour, source.Token), Is.False, "also later ones");
    }

    [Test]
    public void ShouldNotLookForADescriptorForACallThatWasGivenUp()
    {
        var budget = new OpenFileBudget(4);
        var stop = new StopSignal();
        var descriptors = new Descriptors(budget, stop);
        using var source = new CancellationTokenSource();
        Assert.That(descriptors.MadeRoom(TooManyOpenFiles, 1, source.Token), Is.True, "waited for a moment");
        source.Cancel();
        Assert.That(descriptors.MadeRoom(TooManyOpenFiles, 1, source.Token), Is.False);
        Assert.That(descriptors.MadeRoom(TooManyOpenFiles, 1), Is.True);
    }

    [Test]
    [Platform("Linux")]
    public void ShouldBeGivenUpWhileSomebodyClosesAFileForEver()
    {
        using var folder = new TemporaryFolder();
        var budget = new OpenFileBudget(4);
        using var store = Holding.All(new FileSystemStore(folder.At("data"), new FileSystemOptions { Budget = budget }), []);
        using var isHeld = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var closing = Task.Run(() =>
        {
            lock (budget.Gate)
            {
                isHeld.Set();
                released.Wait();
            }
        });
        isHeld.Wait();
        store.Cancel();
        Assert.That(closing.IsCompleted, Is.False);
        released.Set();
        closing.GetAwaiter().GetResult();
        Assert.That(() => store.Get("a"), Fails.With(StoreErrorKind.Cancelled));
    }

    // On a thread of its own: one of the pool may come late.
    private static Task<bool> Waiting(Func<bool> wait) =>
        Task.Factory.StartNew(wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
