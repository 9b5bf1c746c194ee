using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Serving.Http;

namespace OmeZarr.Serving.Tests;

/// <summary>Ranges mean what RFC 9110 says.</summary>
public class ByteRangeTests
{
    private static readonly Gen<string> Numbers = Gen.OneOf(
        Gen.Choose(0, 12)
            .Select(number => $"{number}"), Gen.Elements("", "9223372036854775807", "9223372036854775808", "99999999999999999999",
            "-1", " 1", "1 ", "x", "0x1", "+1", "1.0"));

    [Test]
    public void ShouldBeWhatANaiveReadingSaysOrNoRangeAtAll() => Prop.ForAll(
        Numbers.SelectMany(first => Numbers.SelectMany(last => Gen.Choose(0, 10).Select(size => (first, last, size))))
            .ToArbitrary(),
        given =>
        {
            var (first, last, size) = given;
            var range = ByteRange.Parse($"bytes={first}-{last}");
            var expected = Naive(first.TrimStart(), last.TrimEnd(), size, out var isValid);
            Assert.That(range is not null, Is.EqualTo(isValid), $"bytes={first}-{last}");
            if (range is { } one)
                Assert.That(one.Within(size), Is.EqualTo(expected), $"bytes={first}-{last} of {size}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("bytes")]
    [TestCase("bytes=")]
    [TestCase("bytes=1")]
    [TestCase("items=1-2")]
    [TestCase("bytes=1-2,4-5")]
    [TestCase("bytes=--1")]
    public void ShouldBeNoneWhereNoneIsUnderstood(string? header) => Assert.That(ByteRange.Parse(header), Is.Null);

    private static (long, long)? Naive(string first, string last, int size, out bool isValid)
    {
        isValid = (first.Length > 0 || last.Length > 0) && $"{first}{last}".All(char.IsAsciiDigit);
        if (!isValid)
            return null;
        var bytes = Enumerable.Range(0, size).Select(i => (System.Numerics.BigInteger)i);
        var (from, to) = (Number(first), Number(last));
        if (first.Length > 0 && last.Length > 0 && to < from && to < long.MaxValue)
        {
            isValid = false;
            return null;
        }

        long[] kept =
            [.. (first.Length == 0 ? bytes.Where(i => i >= size - to)
            : bytes.Where(i => i >= from && (last.Length == 0 || i <= to)))
            .Select(i => (long)i)];
        return kept.Length == 0 ? null : (kept[0], kept.Length);
    }

    private static System.Numerics.BigInteger Number(string text) =>
        text.Length == 0 ? 0 : System.Numerics.BigInteger.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
