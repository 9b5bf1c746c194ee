using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using BitMiracle.LibTiff.Classic;
using OmeZarr.Zarr;

namespace OmeZarr.Cli.Tests;

/// <summary><c>omezarr record</c>: every pixel of the files is in the dataset.</summary>
public sealed class RecordTests
{
    private const int Width = 37, Height = 23;

    [TestCase("uint8", 1)]
    [TestCase("uint16", 2)]
    [TestCase("float32", 4)]
    public void ShouldTakeRawFilesOneAfterTheOther(string type, int bytes)
    {
        using var scratch = new Scratch();
        var pixels = Pixels(Width * Height * bytes * 7);
        var cut = Width * Height * bytes * 3;
        var (first, second) = (scratch.File("1.raw", pixels.AsSpan(0, cut)), scratch.File("2.raw", pixels.AsSpan(cut)));
        PublishedProgram.Run("record", first, second, "-o", scratch.Path("d.ome.zarr"), "--width", Text(Width), "--height",
            Text(Height), "--dtype", type).ShouldSucceed();
        Assert.That(Read(scratch.Path("d.ome.zarr"), "0", out var shape), Is.EqualTo(pixels));
        Assert.That(shape, Is.EqualTo(new long[] { 7, Height, Width }));
    }

    [Test]
    public void ShouldTakeThePagesOfTiffFiles(
        [Values(Compression.NONE, Compression.LZW, Compression.ADOBE_DEFLATE, Compression.PACKBITS)] Compression compression,
        [Values] bool tiled, [Values] bool bigEndian)
    {
        using var scratch = new Scratch();
        var pixels = Pixels(Width * Height * 2 * 4);
        WriteTiff(scratch.Path("1.tif"), pixels.AsSpan(0, Width * Height * 2 * 3), 16, 1, compression, tiled, bigEndian);
        WriteTiff(scratch.Path("2.tif"), pixels.AsSpan(Width * Height * 2 * 3), 16, 1, compression, tiled, bigEndian);
        PublishedProgram.Run("record", scratch.Path("1.tif"), scratch.Path("2.tif"), "-o", scratch.Path("d.ome.zarr"))
            .ShouldSucceed();
        Assert.That(Read(scratch.Path("d.ome.zarr"), "0", out _), Is.EqualTo(pixels));
    }

    [Test]
    public void ShouldMakeColoursChannels()
    {
        using var scratch = new Scratch();
        var pixels = Pixels(Width * Height * 3);
        WriteTiff(scratch.Path("rgb.tif"), pixels, 8, 3, Compression.NONE, tiled: false, bigEndian: false);
        PublishedProgram.Run("record", scratch.Path("rgb.tif"), "-o", scratch.Path("d.ome.zarr")).ShouldSucceed();
        var planes = Read(scratch.Path("d.ome.zarr"), "0", out var shape);
        Assert.That(shape, Is.EqualTo(new long[] { 1, 3, Height, Width }));
        byte[] expected = [.. Enumerable.Range(0, 3).SelectMany(color => pixels.Where((_, i) => i % 3 == color))];
        Assert.That(planes, Is.EqualTo(expected));
    }

    [Test]
    public void ShouldTakeDimensionsChannelsAndSizesFromFlags()
    {
        using var scratch = new Scratch();
        var pixels = Pixels(Width * Height * 2 * 12);
        var raw = scratch.File("1.raw", pixels);
        PublishedProgram.Run("record", raw, "-o", scratch.Path("d"), "--width", Text(Width), "--height", Text(Height),
            "--dims", "t=2", "c", "z=3", "--channels", "DAPI", "GFP", "--scale", "x=0.25um", "z=1.5um", "t=30s", "--pyramid",
            "--compression", "zstd").ShouldSucceed();
        Assert.That(Read(scratch.Path("d.ome.zarr"), "0", out var shape), Is.EqualTo(pixels));
        Assert.That(shape, Is.EqualTo(new long[] { 2, 2, 3, Height, Width }));
        var ome = Attributes(scratch.Path("d.ome.zarr")).GetProperty("ome");
        Assert.That(ome.GetProperty("omero").GetProperty("channels").EnumerateArray()
            .Select(channel => channel.GetProperty("label").GetString()), Is.EqualTo(new[] { "DAPI", "GFP" }));
        var scale = ome.GetProperty("multiscales")[0].GetProperty("datasets")[0].GetProperty("coordinateTransformations")[0];
        Assert.That(scale.GetProperty("scale").EnumerateArray().Select(size => size.GetDouble()),
            Is.EqualTo(new[] { 30, 1, 1.5, 1, 0.25 }));
    }

    [Test]
    public void ShouldTakeASettingsDocument()
    {
        using var scratch = new Scratch();
        var pixels = Pixels(Width * Height * 2 * 4);
        var raw = scratch.File("1.raw", pixels);
        var settings = scratch.File("s.json", System.Text.Encoding.UTF8.GetBytes($$"""
            {"root_path": "{{scratch.Path("d")}}", "dtype": "uint16", "dimensions": [
                {"name": "p", "type": "position", "coords": ["left", "right"]}, {"name": "t", "count": 2},
                {"name": "y", "count": {{Height}}}, {"name": "x", "count": {{Width}}}]}
            """));
        PublishedProgram.Run("record", raw, "--settings", settings).ShouldSucceed();
        var half = pixels.Length / 2;
        Assert.That(Read(scratch.Path("d.ome.zarr"), "left/0", out _), Is.EqualTo(pixels[..half]));
        Assert.That(Read(scratch.Path("d.ome.zarr"), "right/0", out _), Is.EqualTo(pixels[half..]));
        Assert.That(PublishedProgram.Run("record", raw, "--settings", settings, "--width", "3").ShouldEndWith(2).Error,
            Does.Contain("--width"));
    }

    [Test]
    public void ShouldTakeTheStandardInputAndTellOfAFrameThatIsCutShort()
    {
        using var scratch = new Scratch();
        var pixels = Pixels(Width * Height * 2 * 3);
        string[] command = ["record", "-", "--width", Text(Width), "--height", Text(Height), "--json", "-o"];
        var whole = PublishedProgram.RunWith(pixels, [.. command, scratch.Path("whole")]).ShouldSucceed();
        Assert.That(JsonDocument.Parse(whole.Output).RootElement.GetProperty("frames").GetInt32(), Is.EqualTo(3));
        Assert.That(Read(scratch.Path("whole.ome.zarr"), "0", out _), Is.EqualTo(pixels));
        var cut = PublishedProgram.RunWith(pixels[..^1], [.. command, scratch.Path("cut")]).ShouldEndWith(1);
        Assert.That(cut.Error, Does.Contain("within frame 2"));
        Assert.That(Read(scratch.Path("cut.ome.zarr"), "0", out _), Is.EqualTo(pixels[..(Width * Height * 2 * 2)]));
        Assert.That(Attributes(scratch.Path("cut.ome.zarr")).GetProperty("omezarr_native").GetProperty("complete").GetBoolean(),
            Is.False);
    }

    [Test]
    public void ShouldKeepWhatCameBeforeCtrlC()
    {
        using var scratch = new Scratch();
        var pixels = Pixels(Width * Height * 2 * 3);
        var settings = scratch.File("s.json", System.Text.Encoding.UTF8.GetBytes($$"""
            {"dtype": "uint16", "durability": {"flush_interval_ms": 20}, "dimensions": [
                {"name": "t"}, {"name": "y", "count": {{Height}}}, {"name": "x", "count": {{Width}}}]}
            """));
        using var process = PublishedProgram.StartInterruptible("record", "-", "--settings", settings, "-o", scratch.Path("d"));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.BaseStream.Write(pixels);
        process.StandardInput.BaseStream.Flush();
        // What was published has been taken in.
        var deadline = Stopwatch.StartNew();
        while (ShapeOf(scratch.Path("d.ome.zarr")) is not [3, ..])
        {
            Assert.That(process.HasExited || deadline.Elapsed > TimeSpan.FromMinutes(2), Is.False, "frames became visible");
            Thread.Yield();
        }

        Assert.That(NativeKill(process.Id, 2), Is.Zero);
        PublishedProgram.End(process, output, error).ShouldEndWith(130);
        Assert.That(Read(scratch.Path("d.ome.zarr"), "0", out _), Is.EqualTo(pixels));
        Assert.That(Attributes(scratch.Path("d.ome.zarr")).GetProperty("omezarr_native").GetProperty("reason").GetString(),
            Does.Contain("interrupted"));
    }

    [Test]
    public void ShouldRefuseWhatCannotBeFramesBeforeAnythingIsMade()
    {
        using var scratch = new Scratch();
        var raw = scratch.File("1.raw", new byte[1001]);
        string[] place = ["-o", scratch.Path("d")];
        Refused("whole number of frames", raw, "--width", "10", "--height", "10");
        Refused("--width", raw);
        Refused("dtype", raw, "--width", "10", "--height", "10", "--dtype", "complex64");
        Refused("--dims has 'z=x'", raw, "--width", "10", "--height", "10", "--dims", "z=x");
        Refused("--channels", raw, "--width", "10", "--height", "10", "--channels", "DAPI");
        var tiff = scratch.Path("1.tif");
        WriteTiff(tiff, Pixels(Width * Height * 2), 16, 1, Compression.NONE, tiled: false, bigEndian: false);
        Refused("some of the files", tiff, raw);
        WriteTiff(scratch.Path("2.tif"), Pixels(Width * Height), 8, 1, Compression.NONE, tiled: false, bigEndian: false);
        Refused("alike", tiff, scratch.Path("2.tif"));
        Assert.That(Directory.Exists(scratch.Path("d.ome.zarr")), Is.False);

        void Refused(string because, params string[] arguments) =>
            Assert.That(PublishedProgram.Run(["record", .. arguments, .. place]).ShouldEndWith(2).Error, Does.Contain(because));
    }

    [Test]
    public void ShouldNotReplaceADatasetUnlessItIsTold()
    {
        using var scratch = new Scratch();
        var raw = scratch.File("1.raw", Pixels(200));
        string[] command = ["record", raw, "--width", "10", "--height", "10", "-o", scratch.Path("d")];
        PublishedProgram.Run(command).ShouldSucceed();
        Assert.That(PublishedProgram.Run(command).ShouldEndWith(3).Error, Does.Contain("exists"));
        PublishedProgram.Run([.. command, "--overwrite"]).ShouldSucceed();
    }

    [Test]
    public void ShouldTellOfDamagedTiffFilesWithoutAStackTrace()
    {
        using var scratch = new Scratch();
        var whole = scratch.Path("1.tif");
        WriteTiff(whole, Pixels(Width * Height * 2 * 3), 16, 1, Compression.LZW, tiled: false, bigEndian: false);
        var bytes = File.ReadAllBytes(whole);
        var random = new Random(3);
        for (var round = 0; round < 60; round++)
        {
            var damaged = round % 2 == 0 ? bytes[..random.Next(4, bytes.Length)] : [.. bytes];
            for (var change = 0; change < 20; change++)
                damaged[random.Next(4, damaged.Length)] = (byte)random.Next();
            var answer =
                PublishedProgram.Run("record", scratch.File("bad.tif", damaged), "-o", scratch.Path("bad"), "--overwrite");
            Assert.That(answer.ExitCode, Is.AnyOf(0, 1, 2, 3), answer.Error);
            Assert.That(answer.Error, Does.Not.Contain("defect of the program"), $"round {round}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Pixels(int bytes)
    {
        var pixels = new byte[bytes];
        new Random(bytes).NextBytes(pixels);
        return pixels;
    }

    private static byte[] Read(string dataset, string array, out long[] shape)
    {
        using var reader = ArrayReader.Open(key => Get(dataset, key), array);
        shape = [.. reader.Shape];
        return reader.ReadAll();
    }

    private static byte[]? Get(string dataset, string key) =>
        File.Exists(Path.Combine(dataset, key)) ? File.ReadAllBytes(Path.Combine(dataset, key)) : null;

    private static long[] ShapeOf(string dataset) =>
        Get(dataset, "0/zarr.json") is { } json ? [.. ArrayMetadata.Parse(json).Shape] : [];

    private static JsonElement Attributes(string dataset) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(dataset, "zarr.json"))).RootElement.GetProperty("attributes");

    private static void WriteTiff(
        string path, ReadOnlySpan<byte> pixels, int bits, int samples, Compression compression, bool tiled, bool bigEndian)
    {
        const int tile = 16;
        var (pixel, all) = (bits / 8 * samples, pixels.ToArray());
        using var tiff = Tiff.Open(path, bigEndian ? "wb" : "wl");
        for (var page = 0; page < all.Length / (Width * Height * pixel); page++)
        {
            tiff.SetField(TiffTag.IMAGEWIDTH, Width);
            tiff.SetField(TiffTag.IMAGELENGTH, Height);
            tiff.SetField(TiffTag.BITSPERSAMPLE, bits);
            tiff.SetField(TiffTag.SAMPLESPERPIXEL, samples);
            tiff.SetField(TiffTag.COMPRESSION, compression);
            tiff.SetField(TiffTag.PHOTOMETRIC, samples == 3 ? Photometric.RGB : Photometric.MINISBLACK);
            tiff.SetField(TiffTag.PLANARCONFIG, PlanarConfig.CONTIG);
            if (tiled)
            {
                tiff.SetField(TiffTag.TILEWIDTH, tile);
                tiff.SetField(TiffTag.TILELENGTH, tile);
            }
            else
                tiff.SetField(TiffTag.ROWSPERSTRIP, 5);

            byte At(int y, int x, int at) =>
                y < Height && x < Width ? all[((page * Height + y) * Width + x) * pixel + at] : (byte)0;
            for (var y = 0; tiled && y < Height; y += tile)
            {
                for (var x = 0; x < Width; x += tile)
                {
                    byte[] part = [.. from dy in Enumerable.Range(0, tile)
                                      from dx in Enumerable.Range(0, tile)
                                      from at in Enumerable.Range(0, pixel)
                                      select At(y + dy, x + dx, at)];
                    Assert.That(tiff.WriteTile(part, x, y, 0, 0), Is.GreaterThan(0));
                }
            }

            for (var y = 0; !tiled && y < Height; y++)
                Assert.That(tiff.WriteScanline(all[((page * Height + y) * Width * pixel)..][..(Width * pixel)], y));
            tiff.WriteDirectory();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int NativeKill(int process, int signal);
}
