using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Documents;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

/// <summary>Holds what a reader sees of a camera's frames against what came with them.</summary>
internal static class ExpectedFrames
{
    /// <param name="get">The objects of the dataset.</param>
    /// <param name="plan">The camera.</param>
    /// <param name="given">What came with each of its frames, by number.</param>
    /// <param name="jsonBytes">JSON of all cameras' frames, in bytes; null: the camera is the only one.</param>
    public static void AssertStored(Func<string, byte[]?> get, CameraPlan plan, IEnumerable<DescribedFrame> given,
        long? jsonBytes = null)
    {
        var stored = new StoredFrames(get, FrameTableLayout.PathOf(plan));
        DescribedFrame[] expected = [.. given.Select(frame => frame.Resolved())];
        AssertColumns(stored, plan, expected);
        AssertAttributes(stored, plan, expected, isListed: (jsonBytes ?? JsonBytes(expected)) <= FrameEntry.MostListedJsonBytes);
    }

    /// <summary>JSON that is kept of frames, in bytes.</summary>
    public static long JsonBytes(IEnumerable<DescribedFrame> given) =>
        given.Sum(frame => (long)Encoding.UTF8.GetByteCount(frame.Resolved().Json ?? ""));

    /// <summary>The arrays over the frames' numbers.</summary>
    private static void AssertColumns(StoredFrames stored, CameraPlan plan, DescribedFrame[] expected)
    {
        Assert.That(stored.Has(FrameTableLayout.Image), Is.EqualTo(expected.Any(frame => frame.IsKnown)));
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            var numbers = expected.Select(frame =>
                frame.Properties.Knows(property) ? frame.Properties.Number(property) : double.NaN).ToArray();
            AssertColumn(stored, name, numbers, double.NaN, expected.Any(frame => frame.Properties.Knows(property)));
        }

        var timestamps = expected.Select(frame =>
            frame.Properties.Knows(FrameProperty.Timestamp) ? frame.Properties.TimestampNs : long.MinValue).ToArray();
        AssertColumn(stored, FramePropertyNames.Timestamp, timestamps, long.MinValue,
            timestamps.Any(timestamp => timestamp != long.MinValue));
        if (expected.Any(frame => frame.Json is not null))
            Assert.That(stored.Texts().Where(text => text is not null),
                Is.EqualTo(expected.Select(frame => frame.Json).Where(text => text is not null)));
        Assert.That(stored.Has(FrameTableLayout.Json), Is.EqualTo(expected.Any(frame => frame.Json is not null)));

        var index = new long[plan.Router.FrameAxes];
        var images = stored.Column<int>(FrameTableLayout.Image);
        var places = stored.Column<long>(FrameTableLayout.StorageIndex);
        for (var frame = 0; frame < images.Length; frame++)
        {
            var isKnown = frame < expected.Length && expected[frame].IsKnown;
            Assert.That(images[frame], Is.EqualTo(isKnown ? plan.FirstImage + plan.Router.Locate(frame, index) : -1));
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

    /// <summary>The lists in the attributes of the images; none when there is too much JSON.</summary>
    private static void AssertAttributes(StoredFrames stored, CameraPlan plan, DescribedFrame[] expected, bool isListed)
    {
        var index = new long[plan.Router.FrameAxes];
        for (var image = 0; image < plan.Images.Length; image++)
        {
            var listed = new JsonArray();
            for (var frame = 0; frame < expected.Length; frame++)
            {
                if (isListed && expected[frame].IsKnown && plan.Router.Locate(frame, index) == image)
                    listed.Add(expected[frame].Listed(index));
            }

            var found = stored.Listed(plan.Images[image]);
            Assert.That(Canonical(found ?? []), Is.EqualTo(Canonical(listed)));
        }
    }

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => $"{member.Key}:{Canonical(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Canonical)) + "]",
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number =>
            double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        _ => node?.ToJsonString() ?? "null",
    };
}
