using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming;

/// <summary>
/// What a session keeps on the managed heap for its dataset: the plan, a writer for each array, and documents while they are
/// made. Each constant is the peak cost of one more item over a whole acquisition, uncollected garbage included. It was measured
/// on the published library and rounded up by half; tests/AbiTests/MemoryTests checks the sum against the peak of the process.
/// </summary>
internal static class HeapMemory
{
    /// <summary>An image: its plan, its folders in the store, and its part of the documents that list all images.</summary>
    private const long ImageBytes = 2048;

    /// <summary>An array of an image: its plan, and its writer once a frame has come.</summary>
    private const long ArrayBytes = 2048;

    /// <summary>An array whose shape is published again and again.</summary>
    private const long GrowingArrayBytes = 1536;

    /// <summary>A character of an image's name, which is part of its folders' names and of several documents.</summary>
    private const long NameCharacterBytes = 24;

    /// <summary>A channel with every optional property.</summary>
    private const long ChannelBytes = 6144;

    /// <summary>A channel's part of OME-XML, in each image.</summary>
    private const long ChannelOfImageBytes = 256;

    /// <summary>A text or number of <c>coords</c>.</summary>
    private const long CoordinateBytes = 640;

    /// <summary>A byte of the settings, while they are parsed.</summary>
    private const long SettingsByteBytes = 16;

    /// <summary>A plane of a frame that has metadata, while the last documents list it.</summary>
    private const long ListedPlaneBytes = 2048;

    /// <summary>A byte of such a frame's JSON: the shortest members cost most.</summary>
    private const long ListedJsonByteBytes = 48;

    /// <summary>One entry of an image's time points, while they are collected.</summary>
    private const long TimePointBytes = sizeof(double);

    /// <summary>What a dataset needs while it is open.</summary>
    public static long Of(AcquisitionPlan plan) =>
        checked(plan.SettingsBytes * SettingsByteBytes + plan.Cameras.Sum(camera => Of(plan, camera)));

    /// <summary>What it needs in addition at its end, while frame metadata is listed in the last documents.</summary>
    public static long AtTheEndOf(AcquisitionPlan plan) => ListedFrames(plan) + plan.Cameras.Max(TimePointsOf);

    // The amount of frame metadata is not known in advance; assume as much as documents have room for.
    private static long ListedFrames(AcquisitionPlan plan)
    {
        var frames =
            plan.Cameras.Sum(camera => Math.Min(FrameEntry.MostListed, camera.Router.TotalFrames ?? FrameEntry.MostListed));
        var listed = Math.Min(FrameEntry.MostListed, frames);
        var json = Math.Min(FrameEntry.MostListedJsonBytes, listed * FrameTextReader.MostBytes);
        return listed * plan.Cameras.Max(camera => camera.Router.PlanesPerFrame) * ListedPlaneBytes + json * ListedJsonByteBytes;
    }

    private static long TimePointsOf(CameraPlan camera) =>
        Math.Min(TimePoints.MostHeld, camera.Router.TotalFrames ?? TimePoints.MostHeld) * TimePointBytes;

    private static long Of(AcquisitionPlan plan, CameraPlan camera)
    {
        var perArray = ArrayBytes + (camera.Router.UnboundedAxis < 0 ? 0 : GrowingArrayBytes);
        var channels = camera.Settings.Dimensions.Sum(dimension => (long)dimension.Channels.Length);
        var coordinates = camera.Settings.Dimensions.Sum(dimension => (long)dimension.Coordinates.Length);
        return checked(
            camera.Images.Length * (ImageBytes + camera.Levels.Length * perArray
                + (plan.HasOmeXml ? channels * ChannelOfImageBytes : 0))
            + camera.Images.Sum(image => (image.Name.Length + (long)image.Path.Length) * NameCharacterBytes)
            + channels * ChannelBytes
            + coordinates * CoordinateBytes);
    }
}
