using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Reading.Tests;

/// <summary>Datasets that are damaged, or made to do harm: an error with words, or pixels, and nothing else.</summary>
public unsafe class HostileTests
{
    private const long MostBufferBytes = 8 << 20;
    private const long MostIndexBytes = 1 << 20;

    // What documents, indexes and chunks take on the managed heap, with all that reading them makes.
    private const long MostHeapBytes = 256 << 20;

    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "2", "3", "7", "1000000", "2147483647", "2147483648", "4294967296", "1099511627776",
        "9223372036854775807", "9223372036854775808", "1e999", "0.5", "null", "true", "\"x\"", "[]", "{}", "[1,2,3]",
    ];

    [Test]
    public void ShouldRefuseWhatIsDamagedInWordsAndWithinItsMemory([Range(0, 19)] int part)
    {
        var refused = 0;
        for (var seed = part * 100; seed < (part + 1) * 100; seed++)
        {
            var random = new Random(seed);
            var store = new MemoryStore();
            new OtherWriter(seed).WriteTo(store);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                Damage(store, random);
            var before = GC.GetTotalAllocatedBytes();
            try
            {
                ReadAll(store, random);
            }
            catch (Exception e) when (e is ReadingException or StoreException)
            {
                Assert.That(e.Message, Has.Length.InRange(10, 2000), $"seed {seed}");
                Assert.That((e as ReadingException)?.Kind, Is.Not.EqualTo(ReadingErrorKind.GivenUp), $"seed {seed}: {e.Message}");
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }

            Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(MostHeapBytes), $"seed {seed}");
        }

        Assert.That(refused, Is.GreaterThan(10), "hardly anything is damaged: the test has gone blind");
    }

    [TestCase("""{"zarr_format":3,"node_type":"group","attributes":{"ome":{"version":"0.6","multiscales":[]}}}""", "0.6")]
    [TestCase("""{"zarr_format":3,"node_type":"group","attributes":{"ome":{"version":"0.5","multiscales":[]}}}""", "multiscales")]
    [TestCase("""{"zarr_format":3,"node_type":"group","attributes":{}}""", "ome")]
    [TestCase("""{"zarr_format":2}""", "zarr_format")]
    [TestCase("[", "JSON")]
    [TestCase("""{"zarr_format":3,"node_type":"group","attributes":{"ome":{"plate":{"rows":3}}}}""", "ome.plate.rows")]
    public void ShouldNameWhatItCannotRead(string document, string named) =>
        Assert.That(Refusal(document).Message, Does.Contain(named));

    [TestCase("codecs", """[{"name":"bytes","configuration":{"endian":"little"}},{"name":"lzma"}]""", "lzma")]
    [TestCase("codecs", """[{"name":"vlen-utf8"}]""", "vlen-utf8")]
    [TestCase("data_type", "\"string\"", "string")]
    [TestCase("data_type", """{"name":"numpy.datetime64","configuration":{"unit":"s"}}""", "numpy.datetime64")]
    [TestCase("chunk_grid", """{"name":"rectangular","configuration":{}}""", "rectangular")]
    [TestCase("chunk_key_encoding", """{"name":"suffix"}""", "suffix")]
    [TestCase("storage_transformers", """[{"name":"mirror"}]""", "mirror")]
    [TestCase("fill_value", "-1", "fill_value")]
    [TestCase("chunk_grid", """{"name":"regular","configuration":{"chunk_shape":[100000,100000]}}""", "20000000000")]
    [TestCase("shape", "[9223372036854775807,9223372036854775807]", "large")]
    [TestCase("colour", "\"red\"", "colour")]
    public void ShouldNameThePartOfZarrThatItDoesNotKnow(string member, string value, string named)
    {
        var array = JsonNode.Parse("""
            {
              "zarr_format": 3, "node_type": "array", "shape": [4, 4], "data_type": "uint16", "fill_value": 0,
              "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 2]}},
              "chunk_key_encoding": {"name": "default"},
              "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]
            }
            """)!;
        array[member] = JsonNode.Parse(value);
        Assert.That(Refusal(array.ToJsonString()).Message, Does.Contain(named));
    }

    private static ReadingException Refusal(string document)
    {
        var store = new MemoryStore();
        Put(store, "zarr.json", Encoding.UTF8.GetBytes(document));
        var refusal = Assert.Throws<ReadingException>(() => Dataset.Open(store).Image(0))!;
        Assert.That(refusal.Kind, Is.EqualTo(ReadingErrorKind.Format));
        return refusal;
    }

    private static void ReadAll(MemoryStore store, Random random)
    {
        const long mostBytes = 1 << 20;
        var options = new ReadingOptions { Threads = 2, BufferBytes = MostBufferBytes, IndexBytes = MostIndexBytes };
        using var dataset = Dataset.Open(store, "", options);
        var array = dataset.Image(0).Level(0).Array;
        var shape = array.Metadata.Shape;
        // Parts of an array that claims to be large; all of a small one.
        for (var look = 0; look < 3; look++)
        {
            var start = shape.Select(length => length > 64 ? random.NextInt64(length - 4) : 0).ToArray();
            var count = shape.Select(length => length > 64 ? 4 : length).ToArray();
            var region = Region.Of(shape.AsSpan(), start, count);
            if (region.Elements > mostBytes / array.Metadata.Type.Size)
                return;
            var bytes = new byte[region.Elements * array.Metadata.Type.Size];
            fixed (byte* first = bytes)
                array.Read(region, first, bytes.Length, [], timeoutMs: 60_000);
        }
    }

    private static void Damage(MemoryStore store, Random random)
    {
        var key = random.Next(3) == 0 ? "zarr.json" : store.Keys[random.Next(store.Keys.Count)];
        var value = store.Get(key)!;
        Put(store, key, key == "zarr.json" && random.Next(4) > 0 ? DamageText(value, random) : DamageBytes(value, random));
    }

    /// <summary>Another number or value in place of one, so that most documents stay JSON.</summary>
    private static byte[] DamageText(byte[] value, Random random)
    {
        var text = Encoding.UTF8.GetString(value);
        var places = Enumerable.Range(0, text.Length)
            .Where(at => at > 0 && char.IsAsciiDigit(text[at]) && !char.IsAsciiLetterOrDigit(text[at - 1]))
            .ToArray();
        if (places.Length == 0)
            return DamageBytes(value, random);
        var first = places[random.Next(places.Length)];
        var end = first;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            end++;
        var isText = text[first - 1] == '"';
        return Encoding.UTF8.GetBytes(
            text[..(isText ? first - 1 : first)] + Numbers[random.Next(Numbers.Length)]
            + text[Math.Min(text.Length, isText ? end + 1 : end)..]);
    }

    private static byte[] DamageBytes(byte[] value, Random random)
    {
        var changed = (byte[])value.Clone();
        switch (random.Next(4))
        {
            case 0:
                return changed[..random.Next(changed.Length + 1)];
            case 1:
                return [.. changed, .. new byte[random.Next(100)]];
            case 2 when changed.Length >= 8:
                // A number of an index, or of a header.
                var number = BitConverter.GetBytes(random.NextInt64(-100, 1L << random.Next(1, 63)));
                number.CopyTo(changed, random.Next(changed.Length / 8) * 8);
                return changed;
            default:
                for (var flips = random.Next(1, 5); flips > 0 && changed.Length > 0; flips--)
                    changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                return changed;
        }
    }

    private static void Put(MemoryStore store, string key, byte[] value)
    {
        fixed (byte* first = value)
            store.Put(key, [new MemoryRange((nint)first, value.Length)], durable: false);
    }
}
