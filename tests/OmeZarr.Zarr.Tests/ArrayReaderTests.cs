using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Tests;

[TestFixture]
public sealed class ArrayReaderTests
{
    private static readonly Arbitrary<SampleArray> Arrays =
        (from rank in Gen.Choose(1, 4)
         from shape in Gen.ArrayOf(Gen.Choose(1, 12), rank)
         from chunks in Gen.ArrayOf(Gen.Choose(1, 5), rank)
         from shards in Gen.OneOf(Gen.Constant(Array.Empty<int>()), Gen.ArrayOf(Gen.Choose(1, 3), rank))
         from type in Gen.Elements(Enum.GetValues<DataType>())
         from compression in Gen.Elements<Compression>(
             new Compression.None(),
             new Compression.Zstd(1, false),
             new Compression.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Byte, 0))
         from checksum in Gen.Elements(true, false)
         from location in Gen.Elements(Enum.GetValues<ShardIndexLocation>())
         from seed in Gen.Choose(0, int.MaxValue)
         select new SampleArray(
             new ArrayMetadata
             {
                 DataType = type,
                 ChunkShape = [.. chunks],
                 ShardShapeInChunks = shards.Length == 0 ? default : [.. shards],
                 ShardIndexLocation = location,
                 Compression = compression,
                 Checksum = checksum,
                 FillValue = new FillValue(7),
             },
             [.. shape.Select(n => (long)n)],
             seed)).ToArbitrary();

    [Test]
    public void ShouldReadTheWholeArrayBackWithFillValuesWhereChunksAreMissing() =>
        Prop.ForAll(Arrays, array =>
        {
            using var reader = ArrayReader.Open(array.Get, "a/b");
            return reader.ReadAll().SequenceEqual(array.Expected);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldReadAnyRegion() =>
        Prop.ForAll(Arrays, Gen.Choose(0, int.MaxValue).ToArbitrary(), (array, seed) =>
        {
            var random = new Random(seed);
            var origin = array.Shape.Select(n => random.NextInt64(n)).ToArray();
            var size = array.Shape.Select((n, axis) => random.NextInt64(n - origin[axis] + 1)).ToArray();
            using var reader = ArrayReader.Open(array.Get, "a/b");
            var region = new byte[ChunkGrid.Elements(size) * reader.Metadata.DataType.Size()];
            reader.Read(origin, size, region);
            return region.SequenceEqual(array.ExpectedRegion(origin, size));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldOnlyEverFailWithAFormatExceptionWhenObjectsAreDamaged() =>
        Prop.ForAll(Arrays, Gen.Choose(0, int.MaxValue).ToArbitrary(), (array, seed) =>
        {
            using var reader = ArrayReader.Open(array.Get, "a/b");
            array.Damage(new Random(seed));
            try
            {
                return reader.ReadAll().Length == array.Expected.Length;
            }
            catch (ZarrFormatException)
            {
                return true;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Test]
    public void ShouldNameTheObjectThatIsDamaged()
    {
        var metadata = new ArrayMetadata { DataType = DataType.UInt8, ChunkShape = [4] };
        using var reader = ArrayReader.Open(key => key == "zarr.json" ? metadata.Encode([8]) : new byte[3], "");
        Assert.That(() => reader.ReadAll(), Throws.TypeOf<ZarrFormatException>().With.Message.Contains("c/0"));
    }

    [Test]
    public void ShouldRefuseRegionsOutsideTheArrayAndWrongDestinations()
    {
        var metadata = new ArrayMetadata { DataType = DataType.UInt16, ChunkShape = [4, 4] };
        using var reader = ArrayReader.Open(key => key == "zarr.json" ? metadata.Encode([8, 8]) : null, "");
        Assert.That(() => reader.Read([0, 5], [1, 4], new byte[8]), Throws.ArgumentException);
        Assert.That(() => reader.Read([-1, 0], [1, 1], new byte[2]), Throws.ArgumentException);
        Assert.That(() => reader.Read([0], [1], new byte[2]), Throws.ArgumentException);
        Assert.That(() => reader.Read([0, 0], [1, 1], new byte[3]), Throws.ArgumentException);
        Assert.That(() => reader.Read([long.MaxValue, 0], [long.MaxValue, 1], new byte[2]), Throws.ArgumentException);
    }

    [Test]
    public void ShouldSayWhenThereIsNoArray() =>
        Assert.That(
            () => ArrayReader.Open(_ => null, "img/0"),
            Throws.TypeOf<ZarrFormatException>().With.Message.Contains("img/0/zarr.json"));
}
