using System.Diagnostics;
using System.Globalization;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>A writer is killed at random instants; what it had published must be readable, with no tool run afterwards.</summary>
internal sealed class KillTests
{
    private const int Rounds = 12;
    private const int LargeRounds = 6;

    [TestCase(false, false, TestName = "ShouldLeaveAWholeIndexWhereverAWriterIsKilled")]
    [TestCase(true, false, TestName = "ShouldLeaveAWholeIndexWhereverAWriterPastThePageCacheIsKilled")]
    [TestCase(false, true, TestName = "ShouldLeaveAWholeIndexOfOnePageWhereverAWriterIsKilled")]
    [TestCase(true, true, TestName = "ShouldLeaveAWholeIndexOfOnePageWhereverAWriterPastThePageCacheIsKilled")]
    public async Task ShouldLeaveAWholeIndex(bool unbuffered, bool small)
    {
        var footerBytes = small ? KilledWriter.SmallFooterBytes : KilledWriter.FooterBytes;
        var distance = KilledWriter.Distance(unbuffered ? FooterSlots.PageBytes : 1);
        var random = new Random(20240607);
        for (var round = 0; round < Rounds; round++)
        {
            // Such a file system lets a kill end a write between any two pages; ext4 with large folios hides torn writes.
            using var folder = unbuffered ? new TemporaryFolder() : TemporaryFolder.InMemory();
            var (shard, pieces) = await KillAfter(random.Next(1, 6000),
                [folder.Path, unbuffered ? "unbuffered" : "", small ? "small" : ""]);
            var path = folder.At(shard.ToString(CultureInfo.InvariantCulture), KilledWriter.Key);
            var file = await File.ReadAllBytesAsync(path);
            var named = KilledWriter.ReadFooter(file, footerBytes);
            Assert.That(named, Is.Not.Null, $"round {round}: the index is torn after {pieces} publications, {file.Length} bytes");
            Assert.That(named, Is.GreaterThanOrEqualTo(pieces), "what was published before the kill is there");
            for (var piece = 0; piece < named; piece++)
            {
                var right = file.AsSpan(piece * distance, KilledWriter.PieceBytes).SequenceEqual(KilledWriter.Piece(piece));
                Assert.That(right, $"round {round}: piece {piece} of {named}");
            }
        }
    }

    [Test]
    public async Task ShouldLeaveAWholeIndexOfAMillionChunksWhereverAWriterIsKilled(
        [Values("tmpfs", "the disk")] string fileSystem)
    {
        var random = new Random(20261126);
        for (var round = 0; round < LargeRounds; round++)
        {
            using var folder = fileSystem == "tmpfs" ? TemporaryFolder.InMemory() : new TemporaryFolder();
            (_, var last) = await KillAfter(random.Next(1, 50), [folder.Path, "large"]);
            var footer = new byte[KilledWriter.LargeFooterBytes];
            using var file = new FileStream(folder.At("large", KilledWriter.Key), FileMode.Open);
            file.Position = file.Length - footer.Length;
            await file.ReadExactlyAsync(footer);
            var named = KilledWriter.ReadFooter(footer, footer.Length);
            Assert.That(named, Is.Not.Null, $"round {round}: the index is torn after publication {last}");
            Assert.That(named, Is.GreaterThanOrEqualTo(last));
        }
    }

    // The last publication that the writer could report before it was killed.
    private static async Task<(int Shard, int Pieces)> KillAfter(int publications, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(KilledWriter).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string? last = null;
        for (var i = 0; i < publications && await process.StandardOutput.ReadLineAsync() is { } line; i++)
            last = line;
        process.Kill();
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(await errors, Is.Empty, "the writer was killed, it did not fail");
        // The last line may be cut by the kill.
        if (rest.LastIndexOf('\n') is var end and > 0)
            last = rest[..end].Split('\n')[^1];
        int[] reported = [.. last!.Split(' ').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        return (reported[0], reported[1]);
    }
}
