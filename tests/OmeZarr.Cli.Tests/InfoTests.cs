namespace OmeZarr.Cli.Tests;

/// <summary><c>omezarr info</c>.</summary>
public sealed class InfoTests
{
    [Test]
    public void ShouldTellOfAnImage()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        var text = PublishedProgram.Run("info", dataset).ShouldSucceed().Output;
        foreach (var part in new[]
        {
            "an image, OME-Zarr 0.5", "complete: 24 frames taken, 24 stored", "t 3 (30 s)", "z 4 (0.5 µm)", "y 40", "uint16",
            "DAPI #0000FF", "3 x 2 x 4 x 40 x 30", "1 x 1 x 2 x 16 x 16", "1 x 1 x 4 x 48 x 16", "zstd crc32c",
        })
            Assert.That(text, Does.Contain(part));
        var json = Recorded.Json(0, "info", dataset);
        var level = json.GetProperty("images")[0].GetProperty("levels")[0];
        Assert.That(level.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64()),
            Is.EqualTo(new long[] { 3, 2, 4, 40, 30 }));
        Assert.That(level.GetProperty("objects").GetInt64(), Is.EqualTo(Recorded.Chunks(dataset, "0").Length));
        Assert.That(level.GetProperty("stored_bytes").GetInt64(),
            Is.EqualTo(Recorded.Chunks(dataset, "0").Sum(file => new FileInfo(file).Length)));
        Assert.That(json.GetProperty("complete").GetBoolean());
    }

    [Test]
    public void ShouldGatherImagesThatAreAlike()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Plate(scratch);
        var answer = PublishedProgram.Run("info", dataset).ShouldSucceed();
        Assert.That(answer.Output, Does.Contain("a plate \"screen\" of 2 x 3, 4 wells with 8 images"));
        Assert.That(answer.Lines.Count(line => line.Contains("24 x 24", StringComparison.Ordinal)), Is.EqualTo(1));
        var all = PublishedProgram.Run("info", dataset, "--all").ShouldSucceed();
        Assert.That(all.Lines.Count(line => line.Contains("24 x 24", StringComparison.Ordinal)), Is.EqualTo(8));
        Assert.That(Recorded.Json(0, "info", dataset).GetProperty("images").GetArrayLength(), Is.EqualTo(8));
    }

    [Test]
    public void ShouldTellWhatIsMissing()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        Recorded.Edit(Path.Combine(dataset, "zarr.json"), "\"complete\": true",
            "\"complete\":false,\"missing_frames\":[[4,6],[20,1]]");
        Recorded.Edit(Path.Combine(dataset, "zarr.json"), "\"ended\": \"finalized\"",
            "\"ended\":\"failed\",\"error\":\"no space left\"");
        File.Delete(Recorded.Chunks(dataset, "0")[0]);
        var text = PublishedProgram.Run("info", dataset).ShouldSucceed().Output;
        Assert.That(text, Does.Contain("not complete: 24 frames taken, 24 stored; failed: no space left"));
        Assert.That(text, Does.Contain("missing frames: 4 to 9, 20"));
        Assert.That(text, Does.Contain("11 of 12"), "files");
    }

    [Test]
    public void ShouldGoOnWhereOneImageCannotBeRead()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Plate(scratch);
        File.WriteAllText(Path.Combine(dataset, "A", "1", "0", "zarr.json"), "{");
        var answer = PublishedProgram.Run("info", dataset).ShouldEndWith(1);
        Assert.That(answer.Output, Does.Contain("7 images alike").And.Contain("cannot be read"));
    }

    [Test]
    public void ShouldNotLetADatasetSpeakToTheTerminal()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        Recorded.Edit(Path.Combine(dataset, "zarr.json"), "DAPI", "\\u001b[31mred\\u202e\\u0007");
        foreach (var command in new[] { "info", "verify" })
        {
            var answer = PublishedProgram.Run(command, dataset);
            Assert.That(answer.Output.Concat(answer.Error).Any(c => char.IsControl(c) && c != '\n'), Is.False, command);
        }
    }
}
