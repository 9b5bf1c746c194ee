using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Ngff.OmeXml;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Documents;

/// <summary>
/// Says in OME-XML's terms what the images of a plan are. There, X is what OME-Zarr stores last, and Y what it stores before
/// that, whatever the axes are called.
/// </summary>
internal sealed class OmeXmlDescription
{
    private readonly CameraPlan _plan;
    private readonly int _number;
    private readonly long _unboundedExtent;
    private readonly RecordedFrames? _frames;

    private OmeXmlDescription(CameraPlan plan, int number, CameraState state)
    {
        _frames = state.Frames;
        _plan = plan;
        _number = number;
        _unboundedExtent = state.LengthOf(plan, number);
    }

    /// <param name="plan">The plan.</param>
    /// <param name="states">How far each camera is; OME-XML has no size of 0 and says 1 then.</param>
    /// <param name="begun">When the acquisition began, or null.</param>
    public static OmeDocument Of(AcquisitionPlan plan, IReadOnlyList<CameraState> states, DateTimeOffset? begun)
    {
        var images = plan.Cameras.SelectMany((camera, i) =>
            camera.Images.Select((image, number) => new OmeXmlDescription(camera, number, states[i]).Image(image, begun) with
            {
                Path = plan.Structure == DatasetStructure.Collection ? image.Path : null,
            }));
        return new OmeDocument(
            images,
            CollectionDocuments.Plate(plan) is { } plate
                ? new OmePlate(plate, [.. CollectionDocuments.FullestFirst(plan.Wells).Select(well => Samples(plan, well))])
                : null);
    }

    private static ImmutableArray<OmeWellSample> Samples(AcquisitionPlan plan, WellPlan well) =>
        [.. well.Images.Select(image => new OmeWellSample(image, CollectionDocuments.AcquisitionOf(plan, image))
        {
            X = Place(plan.Cameras[0], "x", plan.Images[image].Position?.X),
            Y = Place(plan.Cameras[0], "y", plan.Images[image].Position?.Y),
        })];

    private OmeImage Image(ImagePlan image, DateTimeOffset? begun) => new()
    {
        Name = image.Name,
        AcquisitionDate = begun,
        StageLabel = image.Position is { } position
            ? new OmeStageLabel(
                position.Name, Place(_plan, "x", position.X), Place(_plan, "y", position.Y), Place(_plan, "z", position.Z))
            : null,
        Pixels = Pixels(image) with { Planes = _frames?.Planes(_number) ?? [] },
    };

    private OmePixels Pixels(ImagePlan image)
    {
        var time = _plan.Axes.FirstOrDefault(axis => axis.Type == DimensionType.Time);
        var stack = ImageAxes.Stack(_plan.Axes);
        var channels = Channels(image);
        var channelCount =
            Size(ArrayLayout.Product(_plan.Axes.Where(OmeXmlRules.IsChannelLike).Select(axis => Math.Max(1, Length(axis)))));
        return new OmePixels
        {
            Type = OmeXmlWriter.PixelType(_plan.DataType.Name())!,
            SignificantBits = _plan.SignificantBits,
            DimensionOrder = DimensionOrder(),
            SizeX = Size(_plan.FrameWidth),
            SizeY = Size(_plan.FrameHeight),
            SizeZ = Size(stack is null ? 1 : Length(stack)),
            SizeC = channelCount,
            SizeT = Size(time is null ? 1 : Length(time)),
            PhysicalSizeX = StepAlong(_plan.Axes[^1]),
            PhysicalSizeY = StepAlong(_plan.Axes[^2]),
            PhysicalSizeZ = StepAlong(stack),
            TimeIncrement = StepAlong(time),
            Channels = channels.Length == channelCount ? channels : [],
        };
    }

    /// <summary>What is known of the channels: from the settings, and as they are displayed.</summary>
    private ImmutableArray<OmeChannel> Channels(ImagePlan image)
    {
        var dimension = ImageAxes.Channels(_plan.Settings);
        var selected = image.Indices.Where(at => at.Dimension == dimension).Select(at => at.Index).ToArray();
        var named = dimension?.Channels ?? [];
        var known = selected.Length > 0 && named.Length > 0 ? [named[selected[0]]] : named;
        var shown = ChannelDisplay.Of(_plan, image, _unboundedExtent, [])?.Channels ?? [];
        return [.. Enumerable.Range(0, Math.Max(1, Math.Max(known.Length, shown.Length))).Select(i => new OmeChannel(
            i < known.Length ? known[i].Name : i < shown.Length ? shown[i].Label : null,
            i < shown.Length ? shown[i].Color : i < known.Length ? known[i].Color : null,
            i < known.Length ? known[i].ExcitationWavelengthNm : null,
            i < known.Length ? known[i].EmissionWavelengthNm : null,
            i < known.Length ? known[i].Fluorophore : null))];
    }

    /// <summary>The axes from the fastest to the slowest; what the images do not have comes last.</summary>
    private string DimensionOrder()
    {
        var letters = _plan.Axes.SkipLast(2).Reverse()
            .Select(axis => axis.Type switch { DimensionType.Time => 'T', DimensionType.Space => 'Z', _ => 'C' });
        return string.Concat(letters.Concat("ZCT").Distinct().Prepend('Y').Prepend('X'));
    }

    /// <summary>OME-XML has no custom axes: their indices are counted as channels.</summary>
    private long Length(DimensionSettings axis) => axis.Count ?? _unboundedExtent;

    private static int Size(long length) => (int)Math.Clamp(length, 1, int.MaxValue);

    /// <summary>
    /// The distance of two elements along an axis, as OME-Zarr has it, where without a scale it is 1 of the unit; null when
    /// neither is known. A negative scale (a stack taken downwards) is a distance too.
    /// </summary>
    private static OmeQuantity? StepAlong(DimensionSettings? axis) => axis is { Scale: null, Unit: null } or null
        ? null
        : new OmeQuantity(Math.Abs(axis.Scale ?? 1), axis.Unit);

    private static OmeQuantity? Place(CameraPlan plan, string letter, double? coordinate)
    {
        if (coordinate is not { } known)
            return null;
        // Without an axis in this direction the stage still has the unit that the others have.
        var axis = StagePlace.AxisOf(plan.Axes, letter);
        return new OmeQuantity(known, plan.Axes[axis >= 0 ? axis : plan.Axes.Length - 1].Unit);
    }
}
