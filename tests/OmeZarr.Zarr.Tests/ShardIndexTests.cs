using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Tests;

[TestFixture]
public sealed class ShardIndexTests
{
    [Test]
    public void ShouldHaveTheSizeOfTheSpecificationsExample() =>
        Assert.That(ShardIndex.SizeInBytes(4), Is.EqualTo(16 * 4 + 4));

    [Test]
    public void ShouldLayOutPairsOfLittleEndianNumbersAndAChecksum()
    {
        var bytes = new byte[ShardIndex.SizeInBytes(2)];
        ShardIndex.Encode([0x0102, 0x0304, ShardIndex.Empty, ShardIndex.Empty], bytes);
        Assert.That(bytes[..8], Is.EqualTo(new byte[] { 2, 1, 0, 0, 0, 0, 0, 0 }));
        Assert.That(bytes[8..16], Is.EqualTo(new byte[] { 4, 3, 0, 0, 0, 0, 0, 0 }));
        Assert.That(bytes[16..32], Is.All.EqualTo((byte)0xFF));
        Assert.That(BitConverter.ToUInt32(bytes, 32), Is.EqualTo(Crc32C.Compute(bytes.AsSpan(0, 32))));
    }

    [Test]
    public void ShouldGiveBackEveryIndexItEncoded() =>
        Prop.ForAll(
            (from chunks in Gen.Choose(1, 300)
             from entries in Gen.ArrayOf(ArbMap.Default.GeneratorFor<ulong>(), chunks * ShardIndex.NumbersPerChunk)
             select entries).ToArbitrary(),
            entries =>
            {
                var bytes = new byte[ShardIndex.SizeInBytes(entries.Length / ShardIndex.NumbersPerChunk)];
                ShardIndex.Encode(entries, bytes);
                var decoded = new ulong[entries.Length];
                ShardIndex.Decode(bytes, decoded);
                return decoded.SequenceEqual(entries);
            }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldRefuseADamagedIndex()
    {
        var bytes = new byte[ShardIndex.SizeInBytes(3)];
        ShardIndex.Encode([1, 2, 3, 4, 5, 6], bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 4;
            Assert.That(() => ShardIndex.Decode(bytes, new ulong[6]), Throws.TypeOf<ZarrFormatException>());
            bytes[i] ^= 4;
        }
    }

    [Test]
    public void ShouldLocateStoredChunksAndKnowTheOthers()
    {
        ulong[] entries = [0, 10, ShardIndex.Empty, ShardIndex.Empty, 10, 90];
        Assert.That(ShardIndex.Locate(entries, 0, 100), Is.EqualTo((0L, 10L)));
        Assert.That(ShardIndex.Locate(entries, 1, 100), Is.Null);
        Assert.That(ShardIndex.Locate(entries, 2, 100), Is.EqualTo((10L, 90L)));
    }

    [TestCase(91ul, 10ul)]
    [TestCase(101ul, 0ul)]
    [TestCase(ulong.MaxValue - 4, 10ul)]
    [TestCase(10ul, ulong.MaxValue - 4)]
    [TestCase(ulong.MaxValue, 10ul)]
    [TestCase(10ul, ulong.MaxValue)]
    public void ShouldRefuseChunksOutsideTheShard(ulong offset, ulong length) =>
        Assert.That(() => ShardIndex.Locate([offset, length], 0, 100), Throws.TypeOf<ZarrFormatException>());

    [Test]
    public void ShouldRefuseSizesThatDoNotFit()
    {
        Assert.That(() => ShardIndex.SizeInBytes(0), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => ShardIndex.SizeInBytes(1L << 28), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => ShardIndex.Encode([1, 2, 3], new byte[100]), Throws.ArgumentException);
        Assert.That(() => ShardIndex.Encode([1, 2], new byte[21]), Throws.ArgumentException);
    }
}
