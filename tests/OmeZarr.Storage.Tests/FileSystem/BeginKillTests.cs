using System.Diagnostics;
using System.Globalization;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>
/// A process is killed while it replaces a dataset: the old one or the new one is there, whole, and nothing else stays.
/// </summary>
internal sealed class BeginKillTests
{
    private const int Rounds = 25;

    [Test]
    public async Task ShouldHoldAWholeDatasetAfterAnyKillAndTidyUpAtTheNextBeginning()
    {
        using var folder = TemporaryFolder.InMemory();
        var root = folder.At("data.zarr");
        var random = new Random(7);
        var last = 0;
        for (var round = 0; round < Rounds; round++)
        {
            last = Math.Max(last, await KillAfter(random.Next(1, 40), random.Next(0, 2000), root, last + 1));
            Assert.That(KilledBeginning.NumberOf(root), Is.GreaterThanOrEqualTo(last), $"round {round}");
            last = KilledBeginning.NumberOf(root);
            using var next = new FileSystemStore(root);
            Assert.That(() => next.Begin(overwrite: false), Fails.With(StoreErrorKind.AlreadyExists));
            Assert.That(KilledBeginning.NumberOf(root), Is.EqualTo(last), "a beginning that is refused changes nothing");
            Assert.That(Directory.GetFileSystemEntries(folder.Path), Has.Length.EqualTo(1), "nothing is left aside");
            Assert.That(Directory.GetFiles(root, ".*"), Is.Empty, "no mark is left");
        }
    }

    private static async Task<int> KillAfter(int datasets, int microseconds, string root, int first)
    {
        var start = new ProcessStartInfo("dotnet",
            [typeof(KilledBeginning).Assembly.Location, KilledBeginning.Mode, root, first.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var last = 0;
        for (var i = 0; i < datasets && await process.StandardOutput.ReadLineAsync() is { } line; i++)
            last = NumberIn(line);
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalMicroseconds < microseconds;)
            Thread.SpinWait(10);
        process.Kill();
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(await errors, Is.Empty, "the process was killed, it did not fail");
        // The last line may be cut by the kill.
        return rest.LastIndexOf('\n') is var end and > 0 ? NumberIn(rest[..end].Split('\n')[^1]) : last;
    }

    private static int NumberIn(string line) => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
}
