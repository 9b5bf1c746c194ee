using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Zarr.Tests;

[TestFixture]
public sealed class Crc32CTests
{
    /// <summary>The examples of RFC 3720, B.4, and the check value of the CRC catalogues.</summary>
    private static IEnumerable<TestCaseData> KnownAnswers()
    {
        yield return new TestCaseData(Array.Empty<byte>(), 0x00000000u).SetArgDisplayNames("nothing");
        yield return new TestCaseData(Encoding.ASCII.GetBytes("123456789"), 0xE3069283u).SetArgDisplayNames("123456789");
        yield return new TestCaseData(new byte[32], 0x8A9136AAu).SetArgDisplayNames("32 zeros");
        yield return new TestCaseData(Enumerable.Repeat((byte)0xFF, 32).ToArray(), 0x62A8AB43u).SetArgDisplayNames("32 ones");
        yield return new TestCaseData(Ascending(), 0x46DD794Eu).SetArgDisplayNames("ascending");
        yield return new TestCaseData(Ascending().Reverse().ToArray(), 0x113FDB5Cu).SetArgDisplayNames("descending");

        static byte[] Ascending() => [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    }

    [TestCaseSource(nameof(KnownAnswers))]
    public void ShouldGiveThePublishedAnswers(byte[] data, uint expected) =>
        Assert.That(Crc32C.Compute(data), Is.EqualTo(expected));

    [Test]
    public void ShouldAgreeWithTheDefinitionAtEverySizeAroundItsLanes() =>
        Prop.ForAll(
            Gen.OneOf(Gen.Choose(0, 100), Gen.Choose(3060, 3090), Gen.Choose(6130, 6160), Gen.Choose(0, 20_000)).ToArbitrary(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            Gen.Choose(0, 7).ToArbitrary(),
            (size, seed, misalignment) =>
            {
                var data = new byte[size + misalignment];
                new Random(seed).NextBytes(data);
                return Crc32C.Compute(data.AsSpan(misalignment)) == BitByBit(data.AsSpan(misalignment));
            }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldStoreLittleEndian()
    {
        var stored = new byte[4];
        var data = Encoding.ASCII.GetBytes("123456789");
        Crc32C.Write(data, stored);
        Assert.That(stored, Is.EqualTo(new byte[] { 0x83, 0x92, 0x06, 0xE3 }));
        Assert.That(Crc32C.Matches(data, stored), Is.True);
        stored[2] ^= 1;
        Assert.That(Crc32C.Matches(data, stored), Is.False);
    }

    private static uint BitByBit(ReadOnlySpan<byte> data)
    {
        const uint ReversedPolynomial = 0x82F63B78;
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ ReversedPolynomial : crc >> 1;
        }

        return ~crc;
    }
}
