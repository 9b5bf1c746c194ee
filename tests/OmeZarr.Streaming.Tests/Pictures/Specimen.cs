using System.Buffers.Binary;
using System.Text;
using OmeZarr.Acquisition;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests.Pictures;

/// <summary>A small dataset to look at: its settings, and the intensity of each pixel from 0 to 1.</summary>
/// <param name="Name">What there is to see.</param>
/// <param name="Members">Members of the settings but for the root's path.</param>
internal sealed record Specimen(string Name, string Members)
{
    /// <summary>The intensity at a place (x and y from 0 to 1) of a plane that is given by its number.</summary>
    public Func<long, double, double, double> Intensity { get; init; } = Cells;

    /// <summary>Intensities 0 and 1 as pixels.</summary>
    public (double Dark, double Bright) Range { get; init; } = (100, 1100);

    /// <summary>Frames that come; -1 for all that are declared.</summary>
    public int Frames { get; init; } = -1;

    /// <summary>The image that is looked at; empty for the root.</summary>
    public string Path { get; init; } = "";

    /// <summary>Bright discs on a dark ground, others in each plane.</summary>
    public static double Cells(long plane, double x, double y)
    {
        double brightest = 0;
        for (var i = 0; i < 3; i++)
        {
            var (dx, dy) = (x - (0.25 + 0.25 * ((plane + i) % 3)), y - (0.25 + 0.25 * ((plane * 2 + i * 2) % 3)));
            brightest = Math.Max(brightest, (1 - 0.25 * i) * Math.Exp(-(dx * dx + dy * dy) * 60));
        }

        return brightest;
    }

    /// <summary>Writes the dataset.</summary>
    public unsafe MemoryStore Write()
    {
        var plan = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(
            $$"""{"root_path": "{{Name}}", "pipeline": {"workers": 2}, "durability": {"flush_interval_ms": 3600000}, {{Members}} }"""));
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        foreach (var pipeline in session.Pipelines)
        {
            var frames = Frames < 0 ? pipeline.Plan.Router.TotalFrames!.Value : Frames;
            for (long frame = 0; frame < frames; frame++)
            {
                fixed (byte* first = Pixels(pipeline.Plan, frame))
                {
                    var outcome = pipeline.Append(new FrameInput
                    {
                        Pixels = first,
                        Bytes = (ulong)pipeline.FrameBytes,
                        Index = FrameInput.NextIndex,
                    });
                    Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
                }
            }
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        Assert.That(session.Fault, Is.Null);
        return store;
    }

    private byte[] Pixels(CameraPlan camera, long frame)
    {
        var pixels = new byte[camera.FrameBytes];
        var planes = camera.Router.PlanesPerFrame;
        for (var y = 0; y < camera.FrameHeight; y++)
        {
            for (var x = 0; x < camera.FrameWidth; x++)
            {
                for (var plane = 0; plane < planes; plane++)
                {
                    var value = Intensity(
                        frame * planes + plane, (x + 0.5) / camera.FrameWidth, (y + 0.5) / camera.FrameHeight);
                    Put(pixels, camera, y, x, plane, double.IsNaN(value) ? value
                        : Range.Dark + value * (Range.Bright - Range.Dark));
                }
            }
        }

        return pixels;
    }

    // Packed pixels of 10 and 12 bits lie one after the other, the lowest bit first; colours side by side.
    private static void Put(byte[] pixels, CameraPlan camera, int y, int x, int plane, double value)
    {
        var row = pixels.AsSpan((int)(y * camera.FrameRowBytes), (int)camera.FrameRowBytes);
        var planes = camera.Router.PlanesPerFrame;
        var name = camera.Settings.Frame.PixelFormat.ToString().ToLowerInvariant();
        if (name is "mono10p" or "mono12p")
        {
            var bits = name == "mono10p" ? 10 : 12;
            for (var bit = 0; bit < bits; bit++)
            {
                if (((int)Math.Round(value) >> bit & 1) != 0)
                    row[(x * bits + bit) / 8] |= (byte)(1 << (x * bits + bit) % 8);
            }
        }
        else if (planes > 1)
        {
            row[x * planes + (name.StartsWith("bgr", StringComparison.Ordinal) && plane < 3 ? 2 - plane : plane)] =
                (byte)Math.Round(value);
        }
        else
        {
            PutPlain(row[(x * camera.DataType.Size())..], camera.DataType, value);
        }
    }

    private static void PutPlain(Span<byte> pixel, DataType type, double value)
    {
        switch (type)
        {
            case DataType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(pixel, (float)value);
                break;
            case DataType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(pixel, value);
                break;
            default:
                Span<byte> number = stackalloc byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(number, (long)Math.Round(value));
                number[..type.Size()].CopyTo(pixel);
                break;
        }
    }
}
