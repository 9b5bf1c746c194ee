using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace OmeZarr.Cli.Tests;

/// <summary><c>omezarr pack</c>, and what the other commands say of what it makes.</summary>
public sealed class PackTests
{
    [Test]
    public void ShouldMakeAFileAsTheRfcWantsIt()
    {
        using var scratch = new Scratch();
        var plate = Recorded.Plate(scratch);
        Assert.That(PublishedProgram.Run("pack", plate).ShouldSucceed().Output, Does.StartWith(scratch.Path("plate.ozx")));
        using var archive = ZipFile.OpenRead(scratch.Path("plate.ozx"));
        Assert.That(archive.Comment,
            Is.EqualTo("""{"ome":{"version":"0.5","zipFile":{"centralDirectory":{"jsonFirst":true}}}}"""));
        var names = archive.Entries.Select(entry => entry.FullName).ToArray();
        Assert.That(names, Is.EquivalentTo(Directory.GetFiles(plate, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(plate, file))));
        Assert.That(names[0], Is.EqualTo("zarr.json"));
        var documents = names.TakeWhile(IsDocument).ToArray();
        Assert.That(documents.Select(name => name.Count(c => c == '/')), Is.Ordered);
        Assert.That(names[documents.Length..], Is.Not.Empty);
        Assert.That(names[documents.Length..].Where(IsDocument), Is.Empty);
        foreach (var entry in archive.Entries)
        {
            using var content = new MemoryStream();
            using (var stream = entry.Open())
                stream.CopyTo(content);
            Assert.That(content.ToArray(), Is.EqualTo(File.ReadAllBytes(Path.Combine(plate, entry.FullName))), entry.FullName);
            Assert.That(entry.CompressedLength, Is.EqualTo(entry.Length), entry.FullName);
        }

        Assert.That(Directory.GetFiles(scratch.Folder, ".*"), Is.Empty, "nothing is left beside it");
    }

    private static bool IsDocument(string? name) => name == "zarr.json" || name!.EndsWith("/zarr.json", StringComparison.Ordinal);

    [TestCase("stack")]
    [TestCase("plate")]
    public void ShouldGiveTheSameAnswersOfTheFileAsOfTheFolder(string name)
    {
        using var scratch = new Scratch();
        var (folder, file) = (name == "stack" ? Recorded.Stack(scratch) : Recorded.Plate(scratch), scratch.Path("cells.ozx"));
        PublishedProgram.Run("pack", folder, "-o", file).ShouldSucceed();
        foreach (var command in new[] { "info", "verify" })
        {
            Assert.That(Answer(command, file), Is.EqualTo(Answer(command, folder)), command);
            Assert.That(PublishedProgram.Run(command, file).ShouldSucceed().Output, Is.Not.Empty);
        }

        Assert.That(Recorded.Json(0, "verify", file).GetProperty("findings").GetArrayLength(), Is.Zero);
        foreach (var path in new[] { folder, file })
            PublishedProgram.Run("preview", path, "-o", scratch.Path($"{Path.GetFileName(path)}.png")).ShouldSucceed();
        Assert.That(File.ReadAllBytes(scratch.Path("cells.ozx.png")),
            Is.EqualTo(File.ReadAllBytes(scratch.Path($"{name}.ome.zarr.png"))));

        static string Answer(string command, string path) => Recorded.Json(0, command, path).GetRawText()
            .Replace(JsonSerializer.Serialize(path), "PATH", StringComparison.Ordinal);
    }

    [Test]
    public void ShouldLeaveNothingAfterCtrlC()
    {
        using var scratch = new Scratch();
        var stack = Recorded.Stack(scratch);
        // Of the size of many seconds of writing, and of none itself.
        using (var large = File.OpenWrite(Path.Combine(stack, "0", "large")))
            large.SetLength(64L << 30);
        using var process = PublishedProgram.StartInterruptible("pack", stack, "-o", scratch.Path("cells.ozx"));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var deadline = Stopwatch.StartNew();
        while (!Directory.EnumerateFileSystemEntries(scratch.Folder, ".cells.ozx*").Any())
        {
            Assert.That(process.HasExited || deadline.Elapsed > TimeSpan.FromMinutes(2), Is.False, "it has begun to write");
            Thread.Yield();
        }

        Assert.That(NativeKill(process.Id, 2), Is.Zero);
        PublishedProgram.End(process, output, error).ShouldEndWith(130);
        Assert.That(Directory.EnumerateFileSystemEntries(scratch.Folder, "*cells.ozx*"), Is.Empty);
    }

    [Test]
    public void ShouldReplaceNothing()
    {
        using var scratch = new Scratch();
        var stack = Recorded.Stack(scratch);
        var there = scratch.File("cells.ozx", "mine"u8);
        Assert.That(PublishedProgram.Run("pack", stack, "-o", there).ShouldEndWith(3).Error, Does.Contain("is there already"));
        Assert.That(File.ReadAllText(there), Is.EqualTo("mine"));
        Assert.That(PublishedProgram.Run("pack", stack, "-o", Path.Combine(stack, "x.ozx")).ShouldEndWith(2).Error,
            Does.Contain("inside of the dataset"));
        Assert.That(PublishedProgram.Run("pack", Path.Combine(stack, "0"), "-o", scratch.Path("a.ozx")).ShouldEndWith(3).Error,
            Does.Contain("an array by itself"));
        Assert.That(Directory.GetFiles(scratch.Folder, "*", new EnumerationOptions { AttributesToSkip = 0 })
            .Where(file => file.EndsWith(".tmp", StringComparison.Ordinal) || file.EndsWith("a.ozx", StringComparison.Ordinal)),
            Is.Empty);
    }

    [TestCase(".c.partial", "is being written")]
    [TestCase(".begun", "is being written")]
    [TestCase("other.ozx", "must not be in another")]
    public void ShouldRefuseWhatIsNotWhole(string name, string message)
    {
        using var scratch = new Scratch();
        var stack = Recorded.Stack(scratch);
        File.WriteAllText(Path.Combine(stack, "0", name), "x");
        Assert.That(PublishedProgram.Run("pack", stack).ShouldEndWith(3).Error, Does.Contain(message).And.Contain($"0/{name}"));
        Assert.That(File.Exists(scratch.Path("stack.ozx")), Is.False);
    }

    [Test]
    public void ShouldLeaveOutWhatNoReaderLooksForAndRefuseLinks()
    {
        using var scratch = new Scratch();
        var stack = Recorded.Stack(scratch);
        File.WriteAllText(Path.Combine(stack, ".DS_Store"), "x");
        PublishedProgram.Run("pack", stack).ShouldSucceed();
        using (var archive = ZipFile.OpenRead(scratch.Path("stack.ozx")))
            Assert.That(archive.GetEntry(".DS_Store"), Is.Null);
        File.CreateSymbolicLink(Path.Combine(stack, "link"), stack);
        Assert.That(PublishedProgram.Run("pack", stack, "-o", scratch.Path("b.ozx")).ShouldEndWith(3).Error,
            Does.Contain("is a link"));
    }

    [Test]
    public void ShouldFindAByteThatHasChangedInTheFile()
    {
        using var scratch = new Scratch();
        var file = scratch.Path("plate.ozx");
        PublishedProgram.Run("pack", Recorded.Plate(scratch)).ShouldSucceed();
        var bytes = File.ReadAllBytes(file);
        using (var archive = ZipFile.OpenRead(file))
        {
            // The pixels come last, behind their header; the directory behind them.
            var last = archive.Entries[^1].FullName;
            var at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(last)) + last.Length + 30;
            bytes[at] ^= 1;
        }

        File.WriteAllBytes(file, bytes);
        var findings = Recorded.Json(1, "verify", file).GetProperty("findings").EnumerateArray().ToArray();
        Assert.That(findings.Select(finding => finding.GetProperty("kind").GetString()), Does.Contain("zip"));
    }

    [Test]
    public void ShouldWarnOfAFileThatIsNotAsTheRfcWantsIt()
    {
        using var scratch = new Scratch();
        ZipFile.CreateFromDirectory(
            Recorded.Plate(scratch), scratch.Path("other.ozx"), CompressionLevel.NoCompression, includeBaseDirectory: false);
        var findings = Recorded.Json(0, "verify", scratch.Path("other.ozx")).GetProperty("findings").EnumerateArray()
            .Select(finding => finding.GetProperty("message").GetString()).ToArray();
        Assert.That(findings, Has.Some.Contains("its comment does not tell"));
    }

    [TestCase("repair")]
    [TestCase("pyramid")]
    [TestCase("manifest")]
    [TestCase("pack")]
    public void ShouldSayThatASingleFileIsOnlyRead(string command)
    {
        using var scratch = new Scratch();
        PublishedProgram.Run("pack", Recorded.Stack(scratch)).ShouldSucceed();
        Assert.That(PublishedProgram.Run(command, scratch.Path("stack.ozx")).ShouldEndWith(3).Error,
            Does.Contain("can only be read"));
    }

    [Test]
    public void ShouldSayWhatIsNoDataset()
    {
        using var scratch = new Scratch();
        var file = scratch.File("text.ozx", "just text, and long enough for a zip file"u8);
        Assert.That(PublishedProgram.Run("info", file).ShouldEndWith(3).Error, Does.Contain("no dataset in a zip file"));
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int NativeKill(int process, int signal);
}
