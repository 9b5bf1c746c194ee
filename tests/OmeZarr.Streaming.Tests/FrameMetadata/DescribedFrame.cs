using System.Text.Json.Nodes;
using OmeZarr.Documents;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

/// <summary>What comes with a frame, or what of it counts.</summary>
internal readonly record struct DescribedFrame(FrameProperties Properties, string? Json)
{
    private static readonly string[] Texts =
        ["{}", "{\"delta_t\": 7.5}", "{\"exposure_time\": null, \"note\": 1}", "{\"a\": \"\\u00b5\", \"timestamp_ns\": -5}",
            "{\"position_x\": 1e3, \"k\": {\"n\": [1, {}]}}"];

    public bool IsKnown => Properties.Has != FrameProperty.None || Json is not null;

    /// <summary>Any properties, as members or in JSON, and sometimes none.</summary>
    public static DescribedFrame Any(Random random)
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
        return new DescribedFrame(properties, json);
    }

    /// <summary>
    /// What of it counts: properties of the JSON where none are given beside it, and JSON that has more than properties.
    /// </summary>
    public DescribedFrame Resolved()
    {
        if (Json is null)
            return this;
        var properties = Properties;
        var members = JsonNode.Parse(Json)!.AsObject();
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

        return new DescribedFrame(properties, members.Any(member => !known.Contains(member.Key)) ? Json : null);
    }

    /// <summary>As the attributes of its image list it.</summary>
    public JsonObject Listed(long[] index)
    {
        var listed = Json is null ? [] : JsonNode.Parse(Json)!.AsObject();
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            if (Properties.Knows(property))
                listed[name] = Properties.Number(property);
        }

        if (Properties.Knows(FrameProperty.Timestamp))
            listed[FramePropertyNames.Timestamp] = Properties.TimestampNs;
        listed["storage_index"] = new JsonArray([.. index.Select(i => (JsonNode)i)]);
        return listed;
    }
}
