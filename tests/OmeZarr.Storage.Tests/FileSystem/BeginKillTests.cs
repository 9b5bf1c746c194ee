using System.Diagnostics;
using System.Globalization;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>A process is killed while it replaces a dataset: the old one or the new one is there, whole, and nothing else stays.</summary>
internal sealed class BeginKillTests
{
    private const int Rounds = 25;

    [Test]
    public async Task ShouldHoldAWholeDatasetAfterAnyKillAndTidyUpAtTheNextBeginning()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        string root = folder.At("data.zarr");
        Random random = new(7);
        int last = 0;
        for (int round = 0; round < Rounds; round++)
        {
            last = Math.Max(last, await KillAfter(random.Next(1, 40), random.Next(0, 2000), root, last + 1));
            Assert.That(KilledBeginning.NumberOf(root), Is.GreaterThanOrEqualTo(last), $"round {round}");
            last = KilledBeginning.NumberOf(root);
            using FileSystemStore next = new(root);
            Assert.That(() => next.Begin(overwrite: false), Fails.With(StoreErrorKind.AlreadyExists));
            Assert.That(KilledBeginning.NumberOf(root), Is.EqualTo(last), "a beginning that is refused changes nothing");
            Assert.That(Directory.GetFileSystemEntries(folder.Path), Has.Length.EqualTo(1), "nothing is left aside");
            Assert.That(Directory.GetFiles(root, ".*"), Is.Empty, "no mark is left");
        }
    }

    private static async Task<int> KillAfter(int datasets, int microseconds, string root, int first)
    {
        ProcessStartInfo start = new("dotnet", [typeof(KilledBeginning).Assembly.Location, KilledBeginning.Mode, root, first.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        int last = 0;
        for (int i = 0; i < datasets && await process.StandardOutput.ReadLineAsync() is { } line; i++)
            last = NumberIn(line);
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalMicroseconds < microseconds;)
            Thread.SpinWait(10);
        process.Kill();
        string rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(await errors, Is.Empty, "the process was killed, it did not fail");
        // The last line may be cut by the kill.
        return rest.LastIndexOf('\n') is var end and > 0 ? NumberIn(rest[..end].Split('\n')[^1]) : last;
    }

    private static int NumberIn(string line) => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
}
