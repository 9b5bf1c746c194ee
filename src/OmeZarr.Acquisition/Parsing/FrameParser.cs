using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>frame</c> and holds it against the dtype and the dimensions.</summary>
internal static class FrameParser
{
    public static FrameSettings Parse(SettingsObject json, DataType type, ImmutableArray<DimensionSettings> dimensions)
    {
        if (json.Object("frame") is not { } frame)
            return new FrameSettings(PixelFormat.Plain, 0, null);
        var settings = new FrameSettings(
            FormatOf(frame, type),
            frame.Whole("row_stride", 0, SettingsObject.LargestExactInteger) ?? 0,
            frame.Whole("slot_bytes", 1, SettingsObject.LargestExactInteger))
        {
            KeepsAlpha = frame.Choice("alpha", ("keep", true), ("drop", false)) ?? true,
        };
        settings = settings with { SignificantBits = BitsOf(frame, settings.PixelFormat, type) };
        CheckChannels(frame, settings, dimensions);
        if (dimensions.Length >= 2 && dimensions[^1].Count is { } width && dimensions[^2].Count is { } height)
            CheckSizes(frame, settings, type, width, height);
        return settings;
    }

    private static PixelFormat FormatOf(SettingsObject frame, DataType type)
    {
        if (frame.Text("pixel_format") is not { } name || name == type.Name())
            return PixelFormat.Plain;
        foreach (var format in PixelFormats.Unpacked)
        {
            if (format.Name(type) != name)
                continue;
            if (format.StoredAs() is { } stored && stored != type)
                frame.Problems.Add(frame.PathOf("pixel_format"),
                    $"\"{name}\" is stored as \"{stored.Name()}\", which must be the dtype");
            return format;
        }

        var names = PixelFormats.Unpacked.Select(format => format.Name(type)).ToArray();
        frame.Report("pixel_format", $"the dtype (\"{type.Name()}\"), or {SettingsObject.OneOf(names)}");
        return PixelFormat.Plain;
    }

    private static int? BitsOf(SettingsObject frame, PixelFormat format, DataType type)
    {
        if (!frame.TryGet("significant_bits", out _))
            return null;
        if (type is DataType.Float32 or DataType.Float64)
        {
            frame.Problems.Add(frame.PathOf("significant_bits"), "is for whole numbers, and the dtype is not");
            return null;
        }

        return (int?)frame.Whole("significant_bits", 1, format.SignificantBits() ?? type.Bits());
    }

    /// <summary>Channels that come in the same frame are its fastest dimension.</summary>
    private static void CheckChannels(SettingsObject frame, FrameSettings settings, ImmutableArray<DimensionSettings> dimensions)
    {
        var planes = settings.Planes;
        if (planes == 1
            || (dimensions.Length >= 3 && dimensions[^3].Type == DimensionType.Channel && dimensions[^3].Count == planes))
            return;
        frame.Problems.Add(
            frame.PathOf("pixel_format"),
            $"its {planes} colours need a dimension of type channel with count {planes} directly before the frame's own two");
    }

    private static void CheckSizes(SettingsObject frame, FrameSettings settings, DataType type, long width, long height)
    {
        var row = settings.PixelFormat.RowBytes(type, width);
        var stride = settings.RowStride == 0 ? row : settings.RowStride;
        if (stride < row)
        {
            frame.Report("row_stride",
                $"at least {ProblemList.Show(row)}, the bytes of a row of {ProblemList.Show(width)} pixels, or 0");
            return;
        }

        var bytes = (UInt128)stride * (UInt128)(height - 1) + (UInt128)row;
        if ((UInt128)stride * (UInt128)height > long.MaxValue)
            frame.Problems.Add(frame.Path,
                $"{ProblemList.Show(height)} rows of {ProblemList.Show(stride)} bytes are more than 2^63 - 1 bytes");
        else if (settings.SlotBytes is { } slot && (UInt128)slot < bytes)
            frame.Report("slot_bytes", $"at least {ProblemList.Show((long)bytes)}, the bytes of a frame");
    }
}
