using System.Buffers.Binary;

namespace OmeZarr.Cli.Tests;

/// <summary><c>omezarr verify</c>: what is whole passes, and each kind of damage is found.</summary>
public sealed class VerifyTests
{
    // What is done to a dataset, what is found then, and whether decoding is needed to find it.
    private static IEnumerable<TestCaseData> Damages()
    {
        yield return Damage("a byte of a chunk", "chunk", needsDecoding: true, dataset => Flip(First(dataset), 3));
        yield return Damage("a byte of an index", "index", false, dataset => Flip(First(dataset), -20));
        yield return Damage("a shard that is cut", "index", false, dataset => Cut(First(dataset), 10));
        yield return Damage("a shard that is empty", "index", false, dataset =>
            Cut(First(dataset), new FileInfo(First(dataset)).Length));
        yield return Damage("a lost shard", "missing", false, dataset => File.Delete(First(dataset)));
        yield return Damage("a level of another type", "metadata", false,
            dataset => Recorded.Edit(Path.Combine(dataset, "1", "zarr.json"), "uint16", "int16"));
        yield return Damage("a level that is longer", "metadata", false, dataset => Shape(dataset, 1, "41"));
        yield return Damage("names of dimensions", "metadata", false,
            dataset => Recorded.Edit(Path.Combine(dataset, "0", "zarr.json"), "\"z\"", "\"w\""));
        yield return Damage("a document that is cut", "metadata", false, dataset =>
            Cut(Path.Combine(dataset, "0", "zarr.json"), 9));
        yield return Damage("no root", "metadata", false, dataset => File.Delete(Path.Combine(dataset, "zarr.json")));
        yield return Damage("a level without a folder", "metadata", false,
            dataset => Directory.Delete(Path.Combine(dataset, "1"), recursive: true));
    }

    [Test]
    public void ShouldFindNothingInWhatIsWhole([Values] bool plate, [Values] bool quick)
    {
        using var scratch = new Scratch();
        var dataset = plate ? Recorded.Plate(scratch) : Recorded.Stack(scratch);
        string[] command = quick ? ["verify", dataset, "--quick"] : ["verify", dataset];
        Assert.That(PublishedProgram.Run(command).ShouldSucceed().Output, Does.Contain("no problem found"));
        var json = Recorded.Json(0, command);
        Assert.That(json.GetProperty("ok").GetBoolean());
        Assert.That(json.GetProperty("findings").GetArrayLength(), Is.Zero);
        Assert.That(json.GetProperty("missing_chunks").GetInt64(), Is.Zero);
        // t, c, z/2, y/16, x/16 of both levels; a chunk for each field.
        Assert.That(json.GetProperty("chunks").GetInt64(), Is.EqualTo(plate ? 8 : 3 * 2 * 2 * (3 * 2 + 2 * 1)));
    }

    [TestCaseSource(nameof(Damages))]
    public void ShouldFind(string kind, bool needsDecoding, Action<string> damage)
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        damage(dataset);
        var json = Recorded.Json(1, "verify", dataset);
        Assert.That(Kinds(json, "error"), Does.Contain(kind));
        Assert.That(PublishedProgram.Run("verify", dataset).ShouldEndWith(1).Output, Does.Contain("error: "));
        PublishedProgram.Run("verify", dataset, "--quick").ShouldEndWith(needsDecoding ? 0 : 1);
    }

    [Test]
    public void ShouldFindChunksThatLieOverEachOtherOrOutside([Values] bool outside)
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        // An index of its own with a right checksum: the second chunk begins within the first, or beyond the file.
        var shard = First(dataset);
        var bytes = File.ReadAllBytes(shard);
        const int entry = 16, checksum = 4;
        var entries = 2 * 3;
        var index = bytes.AsSpan(bytes.Length - entries * entry - checksum);
        BinaryPrimitives.WriteUInt64LittleEndian(index[entry..], outside ? (ulong)bytes.Length : 1);
        BinaryPrimitives.WriteUInt32LittleEndian(index[^checksum..], Crc32C(index[..^checksum]));
        File.WriteAllBytes(shard, bytes);
        Assert.That(Kinds(Recorded.Json(1, "verify", dataset, "--quick"), "error"), Does.Contain("index"));
    }

    [Test]
    public void ShouldWarnOfFilesThatAreNoChunksAndOfWhatKilledWritersLeft()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        scratch.File("stack.ome.zarr/0/c/notes.txt", [1]);
        scratch.File("stack.ome.zarr/0/c/9/0/0/0/0", [1]);
        scratch.File("stack.ome.zarr/0/c/.0.partial", [1]);
        scratch.File("stack.ome.zarr/.zarr.json.1f.tmp", [1]);
        var json = Recorded.Json(0, "verify", dataset);
        Assert.That(Kinds(json, "warning"), Is.EquivalentTo(new[] { "foreign", "foreign", "leftover", "leftover" }));
    }

    [Test]
    public void ShouldWarnOfFilesThatLookLargerThanTheyAre()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        var shard = First(dataset);
        var bytes = File.ReadAllBytes(shard);
        const int indexBytes = 2 * 3 * 16 + 4;
        using (var file = File.OpenWrite(shard))
        {
            file.Position = bytes.Length + (1 << 20);
            file.Write(bytes.AsSpan(bytes.Length - indexBytes));
        }

        Assert.That(Kinds(Recorded.Json(0, "verify", dataset), "warning"), Is.EqualTo(new[] { "loose" }));
    }

    [Test]
    public void ShouldEndWithAnAnswerWhateverTheFilesHold()
    {
        using var scratch = new Scratch();
        var whole = Recorded.Stack(scratch);
        var random = new Random(11);
        for (var round = 0; round < 60; round++)
        {
            var dataset = scratch.Path($"bad{round}.ome.zarr");
            Copy(whole, dataset);
            var files = Directory.GetFiles(dataset, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
            var file = files[random.Next(files.Length)];
            var bytes = File.ReadAllBytes(file);
            for (var change = 0; change < 1 + round % 8; change++)
            {
                // Digits of documents become other digits: shapes and sizes that may be huge.
                var at = random.Next(bytes.Length);
                bytes[at] = bytes[at] is >= (byte)'0' and <= (byte)'9' ? (byte)('0' + random.Next(10)) : (byte)random.Next(256);
            }

            File.WriteAllBytes(file, round % 5 == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
            foreach (var command in new[] { "info", "verify" })
            {
                var answer = PublishedProgram.Run(command, dataset);
                Assert.That(answer.ExitCode, Is.AnyOf(0, 1, 3), $"round {round}, {file}: {answer.Error}");
                Assert.That(answer.Error, Does.Not.Contain("defect of the program"), $"round {round}, {file}");
            }

            Directory.Delete(dataset, recursive: true);
        }
    }

    private static TestCaseData Damage(string name, string kind, bool needsDecoding, Action<string> damage) =>
        new TestCaseData(kind, needsDecoding, damage).SetName($"ShouldFind({name})");

    private static string First(string dataset) => Recorded.Chunks(dataset, "0")[0];

    private static string[] Kinds(System.Text.Json.JsonElement json, string severity) =>
    [
        .. json.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("severity").GetString() == severity)
            .Select(finding => finding.GetProperty("kind").GetString()!),
    ];

    private static void Flip(string file, int at)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[at < 0 ? bytes.Length + at : at] ^= 0xff;
        File.WriteAllBytes(file, bytes);
    }

    private static void Cut(string file, long bytes)
    {
        using var open = File.OpenWrite(file);
        open.SetLength(open.Length - bytes);
    }

    private static void Shape(string dataset, int level, string length)
    {
        var file = Path.Combine(dataset, $"{level}", "zarr.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file))!;
        json["shape"]![3] = int.Parse(length, System.Globalization.CultureInfo.InvariantCulture);
        File.WriteAllText(file, json.ToJsonString());
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : 0x82f63b78 ^ (crc >> 1);
        }

        return ~crc;
    }
}
