using OmeZarr.Acquisition;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Simulation.Workload;

/// <summary>
/// The pixels of a frame, determined by its number: no byte is 0, and neighbouring frames differ, as do cameras. Squares of four
/// by four pixels have one value, and so have planes that are combined on a level, so that levels made by any method have it too.
/// </summary>
internal sealed class FramePattern(CameraPlan camera)
{
    private const int Square = 4;

    private readonly long[] _index = new long[camera.Router.FrameAxes];
    private readonly bool _isFlat = camera.Levels[^1].Factors.AsSpan(0, camera.Router.FrameAxes).IndexOfAnyExcept(1) < 0;

    public byte[] Of(long frame)
    {
        var pixels = new byte[camera.FrameBytes];
        var bytes = camera.DataType.Size();
        var planes = camera.Router.PlanesPerFrame;
        var number = NumberOf(frame);
        var at = 0;
        for (var y = 0; y < camera.FrameHeight; y++)
        {
            for (var x = 0; x < camera.FrameWidth; x++)
            {
                for (var plane = 0; plane < planes; plane++)
                {
                    for (var i = 0; i < bytes; i++)
                        pixels[at++] = Value(number, plane, y, x);
                }
            }
        }

        return pixels;
    }

    /// <summary>What all frames have in common that are combined into one plane.</summary>
    public long NumberOf(long frame)
    {
        if (_isFlat)
            return frame + 71 * camera.FirstImage;
        long number = camera.Router.Locate(frame, _index) + camera.FirstImage;
        for (var axis = 0; axis < _index.Length; axis++)
            number = number * 13 + _index[axis] / camera.Levels[^1].Factors[axis];
        return number;
    }

    /// <summary>The value of each byte of a pixel at full resolution.</summary>
    public static byte Value(long number, int plane, long y, long x) =>
        (byte)(1 + (number * 37 + plane * 101 + y / Square * 17 + x / Square * 5) % 255);
}
