using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests.Pyramid;

/// <summary>What a reader must see of the levels of an image that is finished.</summary>
internal static class StoredLevels
{
    /// <summary>Asserts that each level is made of the one before it, by the definition of its method.</summary>
    /// <param name="camera">Whose image it is.</param>
    /// <param name="image">Which one.</param>
    /// <param name="pixels">All of full resolution.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="store">Where the image is.</param>
    /// <param name="what">What is told when a level is wrong.</param>
    public static void AssertMadeFrom(CameraPlan camera, int image, byte[] pixels, long[] shape, MemoryStore store, string what)
    {
        foreach (var level in camera.Levels.Skip(1))
        {
            (pixels, shape) = NaiveLevel.Of(camera.DataType, camera.Settings.Pyramid.Method, pixels, shape, level.Step);
            using var reader = ArrayReader.Open(store.Get, level.Arrays[image].Path);
            Assert.That(reader.Shape, Is.EqualTo(shape), $"shape of level {level.Number}: {what}");
            Assert.That(NaiveLevel.AreEqual(camera.DataType, reader.ReadAll(), pixels),
                $"pixels of level {level.Number}: {what}");
        }
    }
}
