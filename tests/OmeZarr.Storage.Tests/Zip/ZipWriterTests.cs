using System.IO.Compression;
using System.Text;
using OmeZarr.Storage.Zip;

namespace OmeZarr.Storage.Tests.Zip;

/// <summary>What is written, read by the system's library; and what that writes, read here.</summary>
internal sealed class ZipWriterTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void ShouldBeReadByTheSystemsLibrary()
    {
        var random = new Random(3);
        StoredObject[] objects =
        [
            .. new[] { 0, 1, 7, 8, 9, 4095, 1 << 20, (1 << 20) + 1, 3_000_001 }.Select(size =>
            {
                var bytes = new byte[size];
                random.NextBytes(bytes);
                return new StoredObject($"µ/{size}", bytes);
            }),
        ];
        using var archive = ZipFile.OpenRead(ZipFiles.Write(_folder, objects));
        Assert.That(archive.Comment, Is.EqualTo(ZipFiles.Comment));
        Assert.That(archive.Entries.Select(entry => entry.FullName), Is.EqualTo(objects.Select(one => one.Key)));
        foreach (var (entry, one) in archive.Entries.Zip(objects))
        {
            Assert.That(entry.CompressedLength, Is.EqualTo(one.Value.Length));
            using var content = new MemoryStream();
            using (var stream = entry.Open())
                stream.CopyTo(content);
            Assert.That(content.ToArray().AsSpan().SequenceEqual(one.Value.Span), Is.True, entry.FullName);
            Assert.That(Crc32.Append(0, one.Value.Span), Is.EqualTo(entry.Crc32), entry.FullName);
        }
    }

    [Test]
    public void ShouldHaveTheKnownChecksumHoweverTheBytesAreCut()
    {
        var bytes = Encoding.ASCII.GetBytes("123456789");
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.That(Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)), Is.EqualTo(0xCBF4_3926u));
    }

    [Test]
    public void ShouldGiveTheSameBytesForTheSameFiles()
    {
        StoredObject[] objects = [new("zarr.json", "{}"u8.ToArray()), new("c/0", new byte[100])];
        var (first, second) = (ZipFiles.Write(_folder, objects), ZipFiles.Write(_folder, objects));
        Assert.That(File.ReadAllBytes(first), Is.EqualTo(File.ReadAllBytes(second)));
    }

    [Test]
    public void ShouldReadWhatTheSystemsLibraryStoresAndNameWhatItCompresses()
    {
        var path = _folder.At("other.zip");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Put(archive.CreateEntry("folder/"), []);
            Put(archive.CreateEntry("zarr.json", CompressionLevel.NoCompression), "{}"u8);
            Put(archive.CreateEntry("c/0", CompressionLevel.Optimal), new byte[5000]);
            Put(archive.CreateEntry("__MACOSX/._zarr.json", CompressionLevel.NoCompression), "x"u8);
        }

        using var store = new ZipStore(path);
        Assert.That(store.Get("zarr.json"), Is.EqualTo("{}"u8.ToArray()));
        Assert.That(store.Get("folder"), Is.Null);
        Assert.That(store.SizeOf("c/0"), Is.EqualTo(5000));
        Assert.That(() => store.Get("c/0"), Fails.With(StoreErrorKind.Io).And.Message.Contains("compressed"));
        Assert.That(store.List("", default).Select(entry => entry.Name),
            Is.EquivalentTo(new[] { "zarr.json", "c", "__MACOSX" }));
    }

    private static void Put(ZipArchiveEntry entry, ReadOnlySpan<byte> bytes)
    {
        using var stream = entry.Open();
        stream.Write(bytes);
    }
}
