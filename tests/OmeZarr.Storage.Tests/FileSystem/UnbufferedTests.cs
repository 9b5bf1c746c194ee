using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>What happens where the page cache cannot be bypassed; and that it is, where it can.</summary>
internal sealed class UnbufferedTests
{
    private const int Blocks = 64;

    private readonly List<string> _warnings = [];
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder()
    {
        _folder.Dispose();
        _warnings.Clear();
    }

    [Test]
    [Platform("Linux")]
    public void ShouldLeaveNothingOfAShardInThePageCache()
    {
        using var store = Open(new FileSystemOptions { Unbuffered = true });
        using var writer = store.Create("shard", 4096 * Blocks);
        writer.Append(new byte[FooterSlots.PageBytes * Blocks]);
        writer.Complete("FOOT"u8, durable: true);
        Assume.That(_warnings, Is.Empty, "this file system has direct writes");
        var (exit, output) = Command.Run("fincore", "--bytes", "--noheadings", "--output", "RES",
            Path.Join(store.Root, "shard"));
        Assume.That(exit, Is.Zero, $"fincore is there: {output}");
        Assert.That(long.Parse(output, System.Globalization.CultureInfo.InvariantCulture),
            Is.LessThan(Blocks * FooterSlots.PageBytes / 2));
    }

    [Test]
    public void ShouldWarnOnceAndUseTheCacheWhereTheFileSystemRefuses()
    {
        var asked = 0;
        using var store = Open(new FileSystemOptions { Unbuffered = true, SetDirect = _ => ++asked < 0 });
        Write(store, "a");
        Write(store, "b");
        Assert.That(asked, Is.EqualTo(1));
        Assert.That(_warnings, Has.Count.EqualTo(1).And.All.Contains("store.unbuffered"));
        Assert.That(store.WriteAlignment, Is.EqualTo(1));
    }

    [Test]
    public void ShouldNotAskForItUnlessItIsWanted()
    {
        using var store = Open(new FileSystemOptions { SetDirect = _ => throw new InvalidOperationException("asked") });
        Write(store, "a");
        Assert.That(store.WriteAlignment, Is.EqualTo(1));
    }

    private FileSystemStore Open(FileSystemOptions options)
    {
        var store = new FileSystemStore(_folder.At("root"), options with { OnWarning = _warnings.Add });
        store.Begin(overwrite: false);
        store.Commit();
        return store;
    }

    private static void Write(FileSystemStore store, string key)
    {
        var data = new byte[Blocks * FooterSlots.PageBytes];
        new Random(1).NextBytes(data);
        using var writer = store.Create(key, 2L * data.Length);
        Assert.That(writer.Append(data), Is.Zero);
        writer.PublishFooter("TAI0"u8, durable: true);
        Assert.That(writer.Append(data), Is.EqualTo(data.Length));
        writer.Complete("FOOT"u8, durable: true);
        Assert.That(store.Get(key), Is.EqualTo((byte[])[.. data, .. data, .. "FOOT"u8]));
    }
}
