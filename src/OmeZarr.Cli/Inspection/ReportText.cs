using System.Collections.Immutable;
using System.Globalization;
using OmeZarr.Cli.Terminal;
using OmeZarr.Reading;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Cli.Inspection;

/// <summary>Parts of a report in words.</summary>
internal static class ReportText
{
    /// <summary>What the dataset is: a line.</summary>
    public static string Kind(DatasetReport report)
    {
        var images = Quantity.Count(report.Images.Length, "image");
        var kind = report.Kind switch
        {
            DatasetKind.Array => "a Zarr array without OME-Zarr metadata",
            DatasetKind.Image => "an image",
            DatasetKind.Collection => $"a collection of {images}",
            _ => $"a plate{(report.Plate?.Name is { } name ? $" \"{Printable.Text(name, 40)}\"" : "")} of {report.Plate!.Rows} x "
                + $"{report.Plate.Columns}, {Quantity.Count(report.Plate.Wells, "well")} with {images}",
        };
        return report.Version is { } version ? $"{kind}, OME-Zarr {version}" : kind;
    }

    /// <summary>How the acquisition went, as its writer tells: some lines; none for other writers.</summary>
    public static IEnumerable<string> Outcome(OwnRecord? own)
    {
        if (own is null)
            yield break;
        var frames = Number(own, "frames_appended") is { } taken ? $"{Quantity.Count(taken, "frame")} taken" : "";
        if (Number(own, "frames_stored") is { } stored)
            frames += $", {stored:N0} stored";
        yield return own.IsComplete switch
        {
            true when own.MissingFrames.Length > 0 => $"complete: {frames}; some were left out, as the camera's software said",
            true => $"complete: {frames}",
            false => $"not complete: {frames}{HowItEnded(own)}",
            null => "its writer does not say whether it is complete",
        };
        if (own.MissingFrames.Length > 0)
            yield return $"missing frames: {Runs(own.MissingFrames)}";
    }

    /// <summary>The axes with their lengths and sizes of a step: a line.</summary>
    public static string Axes(DatasetImage image)
    {
        var level = image.Levels[0];
        return string.Join("  ", image.Axes.Select((axis, i) =>
        {
            var scale = level.Scale[i];
            var unit = axis.Unit is { } name ? $" {ShortUnit(name)}" : "";
            var step = scale == 1 && axis.Unit is null ? ""
                : $" ({scale.ToString("G6", CultureInfo.InvariantCulture)}{unit})";
            return $"{Printable.Text(axis.Name, 40)} {level.Array.Metadata.Shape[i]}{step}";
        }));
    }

    /// <summary>The channels with colours and windows; null when there are none.</summary>
    public static string? Channels(DatasetImage image) => image.Channels.Length == 0 ? null
        : string.Join(", ", image.Channels.Take(16).Select(channel =>
            $"{Printable.Text(channel.Label ?? "unnamed", 40)}"
                + (channel.Color is { } color ? $" #{Printable.Text(color, 8)}" : "")
                + (channel.Window is { } window ? $" {Show(window.Start)} to {Show(window.End)}" : "")
                + (channel.IsActive ? "" : " (off)")))
            + (image.Channels.Length > 16 ? $", … ({image.Channels.Length})" : "");

    /// <summary>Codecs in the order of encoding, those of a shard's chunks.</summary>
    public static string Codecs(StoredArray array)
    {
        var chunk = array.Chunk.Innermost;
        string[] names =
            [.. chunk.IsBigEndian ? ["big-endian"] : Array.Empty<string>(), .. chunk.Codecs.Select(codec => codec.Name())];
        return names.Length == 0 ? "none" : string.Join(" ", names);
    }

    public static string Shape(IEnumerable<long> shape) => string.Join(" x ", shape);

    private static string HowItEnded(OwnRecord own)
    {
        var ended = Text(own, "ended") switch
        {
            null => "; it is being written, or its writer was killed",
            "finalized" => "; finalized before all frames had come",
            "aborted" => "; aborted",
            "failed" => $"; failed: {Text(own, "error")}",
            "host_error" => $"; ended early: {Text(own, "reason")}",
            var other => $"; {other}",
        };
        return Printable.Text(ended, 300);
    }

    private static string Runs(ImmutableArray<(long First, long Count)> runs)
    {
        const int most = 12;
        var shown = runs.Take(most)
            .Select(run => run.Count == 1 ? $"{run.First}" : $"{run.First} to {run.First + run.Count - 1}");
        return string.Join(", ", shown) + (runs.Length > most ? $", … ({runs.Length} runs)" : "");
    }

    private static long? Number(OwnRecord own, string name) =>
        own.Json[name] is System.Text.Json.Nodes.JsonValue value && value.TryGetValue(out long number) ? number : null;

    private static string? Text(OwnRecord own, string name) =>
        own.Json[name] is System.Text.Json.Nodes.JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Show(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string ShortUnit(string unit) => unit switch
    {
        "micrometer" => "µm",
        "nanometer" => "nm",
        "millimeter" => "mm",
        "second" => "s",
        "millisecond" => "ms",
        "minute" => "min",
        _ => Printable.Text(unit, 20),
    };
}
