using OmeZarr.Zarr.Elements;

namespace OmeZarr.Benchmarks.Frames;

/// <summary>Pixels of a kind that codecs find easy or hard: made up, so that each is what its name says, no more.</summary>
/// <param name="Name">What they are like.</param>
/// <param name="Type">Of a pixel.</param>
/// <param name="Draw">Fills a picture of the given width; the number makes each one different.</param>
internal sealed record PixelKind(string Name, DataType Type, Action<byte[], int, int> Draw)
{
    private const int Offset = 100;
    private const double ReadNoise = 2;

    public static IReadOnlyList<PixelKind> All { get; } =
    [
        Camera("dark frames: read noise alone", photons: 0),
        Camera("camera, some 10 photons a pixel", photons: 10),
        Camera("camera, some 30 photons a pixel", photons: 30),
        Camera("camera, some 100 photons a pixel", photons: 100),
        Camera("camera, some 1000 photons a pixel", photons: 1000),
        new("bright cells on a dim ground", DataType.UInt16, DrawCells),
        new("8-bit camera, some 100 photons a pixel", DataType.UInt8, DrawBytes),
        new("colour channel of 8 bits: soft shapes and grain", DataType.UInt8, DrawColour),
        new("floats: a smoothed picture", DataType.Float32, DrawFloats),
        new("labels of 16 bits", DataType.UInt16, (picture, width, seed) => DrawLabels(picture, width, seed, 2)),
        new("labels of 32 bits", DataType.UInt32, (picture, width, seed) => DrawLabels(picture, width, seed, 4)),
        new("a slope without noise", DataType.UInt16, DrawSlope),
        new("half a picture, half nothing", DataType.UInt16, DrawHalf),
        new("one value everywhere", DataType.UInt16, (picture, _, seed) => FillShorts(picture, (_, _) => seed + Offset, 1)),
        new("random bytes", DataType.UInt16, (picture, _, seed) => new Random(seed).NextBytes(picture)),
    ];

    private static PixelKind Camera(string name, double photons) => new(
        name, DataType.UInt16, (picture, width, seed) => DrawShots(picture, width, seed, photons));

    private static void DrawShots(byte[] picture, int width, int seed, double photons)
    {
        var random = new Random(seed);
        FillShorts(picture, (x, y) => Shot(random, photons * Shapes(x, y, seed)), width);
    }

    private static void DrawCells(byte[] picture, int width, int seed)
    {
        const int Period = 96;
        const double Ground = 8, Bright = 400, Radius = 14;
        var random = new Random(seed);
        FillShorts(picture, (x, y) =>
        {
            double dx = (x + 37 * seed) % Period - Period / 2, dy = (y + x / Period * 29) % Period - Period / 2;
            return Shot(random, Ground + Bright * Math.Exp(-(dx * dx + dy * dy) / (2 * Radius * Radius)));
        }, width);
    }

    private static void DrawBytes(byte[] picture, int width, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < picture.Length; i++)
            picture[i] = (byte)Math.Clamp(Shot(random, 100 * Shapes(i % width, i / width, seed)) - Offset + 8, 0, byte.MaxValue);
    }

    private static void DrawColour(byte[] picture, int width, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < picture.Length; i++)
            picture[i] = (byte)Math.Clamp(160 * Shapes(i % width, i / width, seed) + random.Next(-2, 3), 0, byte.MaxValue);
    }

    private static void DrawFloats(byte[] picture, int width, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < picture.Length / sizeof(float); i++)
        {
            var value = (float)(100 * Shapes(i % width, i / width, seed) + random.NextDouble());
            BitConverter.TryWriteBytes(picture.AsSpan(i * sizeof(float)), value);
        }
    }

    private static void DrawLabels(byte[] picture, int width, int seed, int pixelBytes)
    {
        const int Cell = 40;
        for (var i = 0; i < picture.Length / pixelBytes; i++)
        {
            int x = i % width, y = i / width;
            int dx = x % Cell - Cell / 2, dy = y % Cell - Cell / 2;
            var radius = 10 + (x / Cell * 7 + y / Cell * 5 + seed) % 9;
            var label = dx * dx + dy * dy < radius * radius ? 1 + x / Cell + y / Cell * 64 : 0;
            picture[i * pixelBytes] = (byte)label;
            picture[i * pixelBytes + 1] = (byte)(label >> 8);
        }
    }

    private static void DrawSlope(byte[] picture, int width, int seed) =>
        FillShorts(picture, (x, y) => 3 * x + 7 * y + seed, width);

    private static void DrawHalf(byte[] picture, int width, int seed)
    {
        DrawShots(picture, width, seed, 100);
        picture.AsSpan(picture.Length / 2).Clear();
    }

    /// <summary>Between 0.5 and 1.5: blobs of some tens of pixels.</summary>
    private static double Shapes(int x, int y, int seed) => 1 + 0.5 * Math.Sin((x + 17 * seed) / 31.0) * Math.Cos(y / 23.0);

    private static int Shot(Random random, double photons)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return (int)Math.Round(Math.Max(0, Offset + photons + normal * Math.Sqrt(photons + ReadNoise * ReadNoise)));
    }

    private static void FillShorts(byte[] picture, Func<int, int, int> value, int width)
    {
        for (var i = 0; i < picture.Length / sizeof(ushort); i++)
            BitConverter.TryWriteBytes(picture.AsSpan(i * sizeof(ushort)), (ushort)value(i % width, i / width));
    }
}
