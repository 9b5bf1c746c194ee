using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using OmeZarr.Documents;

namespace OmeZarr.Acquisition.Tests;

/// <summary>The documents of a dataset by key, for tests.</summary>
internal sealed class Written
{
    private readonly Dictionary<string, byte[]> _documents;

    private Written(IEnumerable<MetadataDocument> documents) => _documents = documents.ToDictionary(
        document => document.Key, document => document.Utf8.ToArray(), StringComparer.OrdinalIgnoreCase);

    /// <summary>What a dataset of these settings begins with. No two of its keys differ by case alone.</summary>
    public static Written Of(AcquisitionPlan plan) => new(new DatasetMetadata(plan).Initial());

    /// <summary>What it is like in the end, when so many frames have come of each camera.</summary>
    public static Written Of(AcquisitionPlan plan, long frames)
    {
        var metadata = new DatasetMetadata(plan);
        CameraState[] states = [.. plan.Cameras.Select(camera =>
            new CameraState(new FrameCounts(Math.Min(frames, camera.Router.TotalFrames ?? frames), frames, 0, 0), []))];
        var last = metadata.Final(states, complete: true, UserNamespaces.None);
        var keys = last.Select(document => document.Key).ToHashSet();
        return new Written(metadata.Initial().Where(document => !keys.Contains(document.Key)).Concat(last));
    }

    public IEnumerable<string> Keys => _documents.Keys;

    /// <summary>The attributes of a group, which need not be there.</summary>
    public JsonObject Attributes(string path) =>
        Json(path)["attributes"]!.AsObject();

    public JsonNode Ome(string path) => Attributes(path)["ome"]!;

    public JsonObject Own(string path) => Attributes(path)["omezarr_native"]!.AsObject();

    public JsonNode Json(string path) =>
        JsonNode.Parse(Encoding.UTF8.GetString(_documents[path.Length == 0 ? "zarr.json" : $"{path}/zarr.json"]))!;

    /// <summary>The OME-XML, which the official schema must accept.</summary>
    public XDocument Xml()
    {
        using var bytes = new MemoryStream(_documents["OME/METADATA.ome.xml"]);
        var xml = XDocument.Load(bytes);
        OmeXmlSchema.Validate(xml);
        return xml;
    }

    /// <summary>The translation of an image's full resolution, or null.</summary>
    public string? Translation(string path) =>
        Ome(path)["multiscales"]![0]!["datasets"]![0]!["coordinateTransformations"]!.AsArray()
            .SingleOrDefault(transformation =>
                transformation!["type"]!.GetValue<string>() == "translation")?["translation"]!.ToJsonString();
}
