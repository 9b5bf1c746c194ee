using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OmeZarr.ConformanceTests;

/// <summary>
/// <c>omezarr serve</c> and a stream's monitor, as they are met from outside: by zarrita over HTTP, by vizarr, and by somebody
/// who looks at the page in a browser.
/// </summary>
internal sealed class ServedDatasetTests
{
    private const int Width = 320, Height = 240, Channels = 2, Times = 3;
    private const int Low = 100, High = 900;

    /// <summary>What is seen where there is no image.</summary>
    private static readonly (int, int, int) Outside = (16, 18, 22);

    private DirectoryInfo _folder = null!;

    private string Dataset => Path.Join(_folder.FullName, "cells.ome.zarr");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("omezarr-served-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public void ShouldBeReadOverHttpAsFromTheDisk()
    {
        Write();
        using var program = new ServingProgram(Dataset);
        var run = ScriptRun.OfNode("read_http.mjs", program.FilesUrl, "0", "1");
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        var expected = Readers.HashAll(Dataset);
        // Each is read twice: the server is asked for a file's last bytes, and for its size and then for bytes from there.
        Assert.That(run.Lines, Has.Length.EqualTo(4));
        foreach (var line in run.Lines)
        {
            var array = JsonNode.Parse(line)!;
            Assert.That((string)array["sha256"]!, Is.EqualTo(expected.Array((string)array["path"]!).Sha256), line);
        }
    }

    [Test]
    public void ShouldShowEachPixelThatWasWrittenAndFollowTheUser()
    {
        Browser.Need();
        Write();
        using var program = new ServingProgram(Dataset);
        var seen = Run("page_tour.mjs", program.PageUrl, _folder.FullName, $"{Width}", $"{Height}");
        Assert.That(seen["complaints"]!.AsArray(), Is.Empty);
        Assert.That((string)seen["title"]!, Is.EqualTo("cells.ome.zarr"));
        AssertPicture("first", (x, y) => Seen(0, x, y, 0b11));
        AssertPicture("dragged", (x, y) => x < 40 || y < 25 ? Outside : Seen(0, x - 40, y - 25, 0b11));
        AssertPicture("channel", (x, y) => Seen(0, x, y, 0b10));
        AssertPicture("time", (x, y) => Seen(1, x, y, 0b11));
        Assert.That((string)seen["address"]!, Does.Contain("at=t%3A1"), "the address remembers the plane");
    }

    [Test]
    public void ShouldFollowAnAcquisitionOfAnotherProcess()
    {
        Browser.Need();
        using var writer = Grower(chunk: 1, "");
        Append(writer, 0);
        writer.Flush();
        using var program = new ServingProgram(Dataset);
        var seen = Follow(writer, program.PageUrl, writer.Flush);
        Assert.That((string)seen["badge"]!, Does.StartWith("not complete"));
        Assert.That((string)seen["after"]!, Is.Empty, "complete");
    }

    [Test]
    public void ShouldFollowAStreamThatShowsItself()
    {
        Browser.Need();
        // A chunk of more frames than there are: nothing of it is on the disk while it is looked at.
        using var writer = Grower(chunk: 50, ", \"monitor\": {}");
        Append(writer, 0);
        Assert.That(writer.MonitorUrl, Does.Match("^http://127\\.0\\.0\\.1:[0-9]+/[0-9a-f]{32}/$"));
        var seen = Follow(writer, writer.MonitorUrl, () => { });
        Assert.That((string)seen["badge"]!, Is.EqualTo("live"));
        Assert.That((string)seen["live"]!,
            Does.Contain("frames/s").And.Contain("ring").And.Contain("dropped").And.Contain("disk left")
            .And.Contain("append, 99 %"));
        Assert.That((string)seen["after"]!, Does.Contain("ended"));
    }

    [Test]
    public void ShouldOpenInVizarr()
    {
        Browser.Need();
        Write();
        using var program = new ServingProgram(Dataset);
        var seen = Run("vizarr.mjs", program.FilesUrl, _folder.FullName);
        Assert.That((int)seen["colors"]!, Is.GreaterThanOrEqualTo(8), seen.ToJsonString());
        Assert.That((int)seen["chunks"]!, Is.GreaterThan(0), seen.ToJsonString());
        Assert.That((int)seen["refused"]!, Is.Zero, seen.ToJsonString());
    }

    private JsonNode Follow(NativeWriter writer, string url, Action publish)
    {
        const int frames = 40;
        var wait = TimeSpan.FromMinutes(5);
        var looking = Task.Run(() => Run("page_follow.mjs", url, _folder.FullName, $"{frames}"));
        bool IsThere(string file) => File.Exists(Path.Join(_folder.FullName, file)) || looking.IsCompleted;
        Assert.That(SpinWait.SpinUntil(() => IsThere("opened"), wait), Is.True);
        for (var frame = 1; frame < frames; frame++)
            Append(writer, frame);
        publish();
        Assert.That(SpinWait.SpinUntil(() => IsThere("seen"), wait), Is.True);
        if (!looking.IsFaulted)
            writer.Complete();
        var seen = looking.GetAwaiter().GetResult();
        Assert.That((string)seen["before"]!, Is.EqualTo("1 / 1"));
        Assert.That(seen["complaints"]!.AsArray(), Is.Empty);
        var pixel = File.ReadAllBytes(Path.Join(_folder.FullName, "last.rgb"));
        Assert.That(pixel, Has.All.InRange(Bright(frames - 1) - 1, Bright(frames - 1) + 1));
        return seen;
    }

    /// <summary>A time-lapse without end; frames are of one intensity each.</summary>
    private NativeWriter Grower(int chunk, string more) => new($$"""
        {"root_path": {{JsonSerializer.Serialize(Dataset)}}, "dtype": "uint8", "compression": "blosc-lz4", "pipeline": {"ring_frames": 64},
         "durability": {"flush_interval_ms": 3600000},
         "omero": {"channels": [{"color": "FFFFFF", "window": {"min": 0, "max": 255, "start": 0, "end": 100} }]},
         "dimensions": [{"name": "t", "count": null, "chunk_size": {{chunk}}}, {"name": "y", "count": 64}, {"name": "x", "count": 64}]{{more}}}
        """);

    private static void Append(NativeWriter writer, int frame)
    {
        var pixels = new byte[64 * 64];
        pixels.AsSpan().Fill((byte)(10 + frame));
        writer.Append(pixels);
    }

    private static int Bright(int frame) => (10 + frame) * 255 / 100;

    /// <summary>Two channels, red and green, three time points, noise.</summary>
    private void Write()
    {
        using var writer = new NativeWriter($$"""
            {"root_path": {{JsonSerializer.Serialize(Dataset)}}, "dtype": "uint16", "compression": "zstd", "pyramid": {"levels": 2},
             "omero": {"channels": [
                {"label": "red", "color": "FF0000", "window": {"min": 0, "max": 65535, "start": {{Low}}, "end": {{High}} } },
                {"label": "green", "color": "00FF00", "window": {"min": 0, "max": 65535, "start": {{Low}}, "end": {{High}} } }]},
             "dimensions": [{"name": "t", "count": {{Times}}, "unit": "s"}, {"name": "c", "count": {{Channels}}},
                {"name": "y", "count": {{Height}}, "chunk_size": 64, "shard_size_chunks": 2, "unit": "um", "scale": 0.5},
                {"name": "x", "count": {{Width}}, "chunk_size": 64, "shard_size_chunks": 2, "unit": "um", "scale": 0.5}]}
            """);
        for (var t = 0; t < Times; t++)
        {
            for (var c = 0; c < Channels; c++)
            {
                var pixels = new byte[Width * Height * 2];
                for (var i = 0; i < Width * Height; i++)
                    BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(2 * i), Value(t, c, i % Width, i / Width));
                writer.Append(pixels);
            }
        }

        writer.Complete();
    }

    private static ushort Value(int t, int c, int x, int y) =>
        (ushort)(unchecked((uint)(x * 7919 + y * 104729 + t * 31 + c * 17) * 2654435761u) >> 22);

    private static (int, int, int) Seen(int t, int x, int y, int channels)
    {
        int Of(int c) => (channels >> c & 1) == 0 ? 0
            : (int)Math.Round(Math.Clamp((Value(t, c, x, y) - Low) / (double)(High - Low), 0, 1) * 255);
        return (Of(0), Of(1), 0);
    }

    private void AssertPicture(string name, Func<int, int, (int R, int G, int B)> expected)
    {
        var found = File.ReadAllBytes(Path.Join(_folder.FullName, $"{name}.rgb"));
        Assert.That(found, Has.Length.EqualTo(3 * Width * Height), name);
        for (var i = 0; i < Width * Height; i++)
        {
            var (r, g, b) = expected(i % Width, i / Width);
            var isSame = Math.Abs(found[3 * i] - r) <= 1 && Math.Abs(found[3 * i + 1] - g) <= 1
                && Math.Abs(found[3 * i + 2] - b) <= 1;
            if (!isSame)
                Assert.Fail(string.Create(CultureInfo.InvariantCulture,
                    $"{name}: the pixel {i % Width}, {i / Width} is {found[3 * i]}, {found[3 * i + 1]}, {found[3 * i + 2]} and "
                        + $"not {r}, {g}, {b}"));
        }
    }

    private static JsonNode Run(string script, params string[] arguments)
    {
        var run = ScriptRun.OfNode(script, arguments);
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        return JsonNode.Parse(run.Lines[^1])!;
    }
}
