using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Storage.Tests;

internal sealed class StoreKeyTests
{
    public static IEnumerable<TestCaseData> Refused()
    {
        string[] keys =
        [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "a/./b", ".hidden", "a/.b", "a\\b", "C:/a", "c:a",
            "a\nb", "a\0", "a\u0085b", "a\u007F", "nul", "NUL.txt", "a/COM1", "lpt9.x", "con", "aux", "com\u00B2", "CONIN$",
            "nul .txt", "a.", "a ", "a. /b", "a?b", "a*b", "a|b", "a<b", "a>b", "a\"b", "lone\uD800", "\uDC00x",
        ];
        foreach (var key in keys)
            yield return new TestCaseData(key).SetArgDisplayNames(Escaped(key));
        yield return new TestCaseData(new string('x', StoreKey.MaxSegmentBytes + 1)).SetArgDisplayNames("a long part");
        yield return new TestCaseData(new string('\u00E9', StoreKey.MaxSegmentBytes / 2 + 1))
            .SetArgDisplayNames("a part long in bytes");
        yield return new TestCaseData(string.Join('/', Enumerable.Repeat("abcdefghi", 100))).SetArgDisplayNames("a long key");
    }

    [TestCase("zarr.json")]
    [TestCase("0/c/1/0/0")]
    [TestCase("A/1/field 2/0/zarr.json")]
    [TestCase("Position (3) – Süd, 20 %")]
    [TestCase("COM10")]
    [TestCase("console/nullable/com")]
    [TestCase("a..b/c.d")]
    [TestCase("\U0001F52C")]
    public void ShouldAllowWhatEveryFileSystemCanHold(string key) => Assert.That(() => StoreKey.Validate(key), Throws.Nothing);

    [TestCaseSource(nameof(Refused))]
    public void ShouldRefuseWhatCouldLeaveTheRootOrCannotGoEverywhere(string key) =>
        Assert.That(() => StoreKey.Validate(key), Fails.With(StoreErrorKind.InvalidKey));

    [Test]
    public void ShouldNeverPutControlCharactersOrEndlessTextIntoItsMessage()
    {
        var error = Assert.Throws<StoreException>(() => StoreKey.Validate("a\u001B[31m\n" + new string('x', 100_000)))!;
        Assert.That(error.Message, Has.Length.LessThan(400));
        Assert.That(error.Message.Any(char.IsControl), Is.False);
    }

    [Test]
    public void ShouldKeepEveryAllowedKeyBelowTheRoot()
    {
        // Whatever text: either it is refused, or its path lies below the root and names exactly one object.
        Prop.ForAll<string>(ArbMap.Default.ArbFor<string>(), key =>
        {
            try
            {
                StoreKey.Validate(key ?? "");
            }
            catch (StoreException e)
            {
                return e.Kind == StoreErrorKind.InvalidKey;
            }

            var root = Path.GetFullPath("/data/root");
            var path = Path.GetFullPath(Path.Join(root, key));
            return path == Path.Join(root, key) && path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
    }

    private static string Escaped(string key) =>
        "'" + string.Concat(key.Select(c => c is >= ' ' and < '\u007F' ? c.ToString() : $"u{(int)c:X4}")) + "'";
}
