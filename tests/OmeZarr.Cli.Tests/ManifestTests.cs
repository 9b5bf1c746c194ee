using System.Security.Cryptography;
using System.Text.Json;

namespace OmeZarr.Cli.Tests;

/// <summary><c>omezarr manifest</c>: what standard tools can check later.</summary>
public sealed class ManifestTests
{
    [Test]
    public void ShouldBeCheckedByTheSystemsTool()
    {
        using var scratch = new Scratch();
        Fill(scratch, "cells.ome.zarr");
        PublishedProgram.Run("manifest", scratch.Path("cells.ome.zarr"), "-o", scratch.Path("cells.sha256")).ShouldSucceed();
        Check(scratch).ShouldSucceed();
        File.AppendAllText(scratch.Path("cells.ome.zarr", "0", "c", "0", "0"), "x");
        Assert.That(Check(scratch).ShouldEndWith(1).Output, Does.Contain("cells.ome.zarr/0/c/0/0: FAILED"));
    }

    [Test]
    public void ShouldHaveTheDigestOfEveryFileWhateverItsSize()
    {
        using var scratch = new Scratch();
        var random = new Random(7);
        var expected = new Dictionary<string, string>();
        // Around the sizes of blocks and of their padding, and of the buffer that files are read with.
        foreach (var size in Enumerable.Range(0, 200)
            .Concat([4095, 4096, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_001]))
        {
            var content = new byte[size];
            random.NextBytes(content);
            scratch.File($"d/{size}", content);
            expected[$"{size}"] = Convert.ToHexStringLower(SHA256.HashData(content));
        }

        var answer = PublishedProgram.Run("manifest", scratch.Path("d"), "--json").ShouldSucceed();
        using var json = JsonDocument.Parse(answer.Output);
        var files = json.RootElement.GetProperty("files").EnumerateArray().ToArray();
        Assert.That(files.ToDictionary(file => file.GetProperty("path").GetString()!, file =>
            file.GetProperty("sha256").GetString()),
            Is.EqualTo(expected));
        Assert.That(files.Select(file => $"{file.GetProperty("bytes").GetInt64()}"),
            Is.EqualTo(files.Select(file => file.GetProperty("path").GetString())));
        Assert.That(json.RootElement.GetProperty("count").GetInt32(), Is.EqualTo(expected.Count));
    }

    [Test]
    public void ShouldNameFilesAsTheSystemsToolReadsThem()
    {
        using var scratch = new Scratch();
        string[] names = ["with space", "line\nend", "back\\slash", "ümläut", "-dash", "#hash", " lead"];
        foreach (var name in names)
            scratch.File($"d/{name}", [1, 2, 3]);
        PublishedProgram.Run("manifest", scratch.Path("d"), "-o", scratch.Path("cells.sha256")).ShouldSucceed();
        Assert.That(Check(scratch).ShouldSucceed().Lines, Has.Length.EqualTo(names.Length));
    }

    [Test]
    public void ShouldSayThatLinksAreLeftOut()
    {
        using var scratch = new Scratch();
        Fill(scratch, "d");
        File.CreateSymbolicLink(scratch.Path("d", "link"), "/etc/hostname");
        Directory.CreateSymbolicLink(scratch.Path("d", "folder"), "/etc");
        var answer = PublishedProgram.Run("manifest", scratch.Path("d")).ShouldEndWith(1);
        Assert.That(answer.Error, Does.Contain("link").And.Contain("folder").And.Contain("left out"));
        Assert.That(answer.Output, Does.Not.Contain("link"));
    }

    [Test]
    public void ShouldNotChangeTheDatasetThatItDescribes()
    {
        using var scratch = new Scratch();
        Fill(scratch, "d");
        var inside = scratch.Path("d", "manifest.txt");
        Assert.That(PublishedProgram.Run("manifest", scratch.Path("d"), "-o", inside).ShouldEndWith(2).Error,
            Does.Contain("inside"));
        Assert.That(File.Exists(inside), Is.False);
    }

    [Test]
    public void ShouldLeaveNothingWhenItCannotWrite()
    {
        using var scratch = new Scratch();
        Fill(scratch, "d");
        PublishedProgram.Run("manifest", scratch.Path("d"), "-o", scratch.Path("none", "x")).ShouldEndWith(3);
        Assert.That(Directory.GetFileSystemEntries(scratch.Folder), Has.Length.EqualTo(1));
    }

    private static Answer Check(Scratch scratch) => PublishedProgram.Other(
        "bash", "-c", "cd \"$1\" && sha256sum --check --strict cells.sha256 2>/dev/null", "bash", scratch.Folder);

    private static void Fill(Scratch scratch, string name)
    {
        scratch.File($"{name}/zarr.json", "{}"u8);
        scratch.File($"{name}/0/zarr.json", "{\"a\": 1}"u8);
        scratch.File($"{name}/0/c/0/0", [1, 2, 3, 4]);
        scratch.File($"{name}/0/c/0/1", new byte[100_000]);
    }
}
