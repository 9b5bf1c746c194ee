using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Streaming.PixelFormats;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Tests.Codecs;

namespace OmeZarr.Streaming.Tests.PixelFormats;

/// <summary>Every path of unpacking gives the same numbers as the definition, and reads nothing behind a row.</summary>
public sealed unsafe class UnpackKernelTests
{
    private static readonly Arbitrary<Run> MonoRuns = Runs(
        [.. global::OmeZarr.Acquisition.Settings.PixelFormats.Unpacked.Where(format => format.IsPacked())]);

    private static readonly Arbitrary<Run> ColorRuns = Runs(
        [.. global::OmeZarr.Acquisition.Settings.PixelFormats.Unpacked.Where(format => format.Colors() is not null)]);

    [Test]
    public void ShouldUnpackPackedPixelsAtAnyVectorWidth() => Prop.ForAll(MonoRuns, run =>
    {
        using var row = new GuardedMemory(run.Row());
        var expected = Enumerable.Range(run.First, run.Count)
            .Select(pixel => (ushort)NaivePixels.At(run.Format, run.Row(), pixel, 0)).ToArray();
        var whole = new ushort[run.Count];
        var scalar = new ushort[run.Count];
        fixed (byte* first = row.Span)
        fixed (ushort* toWhole = whole, toScalar = scalar)
        {
            PackedMono.Unpack(run.Format, first, row.Span.Length, run.First, run.Count, toWhole);
            PackedMono.UnpackScalar(run.Format, first, run.First, run.Count, toScalar);
        }

        return whole.SequenceEqual(expected)
            && scalar.SequenceEqual(expected)
            && (run.First % 4 != 0
                || (Vectors<TwoGroups, Vector256<byte>>(run, expected) && Vectors<OneGroup, Vector128<byte>>(run, expected)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Test]
    public void ShouldTakeColoursApartAtAnyVectorWidth() => Prop.ForAll(ColorRuns, run =>
    {
        var layout = run.Format.Colors()!.Value;
        var size = layout.PartBytes;
        var pixels = run.Row().AsSpan(run.First * layout.PixelBytes, run.Count * layout.PixelBytes).ToArray();
        using var memory = new GuardedMemory(pixels);
        fixed (byte* first = memory.Span)
        {
            for (var plane = 0; plane < run.Format.Planes(); plane++)
            {
                var part = layout.PartOf(plane);
                var expected = Enumerable.Range(0, run.Count)
                    .SelectMany(pixel => BitConverter.GetBytes(NaivePixels.At(run.Format, pixels, pixel, plane))[..size])
                    .ToArray();
                var taken = new byte[run.Count * size];
                var scalar = new byte[run.Count * size];
                var narrow = new byte[run.Count * size];
                fixed (byte* toTaken = taken, toScalar = scalar, toNarrow = narrow)
                {
                    InterleavedColors.Take(first, layout, part, run.Count, toTaken);
                    InterleavedColors.TakeScalar(first, layout, part, run.Count, toScalar);
                    var done = InterleavedColors.Take<OneGroup, Vector128<byte>>(first, layout, part, run.Count, toNarrow);
                    InterleavedColors.TakeScalar(
                        first + done * layout.PixelBytes, layout, part, run.Count - done, toNarrow + done * size);
                }

                Assert.That(taken, Is.EqualTo(expected));
                Assert.That(scalar, Is.EqualTo(expected));
                Assert.That(narrow, Is.EqualTo(expected));
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Test]
    public void ShouldLeaveOnlyALineEndToThePortablePath()
    {
        const int Pixels = 256;
        using var row = new GuardedMemory(Pixels * 3 / 2);
        var target = stackalloc ushort[Pixels];
        fixed (byte* first = row.Span)
        {
            var done = PackedMono.Unpack<TwoGroups, Vector256<byte>>(PixelFormat.Mono12p, first, row.Span.Length, 0, Pixels,
                target);
            Assert.That(done, Is.EqualTo(Pixels - 16), "the last 16 pixels cannot be loaded by whole vectors");
        }
    }

    private static bool Vectors<TLanes, TVector>(Run run, ushort[] expected)
        where TLanes : struct, IPixelLanes<TVector>
        where TVector : struct
    {
        using var row = new GuardedMemory(run.Row());
        var target = new ushort[run.Count];
        fixed (byte* first = row.Span)
        fixed (ushort* to = target)
        {
            var done = PackedMono.Unpack<TLanes, TVector>(run.Format, first, row.Span.Length, run.First, run.Count, to);
            return done <= run.Count && target.AsSpan(0, done).SequenceEqual(expected.AsSpan(0, done));
        }
    }

    private static Arbitrary<Run> Runs(params PixelFormat[] formats) => (
        from format in Gen.Elements(formats)
        from before in Gen.Choose(0, 70)
        from count in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, 200))
        from after in Gen.Choose(0, 40)
        from seed in Gen.Choose(0, int.MaxValue)
        select new Run(format, before, count, after, seed)).ToArbitrary();

    /// <summary>Some pixels within a row of noise.</summary>
    internal sealed record Run(PixelFormat Format, int First, int Count, int After, int Seed)
    {
        public byte[] Row()
        {
            var type = Format.StoredAs() ?? DataType.UInt8;
            var row = new byte[Format.RowBytes(type, First + Count + After)];
            new Random(Seed).NextBytes(row);
            return row;
        }
    }
}
