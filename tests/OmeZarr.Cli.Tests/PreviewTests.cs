using System.Buffers.Binary;
using System.IO.Compression;

namespace OmeZarr.Cli.Tests;

/// <summary><c>omezarr preview</c>: pictures show the pixels that were written.</summary>
public sealed class PreviewTests
{
    private const int Size = 32;

    [Test]
    public void ShouldDrawEachPixelWithTheWindowOfItsChannel()
    {
        using var scratch = new Scratch();
        var pixels = Gradient();
        var dataset = Image(scratch, pixels, """{"color": "FFFFFF", "window": {"min": 0, "max": 65535, "start": 100, "end": 700}}""");
        var (width, height, rgb) = Draw(scratch, dataset);
        Assert.That((width, height), Is.EqualTo((Size, Size)));
        byte[] expected = [.. Enumerable.Range(0, Size * Size)
            .Select(i => (byte)Math.Clamp((Value(pixels, i) - 100) / 600.0 * 255 + 0.5, 0, 255))
            .SelectMany(gray => new[] { gray, gray, gray })];
        Assert.That(rgb, Is.EqualTo(expected)
            .Using((IComparer<byte>)Comparer<byte>.Create((a, b) => Math.Abs(a - b) <= 1 ? 0 : a - b)));
    }

    [Test]
    public void ShouldDrawInTheColourOfTheChannelAndInvertWhatIsInverted()
    {
        using var scratch = new Scratch();
        var window = "\"window\": {\"min\": 0, \"max\": 65535, \"start\": 0, \"end\": 1}";
        var red = Draw(scratch, Image(scratch, Gradient(1), $$"""{"color": "FF0000", {{window}}}""", "red"));
        Assert.That(red.Rgb.Chunk(3), Has.All.EqualTo(new byte[] { 255, 0, 0 }));
        var inverted = Draw(scratch, Image(scratch, Gradient(1), $$"""{"color": "FF0000", "inverted": true, {{window}}}""", "inverted"));
        Assert.That(inverted.Rgb, Has.All.Zero);
    }

    [Test]
    public void ShouldStretchWhatHasNoWindow()
    {
        using var scratch = new Scratch();
        var dataset = Image(scratch, Gradient(), """{"color": "FFFFFF", "window": {"min": 0, "max": 65535, "start": 60000, "end": 65535}}""");
        Assert.That(Draw(scratch, dataset).Rgb, Has.All.Zero, "as the dataset asks for");
        var stretched = Draw(scratch, dataset, "--stretch").Rgb;
        Assert.That((stretched.Min(), stretched.Max()), Is.EqualTo(((byte)0, (byte)255)));
    }

    [Test]
    public void ShouldChooseThePlane()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        var pictures = new[] { "t=0", "t=1", "z=0", "c=1" }.Select(at => Draw(scratch, dataset, "--at", at).Rgb).ToArray();
        Assert.That(pictures.Select(Convert.ToHexString).Distinct().Count(), Is.EqualTo(pictures.Length));
        Assert.That(PublishedProgram.Run("preview", dataset, "-o", scratch.Path("x.png"), "--at", "t=3").ShouldEndWith(2).Error,
            Does.Contain("from 0 to 2"));
        Assert.That(PublishedProgram.Run("preview", dataset, "-o", scratch.Path("y.png"), "--at", "q=0").ShouldEndWith(2).Error,
            Does.Contain("t, c, z"));
        Assert.That(File.Exists(scratch.Path("x.png")) || File.Exists(scratch.Path("y.png")), Is.False);
    }

    [Test]
    public void ShouldBeNoLargerThanItIsAskedFor()
    {
        using var scratch = new Scratch();
        var dataset = Image(scratch, Gradient(), """{"color": "FFFFFF"}""");
        Assert.That(Draw(scratch, dataset, "--size", "16").Width, Is.EqualTo(16));
        Assert.That(Draw(scratch, dataset, "--size", "17").Width, Is.EqualTo(16), "means of whole pixels");
    }

    [Test]
    public void ShouldDrawTheWellsOfAPlateWhereTheyAre()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Plate(scratch);
        var (width, height, rgb) = Draw(scratch, dataset);
        const int tile = 24, gap = 2;
        Assert.That((width, height), Is.EqualTo((3 * (tile + gap) + gap, 2 * (tile + gap) + gap)));
        bool[] drawn = [.. Enumerable.Range(0, 6).Select(well =>
        {
            var (x, y) = (gap + well % 3 * (tile + gap), gap + well / 3 * (tile + gap));
            return Enumerable.Range(0, tile).Select(i => rgb[3 * ((y + i) * width + x + i)]).Distinct().Count() > 1;
        })];
        Assert.That(drawn, Is.EqualTo(new[] { true, false, true, true, true, false }));
        Assert.That(Draw(scratch, dataset, "--image", "B/2/1").Width, Is.EqualTo(tile));
        Assert.That(PublishedProgram.Run("preview", dataset, "-o", scratch.Path("x.png"), "--image", "C/1")
            .ShouldEndWith(2).Error,
            Does.Contain("8 images"));
    }

    [Test]
    public void ShouldTellOfChunksThatAreNotThere()
    {
        using var scratch = new Scratch();
        var dataset = Image(scratch, Gradient(), """{"color": "FFFFFF"}""");
        File.Delete(Recorded.Chunks(dataset, "0")[0]);
        Assert.That(PublishedProgram.Run("preview", dataset, "-o", scratch.Path("x.png")).ShouldEndWith(1).Error,
            Does.Contain("1 chunk"));
    }

    private static string Image(Scratch scratch, byte[] pixels, string channel, string name = "image") =>
        Recorded.Dataset(scratch, name, $$$"""
            {"dtype": "uint16", "omero": {"channels": [{{{channel}}}]},
             "dimensions": [{"name": "y", "count": {{{Size}}}}, {"name": "x", "count": {{{Size}}}}]}
            """, pixels);

    private static byte[] Gradient(int least = 0)
    {
        var pixels = new byte[Size * Size * 2];
        for (var i = 0; i < Size * Size; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(2 * i), (ushort)(i + least));
        return pixels;
    }

    private static int Value(byte[] pixels, int i) => BinaryPrimitives.ReadUInt16LittleEndian(pixels.AsSpan(2 * i));

    private static (int Width, int Height, byte[] Rgb) Draw(Scratch scratch, string dataset, params string[] options)
    {
        var file = scratch.Path("picture.png");
        PublishedProgram.Run(["preview", dataset, "-o", file, .. options]).ShouldSucceed();
        return ReadPng(File.ReadAllBytes(file));
    }

    // As far as the specification of PNG asks it of this one: colours of 8 bits, filters "none" and "up".
    private static (int, int, byte[]) ReadPng(byte[] png)
    {
        Assert.That(png[..8], Is.EqualTo(new byte[] { 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a }));
        var (width, height) = (0, 0);
        using var packed = new MemoryStream();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var type = System.Text.Encoding.ASCII.GetString(png, at + 4, 4);
            var data = png.AsSpan(at + 8, length);
            Assert.That(BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)),
                Is.EqualTo(Crc(png.AsSpan(at + 4, 4 + length))));
            if (type == "IHDR")
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
                Assert.That(data[8..].ToArray(), Is.EqualTo(new byte[] { 8, 2, 0, 0, 0 }));
            }
            else if (type == "IDAT")
                packed.Write(data);
            at += 12 + length;
        }

        packed.Position = 0;
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionMode.Decompress))
            zlib.CopyTo(rows);
        Assert.That(rows.Length, Is.EqualTo(height * (1 + 3 * width)));
        var (all, rgb) = (rows.ToArray(), new byte[3 * width * height]);
        for (var i = 0; i < rgb.Length; i++)
        {
            var (row, column) = Math.DivRem(i, 3 * width);
            var filter = all[row * (1 + 3 * width)];
            Assert.That(filter, Is.AnyOf(0, 2));
            rgb[i] = (byte)(all[row * (1 + 3 * width) + 1 + column] + (filter == 2 && row > 0 ? rgb[i - 3 * width] : 0));
        }

        return (width, height, rgb);
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : 0xedb88320 ^ (crc >> 1);
        }

        return ~crc;
    }
}
