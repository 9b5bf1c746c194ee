using System.Buffers.Binary;

namespace OmeZarr.Cli.Measuring;

/// <summary>
/// Frames like a camera's: bright spots on a dim background, with the noise of photons and of the sensor. They compress as such
/// frames do; zeros, or pure noise, would not.
/// </summary>
internal static class CameraFrames
{
    /// <summary>So many frames of unsigned pixels, each with noise of its own; the same at every call.</summary>
    public static byte[][] Make(int width, int height, int bytesPerPixel, int count)
    {
        var random = new Random(1);
        var scene = Scene(width, height, random);
        return [.. Enumerable.Range(0, count).Select(_ => Expose(scene, bytesPerPixel, random))];
    }

    private static float[] Scene(int width, int height, Random random)
    {
        const float background = 110;
        var scene = new float[(long)width * height];
        Array.Fill(scene, background);
        for (var spot = 0; spot < Math.Max(scene.Length / 20_000, 1); spot++)
        {
            var (x0, y0, radius) = (random.Next(width), random.Next(height), random.Next(3, 24));
            var height0 = 50f + (float)random.NextDouble() * 1500;
            for (var y = Math.Max(0, y0 - 2 * radius); y < Math.Min(height, y0 + 2 * radius); y++)
            {
                for (var x = Math.Max(0, x0 - 2 * radius); x < Math.Min(width, x0 + 2 * radius); x++)
                {
                    var distance = ((x - x0) * (x - x0) + (y - y0) * (y - y0)) / (float)(radius * radius);
                    scene[(long)y * width + x] += height0 * MathF.Exp(-2 * distance);
                }
            }
        }

        return scene;
    }

    private static byte[] Expose(float[] scene, int bytesPerPixel, Random random)
    {
        const int tableLength = 1 << 16;
        const float readNoise = 1.6f, gain = 0.46f;
        // Normally distributed numbers from a table: a frame has millions of pixels.
        var normal = new float[tableLength];
        for (var i = 0; i < normal.Length; i++)
            normal[i] = MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle());
        var frame = new byte[scene.Length * bytesPerPixel];
        var state = (uint)random.Next() | 1;
        for (var i = 0; i < scene.Length; i++)
        {
            state = state * 1664525 + 1013904223;
            var noise = MathF.Sqrt(readNoise * readNoise + scene[i] * gain) * normal[state >> 16];
            var value = Math.Max(0, scene[i] + noise);
            if (bytesPerPixel == 1)
                frame[i] = (byte)Math.Min(value / 8, byte.MaxValue);
            else
                BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(2 * i), (ushort)Math.Min(value, ushort.MaxValue));
        }

        return frame;
    }
}
