using OmeZarr.Acquisition;
using OmeZarr.Zarr;

namespace OmeZarr.Simulation.Workload;

/// <summary>
/// The pixels that a frame has by its number: no byte of them is 0, neighbouring frames differ, and squares of four pixels a side
/// are of one value, so that levels of any method have it too.
/// </summary>
internal static class FramePattern
{
    private const int Square = 4;

    public static byte[] Of(CameraPlan camera, long frame)
    {
        var pixels = new byte[camera.FrameBytes];
        var bytes = camera.DataType.Size();
        var planes = camera.Router.PlanesPerFrame;
        var at = 0;
        for (var y = 0; y < camera.FrameHeight; y++)
        {
            for (var x = 0; x < camera.FrameWidth; x++)
            {
                for (var plane = 0; plane < planes; plane++)
                {
                    for (var i = 0; i < bytes; i++)
                        pixels[at++] = Value(frame, plane, y, x);
                }
            }
        }

        return pixels;
    }

    /// <summary>The value of each byte of a pixel at full resolution.</summary>
    public static byte Value(long frame, int plane, long y, long x) =>
        (byte)(1 + (frame * 37 + plane * 101 + y / Square * 17 + x / Square * 5) % 255);
}
