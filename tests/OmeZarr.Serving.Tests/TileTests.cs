using System.Globalization;
using System.Runtime.InteropServices;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Serving.Routes;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Serving.Tests;

/// <summary>The page is given the pixels that are stored.</summary>
public class TileTests
{
    [Test]
    public void ShouldBeThePixelsOfAnyRectangleOfAnyLevel()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        using var dataset = Dataset.Open(store);
        var random = new Random(2);
        for (var i = 0; i < 200; i++)
        {
            var number = random.Next(2);
            var level = dataset.Image(0).Level(number).Array;
            var shape = level.Metadata.Shape;
            long[] start = [.. shape.Select(length => random.NextInt64(length))];
            var step = random.Next(1, 4);
            long[] count = [1, 1, (shape[2] - start[2] - 1) / step + 1, (shape[3] - start[3] - 1) / step + 1];
            var expected = new byte[2 * count[2] * count[3]];
            level.Read(Region.Of(shape.AsSpan(), start, count, [1, 1, step, step]), expected);
            var answer = served.Get(string.Create(CultureInfo.InvariantCulture,
                $"-/tile?image=0&level={number}&at={start[0]},{start[1]}&y={start[2]}&x={start[3]}")
                + string.Create(CultureInfo.InvariantCulture, $"&h={count[2]}&w={count[3]}&step={step}"));
            Assert.That(Served.BytesOf(answer), Is.EqualTo(expected));
            Assert.That(answer.Headers.GetValues("Omezarr-Type"), Is.EqualTo(["uint16"]));
            Assert.That(answer.Headers.GetValues("Omezarr-Missing-Chunks"), Is.EqualTo(["0"]));
        }

        served.ShouldBeWell();
    }

    [Test]
    public void ShouldTellWhatIsMissing()
    {
        using var store = Written.InMemory(Written.Settings.Replace("\"count\": null", "\"count\": 50", StringComparison.Ordinal)
            .Replace("\"root_path\"", "\"early_end\": \"keep\", \"root_path\"", StringComparison.Ordinal), frames: 2);
        using var served = Served.From(store);
        var there = served.Get("-/tile?image=0&level=0&at=0,0&h=60&w=50");
        var absent = served.Get("-/tile?image=0&level=0&at=49,1&h=60&w=50");
        Assert.That(there.Headers.GetValues("Omezarr-Missing-Chunks").Single(), Is.EqualTo("0"));
        Assert.That(absent.Headers.GetValues("Omezarr-Missing-Chunks").Single(),
            Is.EqualTo(absent.Headers.GetValues("Omezarr-Chunks").Single()).And.Not.EqualTo("0"));
    }

    [TestCase("image=0&level=0&at=0,0&h=61&w=50", 400)]
    [TestCase("image=0&level=0&at=0,0&y=-1&h=1&w=1", 400)]
    [TestCase("image=0&level=0&at=0&h=1&w=1", 400)]
    [TestCase("image=0&level=0&at=0,0,0&h=1&w=1", 400)]
    [TestCase("image=0&level=0&at=x,y&h=1&w=1", 400)]
    [TestCase("image=0&level=0&at=0,0&h=262144&w=262144", 400)]
    [TestCase("image=0&level=0&at=9223372036854775807,0&y=9223372036854775807&h=1&w=1&step=2147483647", 400)]
    [TestCase("image=0&level=0&at=0,0&h=1&w=1&step=99999999999999999999", 400)]
    [TestCase("image=7&level=0&at=0,0&h=1&w=1", 404)]
    [TestCase("image=0&level=9&at=0,0&h=1&w=1", 404)]
    public void ShouldRefuseWhatIsNotThere(string query, int status)
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        Assert.That((int)served.Get($"-/tile?{query}").StatusCode, Is.EqualTo(status));
        served.ShouldBeWell();
    }

    [Test]
    public void ShouldTurnEveryTypeIntoOneThatAPageCanDraw()
    {
        foreach (var type in ElementType.All.Where(type => type.Kind != ElementKind.Complex))
        {
            var numbers = Numbers(type);
            var memory = new byte[numbers.Length * TilePixels.MostBytes];
            for (var i = 0; i < numbers.Length; i++)
                Write(memory.AsSpan(i * type.Size, type.Size), numbers[i], type);
            var form = TilePixels.FormOf(type);
            var converted = TilePixels.Convert(memory, numbers.Length, type);
            double[] found = form switch
            {
                "uint8" => [.. converted.ToArray().Select(value => (double)value)],
                "uint16" => [.. MemoryMarshal.Cast<byte, ushort>(converted).ToArray().Select(value => (double)value)],
                _ => [.. MemoryMarshal.Cast<byte, float>(converted).ToArray().Select(value => (double)value)],
            };
            Assert.That(found, Is.EqualTo(numbers.Select(number => (double)(float)number)), type.Name);
        }

        Assert.That(ElementType.All.Where(type => TilePixels.FormOf(type) is null).Select(type => type.Name),
            Is.EqualTo(["complex64", "complex128"]));
    }

    [Test]
    public void ShouldDescribeTheDatasetAndItsState()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var dataset = served.Json("-/dataset");
        Assert.That((string?)dataset["name"], Is.EqualTo("data.ome.zarr"));
        Assert.That((bool)dataset["live"]!, Is.False);
        var image = served.Json("-/image?image=0");
        Assert.That(image["axes"]!.AsArray().Select(axis => (string)axis!["name"]!), Is.EqualTo(["t", "c", "y", "x"]));
        Assert.That(image["levels"]!.AsArray(), Has.Count.EqualTo(2));
        var state = served.Json("-/state?image=0");
        Assert.That(state["shape"]!.AsArray().Select(length => (long)length!), Is.EqualTo([3, 2, 60, 50]));
        Assert.That((bool)state["complete"]!, Is.True);
        Assert.That((long)state["record"]!["frames_stored"]!, Is.EqualTo(6));
    }

    [Test]
    public void ShouldServeAPageThatNeedsNothingElse()
    {
        using var store = Written.InMemory();
        using var served = Served.From(store);
        var page = served.Get("");
        var html = System.Text.Encoding.UTF8.GetString(Served.BytesOf(page));
        Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'self'"));
        var parts = System.Text.RegularExpressions.Regex.Matches(html, "(?:src|href)=\"(-/[^\"]+)\"")
            .Select(match => match.Groups[1].Value).ToList();
        Assert.That(parts, Has.Count.GreaterThanOrEqualTo(2));
        for (var i = 0; i < parts.Count; i++)
        {
            var text = System.Text.Encoding.UTF8.GetString(Served.BytesOf(served.Get(parts[i])));
            Assert.That(text, Does.Not.Match("https?://"), parts[i]);
            parts.AddRange(System.Text.RegularExpressions.Regex.Matches(text, "from \"\\./([^\"]+)\"")
                .Select(match => $"-/{match.Groups[1].Value}")
                .Except(parts).ToArray());
        }

        Assert.That(html, Does.Not.Match("https?://"));
    }

    private static double[] Numbers(ElementType type) => (type.Kind, type.Size) switch
    {
        (ElementKind.Boolean, _) => [0, 1, 1],
        (ElementKind.Unsigned, 1) => [0, 1, 255],
        (ElementKind.Unsigned, _) => [0, 1, 65535, 300],
        (ElementKind.Signed, 1) => [0, -1, 127, -128],
        (ElementKind.Signed, _) => [0, -1, 32767, -32768],
        _ => [0, -1.5, 0.25, double.PositiveInfinity],
    };

    private static void Write(Span<byte> to, double number, ElementType type)
    {
        switch (type.Kind, type.Size)
        {
            case (ElementKind.Float, 2):
                System.Buffers.Binary.BinaryPrimitives.WriteHalfLittleEndian(to, (Half)number);
                break;
            case (ElementKind.Float, 4):
                System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(to, (float)number);
                break;
            case (ElementKind.Float, _):
                System.Buffers.Binary.BinaryPrimitives.WriteDoubleLittleEndian(to, number);
                break;
            default:
                for (var i = 0; i < to.Length; i++)
                    to[i] = (byte)((long)number >> (8 * i));
                break;
        }
    }
}
