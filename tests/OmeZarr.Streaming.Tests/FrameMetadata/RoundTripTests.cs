using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

public class RoundTripTests
{
    private static readonly string[] Texts =
        ["{}", "{\"delta_t\": 7.5}", "{\"exposure_time\": null, \"note\": 1}", "{\"a\": \"\\u00b5\", \"timestamp_ns\": -5}", "{\"position_x\": 1e3, \"k\": {\"n\": [1, {}]}}"];

    private static readonly Arbitrary<(Acquisition Acquisition, int Seed, bool Named)> Described = (
        from acquisition in Acquisition.Any.Generator
        from seed in Gen.Choose(0, int.MaxValue)
        from named in Gen.Elements(true, false)
        select (acquisition, seed, named)).ToArbitrary();

    [Test]
    public void ShouldStoreWhatCameWithEachFrameAtItsNumberWhateverTheLayoutAndOrder() => Prop.ForAll(Described, described =>
    {
        var (acquisition, seed, named) = described;
        if (named)
        {
            acquisition.Settings["pipeline"]!["producers"] = 2;
            acquisition.Settings["pipeline"]!["ring_frames"] = acquisition.Comes.Length + 8;
        }

        using var recording = new Recording(acquisition.Plan);
        var random = new Random(seed);
        var expected = new (FrameProperties Properties, string? Json)[acquisition.Comes.Length];
        foreach (var frame in Order(acquisition, random, named))
        {
            if (!acquisition.Comes[frame])
            {
                Assert.That(recording.Session.Skip(1).Status, Is.EqualTo(AppendStatus.Ok));
                continue;
            }

            expected[frame] = Random(random);
            var outcome = recording.Append(frame, named, expected[frame].Properties, expected[frame].Json);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            if (random.Next(8) == 0)
                Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        }

        recording.Finish();
        var resolved = expected.Select(given => Resolve(given.Properties, given.Json)).ToArray();
        AssertColumns(recording, resolved);
        AssertAttributes(recording, resolved);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    // Frames that carry their number come in any order, and those that do not come are not mentioned.
    private static int[] Order(Acquisition acquisition, Random random, bool named)
    {
        var frames = Enumerable.Range(0, acquisition.Comes.Length).ToArray();
        if (!named)
            return frames;
        var coming = frames.Where(frame => acquisition.Comes[frame]).ToArray();
        random.Shuffle(coming);
        return coming;
    }

    private static (FrameProperties, string?) Random(Random random)
    {
        var properties = default(FrameProperties);
        foreach (var (property, _) in FramePropertyNames.Numbers)
        {
            if (random.Next(3) == 0)
                properties.Set(property, random.NextDouble() * 1000 - 500);
        }

        if (random.Next(3) == 0)
        {
            properties.Has |= FrameProperty.Timestamp;
            properties.TimestampNs = random.NextInt64();
        }

        var json = random.Next(3) switch
        {
            0 => Texts[random.Next(Texts.Length)],
            1 when random.Next(4) == 0 => $"{{\"long\": \"{new string('x', random.Next(65_000))}\"}}",
            _ => null,
        };
        return (properties, json);
    }

    /// <summary>What of it counts: properties of the JSON where none are given beside it, and JSON that has more than properties.</summary>
    private static (FrameProperties Properties, string? Json) Resolve(FrameProperties properties, string? json)
    {
        if (json is null)
            return (properties, null);
        var members = JsonNode.Parse(json)!.AsObject();
        var known = FramePropertyNames.Numbers.Select(number => number.Name).Append(FramePropertyNames.Timestamp).ToArray();
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            if (members[name] is { } value && !properties.Knows(property))
                properties.Set(property, (double)value);
        }

        if (members[FramePropertyNames.Timestamp] is { } timestamp && !properties.Knows(FrameProperty.Timestamp))
        {
            properties.Has |= FrameProperty.Timestamp;
            properties.TimestampNs = (long)timestamp;
        }

        return (properties, members.Any(member => !known.Contains(member.Key)) ? json : null);
    }

    private static bool IsKnown((FrameProperties Properties, string? Json) frame) => frame.Properties.Has != FrameProperty.None || frame.Json is not null;

    private static void AssertColumns(Recording recording, (FrameProperties Properties, string? Json)[] expected)
    {
        var stored = new StoredFrames(recording.Get);
        Assert.That(stored.Has(FrameTableLayout.Image), Is.EqualTo(expected.Any(IsKnown)));
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            var numbers = expected.Select(frame => frame.Properties.Knows(property) ? frame.Properties.Number(property) : double.NaN).ToArray();
            AssertColumn(stored, name, numbers, double.NaN, expected.Any(frame => frame.Properties.Knows(property)));
        }

        var timestamps = expected.Select(frame => frame.Properties.Knows(FrameProperty.Timestamp) ? frame.Properties.TimestampNs : long.MinValue).ToArray();
        AssertColumn(stored, FramePropertyNames.Timestamp, timestamps, long.MinValue, timestamps.Any(timestamp => timestamp != long.MinValue));
        if (expected.Any(frame => frame.Json is not null))
            Assert.That(stored.Texts().Where(text => text is not null), Is.EqualTo(expected.Select(frame => frame.Json).Where(text => text is not null)));
        Assert.That(stored.Has(FrameTableLayout.Json), Is.EqualTo(expected.Any(frame => frame.Json is not null)));

        var index = new long[recording.Plan.Router.FrameAxes];
        var images = stored.Column<int>(FrameTableLayout.Image);
        var places = stored.Column<long>(FrameTableLayout.StorageIndex);
        for (var frame = 0; frame < images.Length; frame++)
        {
            var isKnown = frame < expected.Length && IsKnown(expected[frame]);
            Assert.That(images[frame], Is.EqualTo(isKnown ? recording.Plan.Router.Locate(frame, index) : -1));
            if (index.Length > 0 && isKnown)
                Assert.That(places.AsSpan(frame * index.Length, index.Length).ToArray(), Is.EqualTo(index));
        }
    }

    private static void AssertColumn<T>(StoredFrames stored, string name, T[] expected, T unknown, bool isThere)
        where T : unmanaged
    {
        Assert.That(stored.Has(name), Is.EqualTo(isThere), name);
        if (!isThere)
            return;
        // An unbounded acquisition ends with the last frame that came, a bounded one where it was to end.
        var column = stored.Column<T>(name);
        var end = Math.Min(column.Length, expected.Length);
        Assert.That(column[..end], Is.EqualTo(expected[..end]), name);
        Assert.That(column[end..].Concat(expected[end..]), Is.All.EqualTo(unknown), name);
    }

    private static void AssertAttributes(Recording recording, (FrameProperties Properties, string? Json)[] expected)
    {
        var stored = new StoredFrames(recording.Get);
        var index = new long[recording.Plan.Router.FrameAxes];
        for (var image = 0; image < recording.Plan.Images.Length; image++)
        {
            var listed = new JsonArray();
            for (var frame = 0; frame < expected.Length; frame++)
            {
                if (IsKnown(expected[frame]) && recording.Plan.Router.Locate(frame, index) == image)
                    listed.Add(Listed(expected[frame], index));
            }

            var found = stored.Listed(recording.Plan.Images[image]);
            Assert.That(Canonical(found ?? []), Is.EqualTo(Canonical(listed)));
        }
    }

    private static JsonObject Listed((FrameProperties Properties, string? Json) frame, long[] index)
    {
        var listed = frame.Json is null ? [] : JsonNode.Parse(frame.Json)!.AsObject();
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            if (frame.Properties.Knows(property))
                listed[name] = frame.Properties.Number(property);
        }

        if (frame.Properties.Knows(FrameProperty.Timestamp))
            listed["timestamp_ns"] = frame.Properties.TimestampNs;
        listed["storage_index"] = new JsonArray([.. index.Select(i => (JsonNode)i)]);
        return listed;
    }

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Canonical(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Canonical)) + "]",
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number =>
            double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        _ => node?.ToJsonString() ?? "null",
    };
}
