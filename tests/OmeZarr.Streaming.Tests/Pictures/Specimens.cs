namespace OmeZarr.Streaming.Tests.Pictures;

/// <summary>Datasets of all kinds, in the order of the picture tests/data/pictures/specimens.png.</summary>
internal static class Specimens
{
    private const string Frame = """{"name": "y", "count": 64, "unit": "um", "scale": 0.5}, {"name": "x", "count": 64, "unit": "um", "scale": 0.5}""";

    public static IReadOnlyList<Specimen> All { get; } =
    [
        // Types of pixels.
        Plain("uint8") with { Range = (10, 250) },
        Plain("int8") with { Range = (-100, 100) },
        Plain("uint16"),
        Plain("int16") with { Range = (-500, 1500) },
        Plain("uint32") with { Range = (0, 3e9) },
        Plain("int32") with { Range = (-1e6, 1e6) },
        Plain("float32") with { Range = (0, 1) },
        Plain("float64") with { Range = (-1, 3) },
        // Ways in which pixels come.
        Color("rgb8", 3),
        Color("bgr8", 3),
        Color("rgba8", 4),
        Packed("mono10p") with { Range = (0, 1000) },
        Packed("mono12p") with { Range = (0, 4000) },
        // Channels.
        Channels("emissions", """{"name": "DAPI", "emission_wavelength_nm": 461}, {"name": "EGFP", "emission_wavelength_nm": 507}, {"name": "mCherry", "emission_wavelength_nm": 610}"""),
        Channels("named", "\"a\", \"b\""),
        Channels("red green blue", "\"Red\", \"Green\", \"Blue\""),
        Of("unnamed channels", """{"name": "c", "count": 6}, """),
        Channels("far red", """{"name": "Cy5", "emission_wavelength_nm": 670}"""),
        Channels("colours given", """{"name": "a", "color": "orange"}, {"name": "b", "color": "#0080ff"}"""),
        Channels("blank channel", "\"a\", \"blank\"") with { Intensity = (plane, x, y) =>
            plane % 2 == 0 ? Specimen.Cells(0, x, y) : 0 },
        // Pictures in which there is little to see.
        Of("all zero", "") with { Range = (0, 0) },
        Of("all equal", "") with { Range = (100, 100) },
        Of("sparse spots", "") with { Intensity = (_, x, y) =>
            IsAt(x, 0.3) && IsAt(y, 0.6) || IsAt(x, 0.7) && IsAt(y, 0.2) ? 1 : 0 },
        Of("hot pixel", "") with { Intensity = (_, x, y) => IsAt(x, 0.8) && IsAt(y, 0.8) ? 60 : Specimen.Cells(1, x, y) },
        Of("not a number", "", "float32") with { Intensity = (_, x, y) => x < 0.2 ? double.NaN : Specimen.Cells(0, x, y) },
        Of("mask", "", "uint8") with { Range = (0, 1), Intensity = (_, x, y) => Specimen.Cells(0, x, y) > 0.5 ? 1 : 0 },
        Of("labels", "", "uint32") with { Range = (0, 20), Intensity = (_, x, y) =>
            Math.Floor(x * 4) * 0.25 + Math.Floor(y * 4) * 0.05 },
        // More dimensions, and ends.
        Of("stack", """{"name": "z", "count": 5, "unit": "um", "scale": 1}, """) with { Intensity = (z, x, y) => Specimen.Cells(z, x, y) * (z == 2 ? 1 : 0.3) },
        Of("angles", """{"name": "angle", "count": 3}, """),
        Of("unbounded", """{"name": "t"}, """) with { Frames = 3 },
        Of("early end", """{"name": "t", "count": 100}, """) with { Frames = 2 },
        Of("no frame", """{"name": "t"}, """) with { Frames = 0 },
        Of("positions", """{"name": "p", "coords": ["dim", "bright"]}, """) with
        {
            Intensity = (plane, x, y) => Specimen.Cells(plane, x, y) * (plane == 0 ? 0.3 : 1), Path = "dim",
        },
        new Specimen("plate", $$"""
            "dtype": "uint16", "plate": {"row_names": ["A", "B"], "column_names": ["1", "2"]}, "dimensions": [{"name": "p", "coords": [
              {"name": "f", "plate_row": "A", "plate_column": "1"}, {"name": "f", "plate_row": "A", "plate_column": "2"},
              {"name": "f", "plate_row": "B", "plate_column": "1"}]},
              {"name": "c", "coords": [{"name": "DAPI", "emission_wavelength_nm": 461}, {"name": "GFP", "emission_wavelength_nm": 507}]}, {{Frame}}]
            """) { Path = "A/1/0" },
        new Specimen("cameras", $$"""
            "arrays": [{"key": "left", "dtype": "uint16", "dimensions": [{{Frame}}]}, {"key": "right", "dtype": "uint8", "dimensions": [{{Frame}}]}]
            """) { Path = "right", Range = (20, 240) },
        Pyramid("mean"),
        Pyramid("max"),
        Pyramid("decimate"),
    ];

    private static Specimen Plain(string type) => Of(type, "", type);

    private static Specimen Of(string name, string dimensions, string type = "uint16") =>
        new(name, $$""" "dtype": "{{type}}", "dimensions": [{{dimensions}}{{Frame}}] """);

    private static Specimen Channels(string name, string coords) => Of(name, $$"""{"name": "c", "coords": [{{coords}}]}, """);

    // The planes are where they are in a picture of a red, a green and a blue disc.
    private static Specimen Color(string format, int channels) => new(format, $$"""
        "dtype": "uint8", "frame": {"pixel_format": "{{format}}"}, "dimensions": [{"name": "c", "count": {{channels}} }, {{Frame}}]
        """)
    {
        Range = (0, 200),
        Intensity = (plane, x, y) => plane == 3 ? 1 : Disc(x - 0.25 - 0.25 * plane, y - 0.3 - 0.2 * (plane % 2)),
    };

    private static Specimen Packed(string format) =>
        new(format, $$""" "dtype": "uint16", "frame": {"pixel_format": "{{format}}"}, "dimensions": [{{Frame}}] """);

    private static Specimen Pyramid(string method) => new($"pyramid of {method}", $$"""
        "dtype": "uint16", "compression": "blosc-zstd", "layout": "auto", "pyramid": {"levels": 3, "method": "{{method}}"},
        "dimensions": [{"name": "z", "count": 3}, {"name": "y", "count": 256}, {"name": "x", "count": 256}]
        """);

    private static double Disc(double x, double y) => x * x + y * y < 0.04 ? 1 : 0.1;

    private static bool IsAt(double place, double wanted) => Math.Abs(place - wanted) < 0.01;
}
