using System.Globalization;
using Microsoft.Win32.SafeHandles;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>All stores of a process together keep to what it may open.</summary>
[Platform("Linux")]
internal sealed class DescriptorTests
{
    [TestCase(200)]
    [TestCase(128)]
    public void ShouldWriteManyShardsOfManyStoresWithFewDescriptors(int limit)
    {
        using var folder = TemporaryFolder.InMemory();
        var (exit, output) = Command.Run(
            "prlimit", $"--nofile={limit}", "dotnet", typeof(CrowdedStores).Assembly.Location, CrowdedStores.Mode, folder.Path);
        Assert.That(exit, Is.Zero, output);
        Assert.That(int.Parse(output, CultureInfo.InvariantCulture), Is.LessThan(limit));
    }

    [Test]
    public void ShouldCloseIdleFilesOfOneStoreForAnother()
    {
        using var folder = new TemporaryFolder();
        var budget = new OpenFileBudget(6);
        using FileSystemStore first = Open(folder.At("first"), budget), second = Open(folder.At("second"), budget);
        IObjectWriter[] ofFirst = [.. Enumerable.Range(0, 10).Select(i => first.Create($"{i}", 10))];
        Assert.That(first.OpenFilesHighWater, Is.GreaterThan(1));
        IObjectWriter[] ofSecond = [.. Enumerable.Range(0, 10).Select(i => second.Create($"{i}", 10))];
        Assert.That(second.OpenFilesHighWater, Is.GreaterThan(1));
        Assert.That(budget.Reserved, Is.LessThanOrEqualTo(6 + OpenFileBudget.LeastOfAStore));
        foreach (var writer in (IObjectWriter[])[.. ofFirst, .. ofSecond])
        {
            writer.Append("x"u8);
            writer.Complete("T"u8, durable: false);
        }

        Assert.That(first.Get("9"), Is.EqualTo("xT"u8.ToArray()));
        Assert.That(second.Get("0"), Is.EqualTo("xT"u8.ToArray()));
        first.Dispose();
        second.Dispose();
        Assert.That(budget.Reserved, Is.Zero, "everything is given back");
    }

    [Test]
    public void ShouldLetEachStoreGetOnWhileOthersHoldEverything()
    {
        using var folder = new TemporaryFolder();
        var budget = new OpenFileBudget(1);
        var stop = new StopSignal();
        using HandlePool greedy = new(null, budget, stop), modest = new(null, budget, stop);
        greedy.Reserve("held");
        greedy.Reserve("held");
        var waiting = Task.Run(() => greedy.Reserve("more"));
        modest.Reserve("one");
        modest.Reserve("two");
        Assert.That(waiting.IsCompleted, Is.False);
        stop.Cancel();
        Assert.That(async () => await waiting, Fails.With(StoreErrorKind.Cancelled), "and no wait outlives the store");
    }

    [Test]
    public void ShouldLetOtherStoresOpenAndCloseFilesWhileACloseDoesNotReturn()
    {
        using var folder = new TemporaryFolder();
        using ManualResetEventSlim mayClose = new(), isClosing = new();
        SafeFileHandle? held = null;
        var budget = new OpenFileBudget(8)
        {
            Close = handle =>
            {
                if (handle == Interlocked.CompareExchange(ref held, null, null))
                {
                    isClosing.Set();
                    mayClose.Wait();
                }

                handle.Dispose();
            },
        };
        var stop = new StopSignal();
        using HandlePool stuck = new(1, budget, stop), others = new(2, budget, stop);
        var root = Folder.TryOpen(folder.Path, new Descriptors(budget, stop))!;
        PooledFile[] files =
            [.. Enumerable.Range(0, 8).Select(i => new PooledFile(i < 2 ? stuck : others, root, "", $"file{i}"))];
        files[0].CreateNew();
        using (var lease = files[0].Use())
            held = lease.Handle;
        var opening = Task.Run(files[1].CreateNew);
        isClosing.Wait();
        for (var round = 0; round < 3; round++)
        {
            foreach (var file in files[2..])
            {
                if (round == 0)
                    file.CreateNew();
                using var lease = file.Use();
            }
        }

        Assert.That(opening.IsCompleted, Is.False, "it waits for its own store's file");
        mayClose.Set();
        Assert.That(async () => await opening, Throws.Nothing);
        stuck.Dispose();
        others.Dispose();
        root.Dispose();
        Assert.That(budget.Reserved, Is.Zero, "everything is given back");
    }

    private static FileSystemStore Open(string root, OpenFileBudget budget)
    {
        var store = new FileSystemStore(root, new FileSystemOptions { Budget = budget });
        store.Begin(overwrite: false);
        store.Commit();
        return store;
    }
}
