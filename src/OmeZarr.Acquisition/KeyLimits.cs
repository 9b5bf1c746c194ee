using System.Text;
using OmeZarr.Acquisition.Text;
using OmeZarr.Zarr;

namespace OmeZarr.Acquisition;

/// <summary>How long the key of anything in a dataset may be, so that every kind of store takes it.</summary>
public static class KeyLimits
{
    /// <summary>The longest key, in bytes of UTF-8.</summary>
    public const int KeyBytes = 900;

    /// <summary>The longest part of a key between two '/', in bytes of UTF-8.</summary>
    public const int PartBytes = 240;

    /// <summary>Reports the first image below which a key would be too long.</summary>
    internal static void Check(IEnumerable<CameraPlan> cameras, ProblemList problems)
    {
        foreach (var camera in cameras)
        {
            var below = 8 + ChunkGrid.MaxKeyLength(camera.Axes.Length);
            if (camera.Images.FirstOrDefault(image => IsTooLong(image.Path, below)) is not { } image)
                continue;
            problems.Add("dimensions",
                $"makes a path of {Encoding.UTF8.GetByteCount(image.Path)} bytes ({ProblemList.Show(image.Path)}), which is too "
                + $"long for a store; use shorter names");
            return;
        }
    }

    private static bool IsTooLong(string path, int below) =>
        Encoding.UTF8.GetByteCount(path) + 1 + below > KeyBytes
            || path.Split('/').Any(part => Encoding.UTF8.GetByteCount(part) > PartBytes);
}
