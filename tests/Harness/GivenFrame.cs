using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Streaming.Tests.PixelFormats;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Harness;

/// <summary>A frame as it is handed to the library, and what has to be stored of it.</summary>
public sealed record GivenFrame
{
    public required int Camera { get; init; }

    /// <summary>Its number in acquisition order.</summary>
    public required long Number { get; init; }

    /// <summary>As the camera gives it: packed as the format says, rows at their stride.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>Bytes from row to row when the frame itself has to say so; otherwise 0.</summary>
    public required long RowStride { get; init; }

    /// <summary>The planes as they have to be stored, little-endian.</summary>
    public required byte[][] Planes { get; init; }

    /// <summary>What is known of it beside the pixels, or null.</summary>
    public string? Json { get; init; }

    /// <summary>
    /// In the order of the struct: delta_t, exposure_time, position_x, _y, _z; those that flags name are given.
    /// </summary>
    public double[] Numbers { get; init; } = new double[5];

    public long TimestampNs { get; init; }

    /// <summary>Bits of omz_frame.flags.</summary>
    public uint Flags { get; init; }

    /// <summary>Whether anything but pixels comes with it.</summary>
    public bool IsDescribed => Json is not null || Flags != 0;

    /// <summary>
    /// A frame of pixels that depend on seed, camera and number alone, none of them 0 where the format allows it.
    /// </summary>
    public static GivenFrame Make(CameraPlan plan, int camera, long number, uint seed, long ownStride)
    {
        var stride = ownStride > 0 ? ownStride : plan.FrameRowStride;
        var pixels = new byte[checked(stride * (plan.FrameHeight - 1) + plan.FrameRowBytes)];
        var state = unchecked(seed * 2654435761u + (uint)camera * 97u + (uint)number * 40503u) | 1;
        if (plan.PixelFormat == PixelFormat.Plain)
            FillPlain(plan, pixels, stride, state);
        else
            FillBytes(pixels, state);
        return new GivenFrame
        {
            Camera = camera,
            Number = number,
            Pixels = pixels,
            RowStride = ownStride,
            Planes = [.. Enumerable.Range(0, plan.Router.PlanesPerFrame).Select(plane => PlaneOf(plan, pixels, stride, plane))],
        };
    }

    private static void FillBytes(Span<byte> bytes, uint state)
    {
        foreach (ref var value in bytes)
            value = (byte)(Next(ref state) >> 24 | 1);
    }

    // Whole numbers also in floating point, so that the mean of a block is the same however it is summed up.
    private static void FillPlain(CameraPlan plan, byte[] pixels, long stride, uint state)
    {
        var size = plan.DataType.Size();
        for (var y = 0; y < plan.FrameHeight; y++)
        {
            for (var x = 0; x < plan.FrameWidth; x++)
            {
                var value = Next(ref state);
                var target = pixels.AsSpan((int)(y * stride + x * size), size);
                if (plan.DataType == DataType.Float32)
                    BitConverter.TryWriteBytes(target, (float)((value >> 20) + 1));
                else if (plan.DataType == DataType.Float64)
                    BitConverter.TryWriteBytes(target, (double)((value >> 20) + 1));
                else
                    FillBytes(target, value | 1);
            }
        }
    }

    private static uint Next(ref uint state) => state = unchecked(state * 1664525u + 1013904223u);

    private static byte[] PlaneOf(CameraPlan plan, byte[] pixels, long stride, int plane)
    {
        int size = plan.DataType.Size(), width = (int)plan.FrameWidth;
        var stored = new byte[plan.FrameHeight * width * size];
        for (var y = 0; y < plan.FrameHeight; y++)
        {
            var row = pixels.AsSpan((int)(y * stride), (int)plan.FrameRowBytes);
            var target = stored.AsSpan(y * width * size, width * size);
            if (plan.PixelFormat == PixelFormat.Plain)
                row.CopyTo(target);
            else
                Unpack(plan.PixelFormat, row, plane, target, size);
        }

        return stored;
    }

    private static void Unpack(PixelFormat format, ReadOnlySpan<byte> row, int plane, Span<byte> target, int size)
    {
        for (var x = 0; x < target.Length / size; x++)
        {
            var value = NaivePixels.At(format, row, x, plane);
            target[x * size] = (byte)value;
            if (size == 2)
                target[x * size + 1] = (byte)(value >> 8);
        }
    }
}
