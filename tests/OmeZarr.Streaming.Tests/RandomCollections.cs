using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Streaming.Tests;

/// <summary>Acquisitions of several images: positions, plates, and dimensions that an image has no axis for.</summary>
public static class RandomCollections
{
    /// <summary>
    /// Random acquisitions with dimensions that select the image anywhere in their order; unbounded ones end anywhere.
    /// </summary>
    public static Arbitrary<Acquisition> Any { get; } = (
        from one in Acquisition.Any.Generator
        from positions in Gen.Choose(1, 4)
        from lags in Gen.Choose(0, 2)
        from place in Gen.Choose(0, 5)
        from lagsPlace in Gen.Choose(0, 5)
        from isPlate in Gen.Elements(true, false)
        from seen in Gen.Choose(1, 10)
        select Several(one, positions, lags, place, lagsPlace, isPlate, seen)).ToArbitrary();

    private static Acquisition Several(Acquisition one, int positions, int lags, int place, int lagsPlace, bool isPlate, int seen)
    {
        var settings = one.Settings.DeepClone().AsObject();
        var dimensions = settings["dimensions"]!.AsArray();
        var grows = dimensions[0]!["count"] is null;
        Insert(place, new JsonObject { ["name"] = "p", ["coords"] = Positions(positions) });
        if (lags > 0)
            Insert(lagsPlace, new JsonObject { ["name"] = "lag", ["type"] = "time", ["count"] = lags });
        if (isPlate)
            settings["plate"] = new JsonObject { ["row_names"] = new JsonArray("A", "B"), ["column_names"] = new JsonArray("1") };
        var comes = Enumerable.Repeat(one.Comes, positions * Math.Max(1, lags)).SelectMany(frames => frames).ToArray();
        return new Acquisition { Settings = settings, Comes = grows ? comes[..Math.Min(comes.Length, seen)] : comes };

        // An unbounded dimension stays the first, and the frame's own two the last.
        void Insert(int at, JsonObject dimension) =>
            dimensions.Insert(Math.Clamp(at, grows ? 1 : 0, dimensions.Count - 2), dimension);
    }

    private static JsonArray Positions(int count) => new([.. Enumerable.Range(0, count).Select(i => new JsonObject
    {
        ["name"] = $"f{i}",
        ["plate_row"] = i % 2 == 0 ? "B" : "A",
        ["plate_column"] = "1",
    })]);
}
