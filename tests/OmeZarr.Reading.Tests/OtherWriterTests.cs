using OmeZarr.Reading.Arrays;
using OmeZarr.Stores;

namespace OmeZarr.Reading.Tests;

/// <summary>Arrays with any codecs, read at random.</summary>
public unsafe class OtherWriterTests
{
    [Test]
    public void ShouldReadAnyRegionOfWhatOtherWritersStore([Range(0, 19)] int part)
    {
        for (var seed = part * 40; seed < (part + 1) * 40; seed++)
        {
            var writer = new OtherWriter(seed, "a");
            var store = new MemoryStore();
            writer.WriteTo(store);
            using var dataset = Dataset.Open(store, "a", new ReadingOptions { Threads = 1 + seed % 3 });
            var array = dataset.Image(0).Level(0).Array;
            Assert.That(array.Metadata.Shape, Is.EqualTo(writer.Shape));
            var random = new Random(seed);
            for (var look = 0; look < 5; look++)
                AssertRegion(array, writer, random, $"seed {seed}: {writer}");
        }
    }

    private static void AssertRegion(ArraySource array, OtherWriter writer, Random random, string what)
    {
        var (start, count, step) = AnyRegion(writer.Shape, random);
        var region = Region.Of(writer.Shape, start, count, step);
        what = $"[{string.Join(", ", start)}] x [{string.Join(", ", count)}] step [{string.Join(", ", step)}] of {what}";
        var (strides, bytes) = AnyStrides(count, writer.ElementBytes, random);
        var found = new byte[bytes];
        ReadReport report;
        fixed (byte* first = found)
            report = array.Read(region, first, bytes, strides, timeoutMs: random.Next(2) == 0 ? -1 : 60_000);

        var touched = new HashSet<string>();
        var missing = new HashSet<string>();
        foreach (var position in OtherWriter.Cells(count))
        {
            long index = 0, place = 0;
            var chunk = new long[position.Length];
            for (var axis = 0; axis < position.Length; axis++)
            {
                var element = start[axis] + position[axis] * step[axis];
                index = index * writer.Shape[axis] + element;
                place += position[axis] * strides[axis];
                chunk[axis] = element / writer.InnermostShape[axis];
            }

            Assert.That(
                found.AsSpan((int)place, writer.ElementBytes).SequenceEqual(
                    writer.Elements.AsSpan((int)index * writer.ElementBytes, writer.ElementBytes)),
                Is.True, $"[{string.Join(", ", position)}] of {what}");
            if (touched.Add(string.Join(", ", chunk)) && !writer.IsStored(chunk))
                missing.Add(string.Join(", ", chunk));
        }

        Assert.That(report.Chunks, Is.EqualTo(touched.Count), what);
        Assert.That(report.MissingChunks, Is.EqualTo(missing.Count), what);
        Assert.That(report.Missing.Select(chunk => string.Join(", ", chunk)), Is.EquivalentTo(missing), what);
    }

    private static (long[] Start, long[] Count, long[] Step) AnyRegion(long[] shape, Random random)
    {
        var start = new long[shape.Length];
        var count = new long[shape.Length];
        var step = new long[shape.Length];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            step[axis] = random.Next(3) == 0 ? random.Next(1, 12) : 1;
            start[axis] = random.NextInt64(0, shape[axis] + 1);
            var most = (shape[axis] - start[axis] + step[axis] - 1) / step[axis];
            count[axis] = random.Next(3) == 0 ? most : random.NextInt64(0, most + 1);
            if (random.Next(3) == 0)
                (start[axis], count[axis], step[axis]) = (0, shape[axis], 1);
        }

        return (start, count, step);
    }

    // C order, or another order of the axes, with or without gaps.
    private static (long[] Strides, int Bytes) AnyStrides(long[] count, int elementBytes, Random random)
    {
        var axes = Enumerable.Range(0, count.Length).ToArray();
        if (random.Next(2) == 0)
            random.Shuffle(axes);
        var strides = new long[count.Length];
        long stride = elementBytes;
        foreach (var axis in axes.Reverse())
        {
            strides[axis] = stride;
            stride = stride * Math.Max(1, count[axis]) + (random.Next(3) == 0 ? random.Next(1, 20) : 0);
        }

        return (strides, (int)Math.Max(stride, elementBytes));
    }
}
