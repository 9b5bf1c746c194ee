using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Ngff.OmeXml;

namespace OmeZarr.Documents;

/// <summary>
/// What the final documents say of a camera's frames that came with metadata: a list for each image, or where the arrays are.
/// </summary>
public sealed class RecordedFrames
{
    /// <summary>The attribute in which ome-writers lists frames.</summary>
    public const string ListAttribute = "ome_writers";

    private const string List = "frame_metadata";
    private const string Arrays = "frame_metadata_arrays";
    private const string StorageIndex = "storage_index";

    private readonly CameraPlan _plan;
    private readonly List<(FrameEntry Entry, int Plane)>[]? _planes;
    private readonly IReadOnlyList<string?> _timePoints;

    /// <param name="plan">The camera. Its images are counted from 0 here, as its router does.</param>
    /// <param name="entries">The frames that have metadata, in order; null when they are too many to be listed.</param>
    /// <param name="timePoints">For each image the path of the array with its time points, from the root; null where there is
    /// none.</param>
    public RecordedFrames(CameraPlan plan, IReadOnlyList<FrameEntry>? entries, IReadOnlyList<string?> timePoints)
    {
        _plan = plan;
        _timePoints = timePoints;
        if (entries is null)
            return;
        _planes = new List<(FrameEntry, int)>[plan.Images.Length];
        var at = new long[plan.Router.FrameAxes];
        foreach (var entry in entries)
        {
            for (var plane = 0; plane < plan.Router.PlanesPerFrame; plane++)
                (_planes[plan.Router.Locate(entry.Frame, plane, at)] ??= []).Add((entry, plane));
        }
    }

    /// <summary>Whether an image's group says anything of frames.</summary>
    public bool Describes(int image) => _planes is null || _planes[image] is not null || TimePoints(image) is not null;

    /// <summary>
    /// Adds to an image's attributes the list of its frames in the form of ome-writers, and where the arrays are.
    /// </summary>
    public void AddTo(JsonObject attributes, int image)
    {
        if (!Describes(image))
            return;
        attributes[ListAttribute] = _planes?[image] is { Count: <= FrameEntry.MostListedInImage } listed
            ? ListOf(listed)
            : new JsonObject
            {
                [Arrays] = new JsonObject { ["path"] = FrameTableLayout.PathOf(_plan), ["image"] = _plan.FirstImage + image },
            };
        if (TimePoints(image) is { } path && attributes[DatasetMetadata.OwnNamespace] is JsonObject own)
            own["time_points"] = new JsonObject { ["path"] = path };
    }

    /// <summary>The planes of an image in the order of their frames, as OME-XML has them; none when they are too many.</summary>
    public ImmutableArray<OmePlane> Planes(int image) => _planes?[image] is { } planes
        ? [.. planes.Where(plane => plane.Entry.Properties.Has != FrameProperty.None).Select(Plane)]
        : [];

    private string? TimePoints(int image) => image < _timePoints.Count ? _timePoints[image] : null;

    // As text that is read again: ten thousand frames as objects take a hundred megabytes.
    private JsonObject ListOf(List<(FrameEntry, int)> planes)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteStartArray(List);
            foreach (var plane in planes)
                Listed(plane).WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var reader = new Utf8JsonReader(output.WrittenSpan);
        return JsonObject.Create(JsonElement.ParseValue(ref reader))!;
    }

    private JsonObject Listed((FrameEntry Entry, int Plane) plane)
    {
        var listed = plane.Entry.Json.IsEmpty ? [] : (JsonObject)UserMetadata.Parse(plane.Entry.Json.Span)!;
        var properties = plane.Entry.Properties;
        // What else the text says of these was replaced, or is no number.
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            RemoveValue(listed, name);
            if (properties.Knows(property))
                listed[name] = properties.Number(property);
        }

        RemoveValue(listed, FramePropertyNames.Timestamp);
        if (properties.Knows(FrameProperty.Timestamp))
            listed[FramePropertyNames.Timestamp] = properties.TimestampNs;
        listed[StorageIndex] = new JsonArray([.. Place(plane).Select(index => (JsonNode)index)]);
        return listed;
    }

    // That it is unknown may be said.
    private static void RemoveValue(JsonObject listed, string name)
    {
        if (listed[name] is not null)
            listed.Remove(name);
    }

    private long[] Place((FrameEntry Entry, int Plane) plane)
    {
        var place = new long[_plan.Router.FrameAxes];
        _plan.Router.Locate(plane.Entry.Frame, plane.Plane, place);
        return place;
    }

    private OmePlane Plane((FrameEntry Entry, int Plane) plane)
    {
        long z = 0, c = 0, t = 0;
        var place = Place(plane);
        for (var axis = 0; axis < place.Length; axis++)
        {
            if (_plan.Axes[axis].Type == DimensionType.Space)
                z = place[axis];
            else if (_plan.Axes[axis].Type == DimensionType.Time)
                t = place[axis];
            else
                c = checked(c * (_plan.Axes[axis].Count ?? 1) + place[axis]);
        }

        var properties = plane.Entry.Properties;
        return new OmePlane
        {
            TheZ = z,
            TheC = c,
            TheT = t,
            DeltaT = Seconds(FrameProperty.DeltaT),
            ExposureTime = Seconds(FrameProperty.ExposureTime),
            PositionX = Micrometres(FrameProperty.PositionX),
            PositionY = Micrometres(FrameProperty.PositionY),
            PositionZ = Micrometres(FrameProperty.PositionZ),
        };

        OmeQuantity? Seconds(FrameProperty property) => Quantity(property, "second");

        OmeQuantity? Micrometres(FrameProperty property) => Quantity(property, "micrometer");

        OmeQuantity? Quantity(FrameProperty property, string unit) =>
            properties.Knows(property) ? new OmeQuantity(properties.Number(property), unit) : null;
    }
}
