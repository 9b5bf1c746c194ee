using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Storage.Zip;

namespace OmeZarr.Storage.Tests.Zip;

/// <summary>Zip files that lie.</summary>
internal sealed class HostileZipTests
{
    private const uint Central = 0x0201_4B50;
    private const uint End = 0x0605_4B50;
    private const uint End64 = 0x0606_4B50;

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("../zarr.json")]
    [TestCase("a/../../b")]
    [TestCase("/etc/passwd")]
    [TestCase("a\\b")]
    [TestCase("./a")]
    [TestCase("a\nb")]
    [TestCase("a\0b")]
    public void ShouldRefuseANameThatLeadsOutOfTheFile(string name) =>
        Refused(Written("zarr.json", name), "leads out of the file");

    [Test]
    public void ShouldRefuseTwoEntriesOfOneName() => Refused(Written("a", "b", "a"), "two entries of the name 'a'");

    private static IEnumerable<TestCaseData> Lies()
    {
        yield return Lie("a size that goes on into the next", "lies over what comes next", bytes => Extra(bytes, 0, 0, 40));
        yield return Lie("a size beyond the file", "lies beyond", bytes => Extra(bytes, 0, 0, long.MaxValue + 1ul));
        yield return Lie("a size that overflows", "lies beyond", bytes => Extra(bytes, 0, 0, long.MaxValue));
        yield return Lie("two sizes", "has two sizes", bytes => Extra(bytes, 0, 1, 2));
        yield return Lie("the place of another", "lies over what comes next", bytes => Extra(bytes, 1, 2, 0));
        yield return Lie("a place in the directory", "lies over what comes next",
            bytes => Extra(bytes, 2, 2, (ulong)At(bytes, Central) - 5));
        yield return Lie("encrypted", "is encrypted", bytes => bytes[At(bytes, Central) + 8] |= 1);
        yield return Lie("a name that is no UTF-8", "no UTF-8", bytes => bytes[At(bytes, Central) + 46] = 0xFF);
        yield return Lie("more entries than there are", "no room", bytes => Count(bytes, 1_000_000));
        yield return Lie("one entry more", "ends before entry 3 of 4", bytes => Count(bytes, 4));
        yield return Lie("one entry less", "more than its entries", bytes => Count(bytes, 2));
        yield return Lie("a directory that is longer", "beyond its end", bytes => Put(bytes, At(bytes, End64) + 40, 100_000));
        yield return Lie("a directory elsewhere", "is no dataset", bytes => Put(bytes, At(bytes, End64) + 48, 3));
        yield return Lie("a directory before the file", "beyond its end",
            bytes => Put(bytes, At(bytes, End64) + 48, ulong.MaxValue));
        yield return Lie("a part of several", "part of several", bytes => bytes[At(bytes, End64) + 16] = 1);
        yield return Lie("an end that is not there", "beyond the file's",
            bytes => Put(bytes, At(bytes, End) - 12, ulong.MaxValue / 2));
        yield return Lie("an end that is something else", "not where it says", bytes => Put(bytes, At(bytes, End) - 12, 0));
        yield return Lie("no end", "no zip file", bytes => bytes[At(bytes, End)] = 0);
    }

    [TestCaseSource(nameof(Lies))]
    public void ShouldRefuseAFileThatDoesNotFitItself(string message, Action<byte[]> lie)
    {
        var path = Written("a", "bb", "ccc");
        var bytes = File.ReadAllBytes(path);
        lie(bytes);
        File.WriteAllBytes(path, bytes);
        Refused(path, message);
    }

    private static IEnumerable<TestCaseData> LocalLies()
    {
        yield return new TestCaseData((Action<byte[]>)(bytes => bytes[0] = 0)).SetArgDisplayNames("no header");
        yield return new TestCaseData((Action<byte[]>)(bytes => bytes[8] = 8)).SetArgDisplayNames("compressed after all");
        // Behind the name the bytes begin.
        yield return new TestCaseData((Action<byte[]>)(bytes => bytes[26] = 200)).SetArgDisplayNames("a longer name");
        yield return new TestCaseData((Action<byte[]>)(bytes => Extra(bytes, 0, 0, 9))).SetArgDisplayNames("a few bytes more");
    }

    [TestCaseSource(nameof(LocalLies))]
    public void ShouldNotReadAnEntryWhoseOwnHeaderSaysSomethingElse(Action<byte[]> lie)
    {
        var path = Written("a", "bb");
        var bytes = File.ReadAllBytes(path);
        lie(bytes);
        File.WriteAllBytes(path, bytes);
        using var store = new ZipStore(path);
        Assert.That(() => store.Get("a"),
            Fails.With(StoreErrorKind.Io).And.Message.Contains("not where the file's directory says"));
        Assert.That(store.Get("bb"), Is.EqualTo("bb"u8.ToArray()));
    }

    [TestCase("")]
    [TestCase("PK")]
    [TestCase("{\"zarr_format\": 3}")]
    public void ShouldRefuseWhatIsNoZipFile(string text)
    {
        var path = _folder.At("text.ozx");
        File.WriteAllText(path, text);
        Refused(path, "zip file");
    }

    [Test]
    public void ShouldFindTheEndAlsoWhenTheCommentLooksLikeOne()
    {
        var path = _folder.At("comment.zip");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create, Encoding.Latin1))
        {
            using (var stream = archive.CreateEntry("a", CompressionLevel.NoCompression).Open())
                stream.WriteByte(1);
            archive.Comment = "PK\u0005\u0006" + new string('x', 300);
        }

        using var store = new ZipStore(path);
        Assert.That(store.Names, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void ShouldFailInItsOwnTermsOrReadWhateverIsChanged()
    {
        var good = File.ReadAllBytes(Written("zarr.json", "0/c/0", "0/c/1"));
        var change = Gen.Zip(Gen.Choose(0, good.Length - 1), Gen.Elements<byte>(0, 1, 2, 0x7F, 0x80, 0xFF));
        var path = _folder.At("changed.ozx");
        var refused = 0;
        Prop.ForAll(Gen.Zip(change.NonEmptyListOf(), Gen.Choose(0, good.Length)).ToArbitrary(), drawn =>
        {
            var bytes = good.ToArray();
            foreach (var (at, value) in drawn.Item1.Take(4))
                bytes[at] = value;
            File.WriteAllBytes(path, drawn.Item2 % 5 == 0 ? bytes[..drawn.Item2] : bytes);
            try
            {
                using var store = new ZipStore(path);
                foreach (var name in store.Names.Where(name => name.Split('/').All(part => StoreKey.IsPart(part))))
                    Assert.That(store.Get(name), Has.Length.LessThan(good.Length));
            }
            catch (StoreException)
            {
                refused++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Assert.That(refused, Is.GreaterThan(50), "hardly anything is refused: the test has gone blind");
    }

    private string Written(params string[] names) => ZipFiles.Write(
        _folder, [.. names.Select(name => new StoredObject(name, Encoding.UTF8.GetBytes(name)))]);

    private static void Refused(string path, string message) => Assert.That(() => new ZipStore(path),
        Fails.With(StoreErrorKind.Io).And.Message.Contains(message).And.Message.Contains(Path.GetFileName(path)));

    private static TestCaseData Lie(string name, string message, Action<byte[]> lie) =>
        new TestCaseData(message, lie).SetArgDisplayNames(name);

    // The numbers of 64 bits of an entry of the directory: its size, its stored size, its place.
    private static void Extra(byte[] bytes, int entry, int number, ulong value)
    {
        var at = At(bytes, Central);
        for (var i = 0; i < entry; i++)
            at = At(bytes, Central, at + 4);
        var extra = at + 46 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 28)) + 4;
        Put(bytes, extra + 8 * number, value);
        if (number == 0)
            Put(bytes, extra + 8, value);
    }

    private static void Count(byte[] bytes, ulong count)
    {
        Put(bytes, At(bytes, End64) + 24, count);
        Put(bytes, At(bytes, End64) + 32, count);
    }

    private static void Put(byte[] bytes, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);

    private static int At(byte[] bytes, uint signature, int from = 0)
    {
        for (var at = from; at < bytes.Length - 3; at++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) == signature)
                return at;
        }

        throw new AssertionException($"no {signature:X8}");
    }
}
