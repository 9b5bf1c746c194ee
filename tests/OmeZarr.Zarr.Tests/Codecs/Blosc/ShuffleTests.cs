using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Blosc;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Tests.Codecs.Blosc;

/// <summary>Every path of the shuffles gives the same bytes as the definition, and can be undone.</summary>
[TestFixture]
public sealed unsafe class ShuffleTests
{
    private static readonly Arbitrary<BloscShuffle> Shuffles = Gen.Elements(BloscShuffle.Byte, BloscShuffle.Bit).ToArbitrary();

    private static readonly Arbitrary<(int TypeSize, int Elements, int Seed)> Blocks =
        (from typeSize in Gen.OneOf(Gen.Elements(1, 2, 4, 8), Gen.Choose(1, 40))
         from eights in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(60, 200))
         from seed in Gen.Choose(0, int.MaxValue)
         select (typeSize, eights * 8, seed)).ToArbitrary();

    [Test]
    public void ShouldSortBytesIntoPlanes() => Prop.ForAll(Blocks, block =>
    {
        var (typeSize, elements, seed) = block;
        var source = ChunkSamples.Noise(elements * typeSize, seed);
        var expected = new byte[source.Length];
        for (var i = 0; i < source.Length; i++)
            expected[i % typeSize * elements + i / typeSize] = source[i];
        return Apply(BloscShuffle.Byte, typeSize, source).SequenceEqual(expected);
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldSortBitsIntoRows() => Prop.ForAll(Blocks, block =>
    {
        var (typeSize, elements, seed) = block;
        var source = ChunkSamples.Noise(elements * typeSize, seed);
        var expected = new byte[source.Length];
        for (var element = 0; element < elements; element++)
        {
            for (var bit = 0; bit < typeSize * 8; bit++)
            {
                var set = source[element * typeSize + bit / 8] >> bit % 8 & 1;
                expected[bit * (elements / 8) + element / 8] |= (byte)(set << element % 8);
            }
        }

        return Apply(BloscShuffle.Bit, typeSize, source).SequenceEqual(expected);
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldUndoEachShuffle() => Prop.ForAll(Blocks, Shuffles, (block, shuffle) =>
    {
        var source = ChunkSamples.Noise(block.Elements * block.TypeSize + block.Seed % block.TypeSize, block.Seed);
        if (!BlockFilter.Applies(shuffle, block.TypeSize, source.Length))
            return true;
        var restored = new byte[source.Length];
        BlockFilter.Unshuffle(shuffle, block.TypeSize, Apply(shuffle, block.TypeSize, source), restored);
        return restored.SequenceEqual(source);
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldGiveTheSameBytesAtEveryVectorWidth() => Prop.ForAll(Blocks, block =>
    {
        var (typeSize, elements, seed) = block;
        var source = ChunkSamples.Noise(elements * typeSize, seed);
        return BytePaths<Lanes128, Vector128<byte>>(source, elements, typeSize)
            && BytePaths<Lanes256, Vector256<byte>>(source, elements, typeSize)
            && BytePaths<Lanes512, Vector512<byte>>(source, elements, typeSize)
            && BitPaths<Lanes128, Vector128<byte>>(source)
            && BitPaths<Lanes256, Vector256<byte>>(source)
            && BitPaths<Lanes512, Vector512<byte>>(source);
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldAssembleABlockFromRunsOfElements() => Prop.ForAll(Blocks, block =>
    {
        var (typeSize, elements, seed) = block;
        var source = ChunkSamples.Noise(elements * typeSize, seed);
        var bytes = new byte[source.Length];
        var bits = new byte[source.Length];
        var random = new Random(seed);
        fixed (byte* from = source)
        fixed (byte* toBytes = bytes)
        fixed (byte* toBits = bits)
        {
            for (int first = 0, run; first < elements; first += run)
            {
                run = Math.Min(random.Next(1, 30) * 8, elements - first);
                ByteShuffle.ToPlanes(from + first * typeSize, toBytes + first, elements, run, typeSize);
                BitShuffle.ToRows(from + first * typeSize, toBits + first / 8, elements / 8, run, typeSize);
            }
        }

        return bytes.SequenceEqual(typeSize == 1 ? source : Apply(BloscShuffle.Byte, typeSize, source))
            && bits.SequenceEqual(Apply(BloscShuffle.Bit, typeSize, source));
    }).QuickCheckThrowOnFailure();

    private static byte[] Apply(BloscShuffle shuffle, int typeSize, byte[] source)
    {
        var shuffled = new byte[source.Length];
        BlockFilter.Shuffle(shuffle, typeSize, source, shuffled);
        return shuffled;
    }

    private static bool BytePaths<TLanes, TVector>(byte[] source, int elements, int typeSize)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var scalar = new byte[source.Length];
        var vector = new byte[source.Length];
        var restored = new byte[source.Length];
        fixed (byte* from = source)
        fixed (byte* expected = scalar)
        fixed (byte* to = vector)
        fixed (byte* back = restored)
        {
            byte** scalarPlanes = stackalloc byte*[typeSize], planes = stackalloc byte*[typeSize];
            for (var plane = 0; plane < typeSize; plane++)
            {
                scalarPlanes[plane] = expected + plane * elements;
                planes[plane] = to + plane * elements;
            }

            ByteShuffle.ToPlanesScalar(from, scalarPlanes, 0, 0, elements, typeSize);
            if (ByteShuffle.CanUse<TLanes, TVector>(elements, typeSize))
                ByteShuffle.RowsToPlanes<TLanes, TVector>(from, 0, 1, planes, 0, elements, typeSize);
            else
                ByteShuffle.ToPlanesScalar(from, planes, 0, 0, elements, typeSize);
            var done = ByteShuffle.FromPlanes<TLanes, TVector>(to, back, elements, elements, typeSize);
            ByteShuffle.FromPlanesScalar(to, back, elements, done, elements, typeSize);
        }

        return vector.SequenceEqual(scalar) && restored.SequenceEqual(source);
    }

    private static bool BitPaths<TLanes, TVector>(byte[] source)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var scalar = new byte[source.Length];
        var vector = new byte[source.Length];
        var restored = new byte[source.Length];
        var stride = source.Length / 8;
        fixed (byte* from = source)
        fixed (byte* expected = scalar)
        fixed (byte* to = vector)
        fixed (byte* back = restored)
        {
            BitTranspose.ToRowsScalar(from, expected, stride, 0, source.Length);
            var done = BitTranspose.ToRows<TLanes, TVector>(from, to, stride, source.Length);
            BitTranspose.ToRowsScalar(from, to, stride, done, source.Length);
            done = BitTranspose.FromRows<TLanes, TVector>(to, back, stride, source.Length);
            BitTranspose.FromRowsScalar(to, back, stride, done, source.Length);
        }

        return vector.SequenceEqual(scalar) && restored.SequenceEqual(source);
    }
}
