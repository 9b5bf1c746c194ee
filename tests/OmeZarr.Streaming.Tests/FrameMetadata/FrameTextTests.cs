using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Documents;
using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

public class FrameTextTests
{
    [TestCase("{}", false)]
    [TestCase(" {\"delta_t\": 1, \"timestamp_ns\": null}\n", false)]
    [TestCase("{\"nested\": {\"delta_t\": \"not ours\"}}", true)]
    [TestCase("{\"Delta_T\": \"not ours\"}", true)]
    public void ShouldTellKnownPropertiesFromFreeKeys(string json, bool hasFreeKeys)
    {
        Assert.That(Read(json, out _, out var found), Is.Null);
        Assert.That(found, Is.EqualTo(hasFreeKeys));
    }

    [Test]
    public void ShouldCountTheLastOfARepeatedProperty()
    {
        Assert.That(Read("{\"delta_t\": 1, \"delta\\u005ft\": 2}", out var properties, out _), Is.Null);
        Assert.That(properties.DeltaT, Is.EqualTo(2));
    }

    [Test]
    public void ShouldPreferWhatWasGivenBesideTheText()
    {
        var properties = default(FrameProperties);
        properties.Set(FrameProperty.DeltaT, 5);
        Assert.That(FrameTextReader.Read("{\"delta_t\": 1, \"position_z\": 2}"u8, ref properties, out _, out _), Is.Null);
        Assert.That((properties.DeltaT, properties.PositionZ), Is.EqualTo((5, 2)));
    }

    [TestCase("", "not valid JSON")]
    [TestCase("[1]", "not a JSON object")]
    [TestCase("{\"a\": \"\\ud800\"}", "surrogate")]
    [TestCase("{\"a\": 1} {", "not valid JSON")]
    public void ShouldSayWhatIsWrong(string json, string message) => Assert.That(Read(json, out _, out _), Does.Contain(message));

    [TestCase("{\"exposure_time\": 2, \"delta_t\": \"1\"}", "delta_t must be a finite number")]
    [TestCase("{\"position_y\": 1e999, \"exposure_time\": 2}", "position_y must be a finite number")]
    [TestCase("{\"timestamp_ns\": 0.5, \"position_x\": [1, {}], \"exposure_time\": 2}", "timestamp_ns must be a whole number")]
    public void ShouldLeaveOutOnlyTheValueThatIsNoNumber(string json, string message)
    {
        var properties = default(FrameProperties);
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.That(FrameTextReader.Read(bytes, ref properties, out var hasFreeKeys, out var lost), Is.Null);
        Assert.That(lost, Does.Contain(message));
        Assert.That((properties.Has, properties.ExposureTime, hasFreeKeys), Is.EqualTo((FrameProperty.ExposureTime, 2, false)));
    }

    [Test]
    public void ShouldTakeOrRefuseAnyBytesWithoutFailing() => Prop.ForAll(Hostile, bytes =>
    {
        var properties = default(FrameProperties);
        var problem = FrameTextReader.Read(bytes, ref properties, out _, out _);
        if (problem is not null)
            return;
        Assert.That(UserMetadata.Parse(bytes), Is.InstanceOf<System.Text.Json.Nodes.JsonObject>(),
            Encoding.UTF8.GetString(bytes));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Test]
    public void ShouldSayHowDeepATextMayBe()
    {
        static string Nested(int depth) =>
            string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "[]" + new string('}', depth - 1);
        Assert.That(Read(Nested(FrameTextReader.MostDepth), out _, out _), Is.Null);
        var deep = Read(Nested(FrameTextReader.MostDepth + 1), out _, out _);
        Assert.That(deep, Does.Contain("nested 33 levels deep").And.Contain("at most 32"));
        Assert.That(Read(Nested(500), out _, out _), Is.EqualTo(deep));
        Assert.That(() => UserMetadata.Parse(Encoding.UTF8.GetBytes(Nested(200))),
            Throws.InstanceOf<FormatException>().With.Message.Contains("at most 48"));
    }

    [Test]
    public void ShouldAgreeWithTheFrameworkOnWhichEscapedTextsAreTexts() => Prop.ForAll(Texts, text =>
    {
        var json = Encoding.UTF8.GetBytes($"{{\"a\": \"{text}\"}}");
        Assert.That(Read(json, out _, out _) is null, Is.EqualTo(IsText(json)), text);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Test]
    public void ShouldAllocateNothingWhateverTheText() => Prop.ForAll(Documents, document =>
    {
        var json = Encoding.UTF8.GetBytes(document);
        if (Read(json, out _, out _) is not null)
            return;
        // Once more when the runtime compiled something anew meanwhile; a text that needs memory needs it each time.
        var least = Enumerable.Range(0, 3).Min(_ => AllocatedBy(json));
        Assert.That(least, Is.Zero, document);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Test]
    public void ShouldRefuseAtTheSamePriceHoweverLongTheText()
    {
        const int mostBytes = 8 << 10;
        foreach (var end in new[] { "\\ud800\"}", "\"", "\"} {", "\", \"delta_t\": \"x\"}", $"\", \"b\": {new string('[', 40)}" })
        {
            var json = Encoding.UTF8.GetBytes($"{{\"a\": \"{new string('x', 60_000)}{end}");
            Assert.That(Read(json, out _, out _), Is.Not.Null);
            Assert.That(Enumerable.Range(0, 3).Min(_ => AllocatedBy(json)), Is.LessThan(mostBytes), end);
        }
    }

    /// <summary>Pieces of JSON in any order, now and then with a byte that has no place there.</summary>
    private static readonly Arbitrary<byte[]> Hostile = (
        from pieces in Gen.ArrayOf(Gen.Elements(
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"delta_t\"", "\"timestamp_ns\"", "1", "-0.5e3", "1e999", "null", "true",
            "\"\\u00b5\"", "\"\\ud800\"", " ", "\n", "\u00b5", "{\"a\":", "{\"delta_t\": 1}"))
        from place in Gen.Choose(0, 200)
        from value in Gen.Choose(0, 255)
        select Spoil(Encoding.UTF8.GetBytes(string.Concat(pieces)), place, (byte)value)).ToArbitrary();

    /// <summary>The inside of a JSON string with all that can be escaped.</summary>
    private static readonly Arbitrary<string> Texts =
        Gen.ArrayOf(Gen.Elements("\\ud83d", "\\ude00", "\\uD800", "\\uDFFF", "\\u0041", "\\\\", "\\\"", "\\n", "u", "d800", "x",
            "µ", "😀")).Select(string.Concat).ToArbitrary();

    /// <summary>Objects of anything, nested up to the limit and a little beyond.</summary>
    private static readonly Arbitrary<string> Documents = (
        from depth in Gen.Choose(0, FrameTextReader.MostDepth)
        from values in Gen.ArrayOf(Gen.OneOf(
            Texts.Generator.Select(text => $"\"{text}\""),
            Gen.Elements("\"C:\\\\data\\\\run 1\"", "1", "-0.5e-300", "123456789012345678901234567890", "null", "true", "[]",
                "{}", "[1, \"\\u00b5\", {\"\\u0061\": {}}]")))
        from names in Gen.ArrayOf(Gen.OneOf(
            Texts.Generator, Gen.Elements("delta_t", "delta\\u005ft", "timestamp_ns", "position_\\u0078", new string('n', 300)
                + "\\n")), values.Length)
        select Nest(string.Join(", ", values.Zip(names, (value, name) => $"\"{name}\": {value}")), depth)).ToArbitrary();

    private static string Nest(string members, int depth) =>
        string.Concat(Enumerable.Range(0, depth).Select(i => i % 2 == 0 ? "{\"deeper\": [" : "")) + $"{{{members}}}"
            + string.Concat(Enumerable.Range(0, depth).Select(i => i % 2 == 0 ? "]}" : ""));

    private static bool IsText(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json)!["a"]!.GetValue<string>() is not null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static long AllocatedBy(byte[] json)
    {
        var properties = default(FrameProperties);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = FrameTextReader.Read(json, ref properties, out _, out _);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // What is wrong with the text or with any of its values.
    private static string? Read(byte[] json, out FrameProperties properties, out bool hasFreeKeys)
    {
        properties = default;
        return FrameTextReader.Read(json, ref properties, out hasFreeKeys, out var lost) ?? lost;
    }

    private static byte[] Spoil(byte[] bytes, int place, byte value)
    {
        if (place < bytes.Length)
            bytes[place] = value;
        return bytes;
    }

    private static string? Read(string json, out FrameProperties properties, out bool hasFreeKeys)
    {
        return Read(Encoding.UTF8.GetBytes(json), out properties, out hasFreeKeys);
    }
}
