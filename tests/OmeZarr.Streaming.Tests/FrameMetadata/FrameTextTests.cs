using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
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
        Assert.That(FrameTextReader.Read("{\"delta_t\": 1, \"position_z\": 2}"u8, ref properties, out _), Is.Null);
        Assert.That((properties.DeltaT, properties.PositionZ), Is.EqualTo((5, 2)));
    }

    [TestCase("", "not valid JSON")]
    [TestCase("[1]", "not a JSON object")]
    [TestCase("{\"delta_t\": \"1\"}", "delta_t must be a finite number")]
    [TestCase("{\"position_y\": 1e999}", "position_y must be a finite number")]
    [TestCase("{\"timestamp_ns\": 0.5}", "timestamp_ns must be a whole number")]
    [TestCase("{\"a\": \"\\ud800\"}", "surrogate")]
    [TestCase("{\"a\": 1} {", "not valid JSON")]
    public void ShouldSayWhatIsWrong(string json, string message) => Assert.That(Read(json, out _, out _), Does.Contain(message));

    [Test]
    public void ShouldTakeOrRefuseAnyBytesWithoutFailing() => Prop.ForAll(Hostile, bytes =>
    {
        var properties = default(FrameProperties);
        var problem = FrameTextReader.Read(bytes, ref properties, out _);
        if (problem is not null)
            return;
        Assert.That(UserMetadata.Parse(bytes), Is.InstanceOf<System.Text.Json.Nodes.JsonObject>(), Encoding.UTF8.GetString(bytes));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Test]
    public void ShouldAllocateNothingForATextWithoutEscapes()
    {
        var json = "{\"delta_t\": 1.25, \"note\": \"µ\", \"list\": [1, 2, {\"a\": null}], \"timestamp_ns\": 12}"u8.ToArray();
        var properties = default(FrameProperties);
        Assert.That(FrameTextReader.Read(json, ref properties, out _), Is.Null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            FrameTextReader.Read(json, ref properties, out _);
        // Less than a byte a round: the runtime allocates a little when it compiles anew.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
    }

    /// <summary>Pieces of JSON in any order, now and then with a byte that has no place there.</summary>
    private static readonly Arbitrary<byte[]> Hostile = (
        from pieces in Gen.ArrayOf(Gen.Elements(
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"delta_t\"", "\"timestamp_ns\"", "1", "-0.5e3", "1e999", "null", "true", "\"\\u00b5\"", "\"\\ud800\"", " ", "\n", "\u00b5", "{\"a\":", "{\"delta_t\": 1}"))
        from place in Gen.Choose(0, 200)
        from value in Gen.Choose(0, 255)
        select Spoil(Encoding.UTF8.GetBytes(string.Concat(pieces)), place, (byte)value)).ToArbitrary();

    private static byte[] Spoil(byte[] bytes, int place, byte value)
    {
        if (place < bytes.Length)
            bytes[place] = value;
        return bytes;
    }

    private static string? Read(string json, out FrameProperties properties, out bool hasFreeKeys)
    {
        properties = default;
        return FrameTextReader.Read(Encoding.UTF8.GetBytes(json), ref properties, out hasFreeKeys);
    }
}
