using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Tests;

/// <summary>
/// <c>omezarr repair</c>: what killed writers leave is mended, nothing is lost by it, and a second run changes nothing.
/// </summary>
public sealed class RepairTests
{
    private const int Width = 64, Height = 48, FrameBytes = Width * Height * 2;

    [Test]
    public void ShouldCutWhatAKilledWriterLeftAndKeepEveryFrame([Range(1, 4)] int round)
    {
        using var scratch = new Scratch();
        var pixels = new byte[FrameBytes * 40 * round];
        new Random(round).NextBytes(pixels);
        var dataset = Killed(scratch, pixels, framesVisible: 8 * round);
        var before = Read(dataset);
        Assert.That(before, Is.EqualTo(pixels[..before.Length]), "what is visible after the kill");
        var size = Size(dataset);
        // A shard that readers see, or one that was not shown yet.
        var left = Kinds(Recorded.Json(0, "verify", dataset));
        Assert.That(left, Does.Contain("loose").Or.Contain("leftover"), "the kill left unfinished files");

        var tree = Tree(scratch.Folder);
        Assert.That(PublishedProgram.Run("repair", dataset, "--dry-run").ShouldEndWith(1).Output, Does.Contain("would be: "));
        Assert.That(Tree(scratch.Folder), Is.EqualTo(tree), "a dry run changes nothing");

        var changes = Recorded.Json(0, "repair", dataset).GetProperty("changes").EnumerateArray().ToArray();
        Assert.That(changes.Select(change => change.GetProperty("kind").GetString()), Does.Contain("end"));
        var after = Read(dataset);
        const int documents = 64 << 10;
        Assert.That(Size(dataset), Is.LessThan(after.Length * 1.1 + documents));
        if (left.Contains("loose"))
            Assert.That(Size(dataset), Is.LessThan(size));
        Assert.That(after, Has.Length.AtLeast(before.Length).And.EqualTo(pixels[..after.Length]), "also what no shape told of");
        Assert.That(Kinds(Recorded.Json(0, "verify", dataset)), Is.EqualTo(new[] { "incomplete" }), "it never becomes complete");
        var own = JsonNode.Parse(File.ReadAllText(Path.Combine(dataset, "zarr.json")))!["attributes"]!["omezarr_native"]!;
        Assert.That((string?)own["ended"], Is.EqualTo("host_error"));
        Assert.That((long)own["frames_stored"]!, Is.EqualTo(after.Length / FrameBytes));

        tree = Tree(scratch.Folder);
        Assert.That(PublishedProgram.Run("repair", dataset).ShouldSucceed().Output, Is.EqualTo("nothing to repair\n"));
        Assert.That(Tree(scratch.Folder), Is.EqualTo(tree), "a second run changes nothing");
    }

    [Test]
    public void ShouldMarkWhatItDidAndKeepTheDocumentsThatItChanged()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        var level = Path.Combine(dataset, "1", "zarr.json");
        var json = JsonNode.Parse(File.ReadAllText(level))!;
        json["shape"]![0] = 2;
        File.WriteAllText(level, json.ToJsonString());
        var (root, full) =
            (File.ReadAllText(Path.Combine(dataset, "zarr.json")), File.ReadAllText(Path.Combine(dataset, "0", "zarr.json")));

        Recorded.Json(0, "repair", dataset);
        Assert.That(Shape(dataset, "0")[0], Is.EqualTo(2), "what all levels have");
        Assert.That(Shape(dataset, "0")[1..], Is.EqualTo(new long[] { 2, 4, 40, 30 }));
        Assert.That(File.ReadAllText(Path.Combine($"{dataset}.before-repair", "zarr.json")), Is.EqualTo(root));
        Assert.That(File.ReadAllText(Path.Combine($"{dataset}.before-repair", "0", "zarr.json")), Is.EqualTo(full));
        var own = JsonNode.Parse(File.ReadAllText(Path.Combine(dataset, "zarr.json")))!["attributes"]!["omezarr_native"]!;
        Assert.That((int)own["repairs"]![0]!["changes"]!["shape"]!, Is.EqualTo(1));
        var tree = Tree(scratch.Folder);
        PublishedProgram.Run("repair", dataset).ShouldSucceed();
        Assert.That(Tree(scratch.Folder), Is.EqualTo(tree));
    }

    [Test]
    public void ShouldRemoveWhatWasBeingWrittenAndNothingElse()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        var tree = Tree(dataset);
        scratch.File("stack.ome.zarr/0/c/0/0/0/0/.9.partial", [1]);
        scratch.File("stack.ome.zarr/1/.zarr.json.1f.tmp", [1]);
        scratch.File("stack.ome.zarr/.hidden", [1]);
        scratch.File("stack.ome.zarr/notes.txt", [1]);
        PublishedProgram.Run("repair", dataset).ShouldSucceed();
        var after = Tree(dataset);
        Assert.That(after.Keys.Except(tree.Keys), Is.EquivalentTo(new[] { ".hidden", "notes.txt" }));
        Assert.That(after.Where(file => tree.ContainsKey(file.Key) && file.Key != "zarr.json"),
            Is.EquivalentTo(tree.Where(file => file.Key != "zarr.json")));
    }

    [Test]
    public void ShouldBringBackWhatACreateThatWasKilledHadPutAside()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        var tree = Tree(dataset);
        Directory.Move(dataset, scratch.Path(".stack.ome.zarr.replaced-0000abcd"));
        scratch.File(".stack.ome.zarr.begun-00001234/.begun", []);
        scratch.File(".stack.ome.zarr.begun-00001234/0/zarr.json", "{}"u8);
        Assert.That(PublishedProgram.Run("repair", dataset, "--dry-run").ShouldEndWith(1).Output,
            Does.Contain("replaced-0000abcd"));
        Assert.That(Directory.Exists(dataset), Is.False);
        PublishedProgram.Run("repair", dataset).ShouldSucceed();
        Assert.That(Tree(dataset), Is.EqualTo(tree));
        Assert.That(Directory.GetDirectories(scratch.Folder, ".stack*"), Is.Empty);
    }

    [Test]
    public void ShouldNotTouchADatasetThatIsBeingWritten()
    {
        using var scratch = new Scratch();
        using var writer = Writer(scratch, new byte[FrameBytes * 8], framesVisible: 4);
        Assert.That(PublishedProgram.Run("repair", scratch.Path("d.ome.zarr")).ShouldEndWith(3).Error,
            Does.Contain("being written"));
        writer.Kill();
        writer.WaitForExit();
    }

    [Test]
    public void ShouldLeaveWhatItDoesNotUnderstand()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        var shard = Recorded.Chunks(dataset, "0")[0];
        var bytes = File.ReadAllBytes(shard);
        bytes[^1] ^= 1;
        File.WriteAllBytes(shard, [.. bytes, .. new byte[1 << 20], .. bytes[^100..]]);
        File.WriteAllText(Path.Combine(dataset, "1", "zarr.json"), "{");
        var tree = Tree(dataset);
        PublishedProgram.Run("repair", dataset).ShouldSucceed();
        Assert.That(Tree(dataset), Is.EqualTo(tree));
    }

    private static string Killed(Scratch scratch, byte[] pixels, int framesVisible)
    {
        using var writer = Writer(scratch, pixels, framesVisible);
        writer.Kill();
        writer.WaitForExit();
        return scratch.Path("d.ome.zarr");
    }

    /// <summary>A recording that still waits for frames when so many of them are visible.</summary>
    private static Process Writer(Scratch scratch, byte[] pixels, int framesVisible)
    {
        var settings = scratch.File("s.json", System.Text.Encoding.UTF8.GetBytes($$"""
            {"dtype": "uint16", "compression": "blosc-lz4", "durability": {"flush_interval_ms": 20}, "dimensions": [
                {"name": "t", "shard_size_chunks": 64}, {"name": "y", "count": {{Height}}}, {"name": "x", "count": {{Width}}}]}
            """));
        var process = PublishedProgram.Start("record", "-", "--settings", settings, "-o", scratch.Path("d"));
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        process.StandardInput.BaseStream.Write(pixels);
        process.StandardInput.BaseStream.Flush();
        var clock = Stopwatch.StartNew();
        while (Shape(scratch.Path("d.ome.zarr"), "0").FirstOrDefault() < framesVisible)
        {
            Assert.That(process.HasExited || clock.Elapsed > TimeSpan.FromMinutes(2), Is.False, "frames became visible");
            Thread.Yield();
        }

        return process;
    }

    private static byte[] Read(string dataset)
    {
        using var reader = ArrayReader.Open(key => Get(dataset, key), "0");
        return reader.ReadAll();
    }

    // A sparse file may look larger than memory; what is read here are the chunks of a small dataset.
    private static byte[]? Get(string dataset, string key) =>
        File.Exists(Path.Combine(dataset, key)) ? File.ReadAllBytes(Path.Combine(dataset, key)) : null;

    private static long[] Shape(string dataset, string array) =>
        Get(dataset, $"{array}/zarr.json") is { } json ? [.. ArrayMetadata.Parse(json).Shape] : [];

    private static long Size(string dataset) =>
        Directory.GetFiles(dataset, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    private static string[] Kinds(System.Text.Json.JsonElement json) =>
        [.. json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("kind").GetString()!)];

    private static SortedDictionary<string, string> Tree(string folder)
    {
        var tree = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder, "*",
            new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true }))
        {
            using var open = File.OpenRead(file);
            var digest = open.Length > 64 << 20 ? open.Length.ToString(CultureInfo.InvariantCulture)
                : Convert.ToHexString(SHA256.HashData(open));
            tree[Path.GetRelativePath(folder, file)] = digest;
        }

        return tree;
    }
}
