using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Ngff;
using OmeZarr.Ngff.OmeXml;
using OmeZarr.Zarr;

namespace OmeZarr.Acquisition;

/// <summary>
/// Makes the metadata documents of a dataset: at its start, while it grows, and at its end. Immutable; any thread may
/// call. Documents come in the order in which they should be stored.
/// </summary>
public sealed class DatasetMetadata
{
    /// <summary>The root's attribute that tells whether the dataset is complete.</summary>
    public const string OwnNamespace = "omezarr_native";

    private readonly AcquisitionPlan _plan;
    private readonly DateTimeOffset? _begun;
    private readonly ImmutableArray<ArrayMetadata> _arrays;

    /// <param name="plan">What is written.</param>
    /// <param name="begun">When the acquisition began, or null when that is not to be told.</param>
    public DatasetMetadata(AcquisitionPlan plan, DateTimeOffset? begun = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _begun = begun;
        _plan = plan;
        _arrays = [.. plan.Arrays.Select(array => new ArrayMetadata
        {
            DataType = array.DataType,
            ChunkShape = array.ChunkShape,
            ShardShapeInChunks = array.ShardShapeInChunks,
            Compression = array.Compression,
            Checksum = array.Checksum,
            DimensionNames = ImmutableArray<string?>.CastUp(array.DimensionNames),
        })];
    }

    /// <summary>
    /// What a new dataset begins with: the arrays, the groups around them, then the root, so that who finds the root finds
    /// everything. Unbounded axes have length 0, and the dataset is marked incomplete.
    /// </summary>
    public IReadOnlyList<MetadataDocument> Initial() =>
    [
        .. InitialArrays(),
        .. Images(0, [], new FinalAdditions(), stored: null),
        .. CollectionDocuments.Of(_plan),
        .. OmeXml(0, frames: null),
        Root(default, complete: false, [], [], new FinalAdditions(), stored: null),
    ];

    /// <summary>The document of an array whose unbounded axis has grown.</summary>
    /// <param name="arrayIndex">As the router counts them.</param>
    /// <param name="unboundedExtent">Length of the unbounded axis; without one it has no effect.</param>
    /// <param name="stored">The document as it is in the store, if it is to be respected: see <see cref="Final"/>.</param>
    public MetadataDocument ArrayDocument(int arrayIndex, long unboundedExtent, byte[]? stored = null)
    {
        var array = _plan.Arrays[arrayIndex];
        var shape = array.Shape.ToArray();
        if (array.UnboundedAxis >= 0)
            shape[array.UnboundedAxis] = unboundedExtent;
        return new MetadataDocument(KeyOf(array), StoredMetadata.Merge(_arrays[arrayIndex].Encode(shape), stored));
    }

    /// <summary>
    /// What a dataset ends with: exact shapes, the acquisition's metadata, whether it is complete. What has not changed
    /// since the beginning is left out.
    /// </summary>
    /// <param name="counts">What became of the frames.</param>
    /// <param name="complete">Whether everything that was accepted is stored.</param>
    /// <param name="namespaces">Acquisition-wide metadata by name, each replacing what that name held; only read.</param>
    /// <param name="stored">
    /// Gives a document of this dataset as it is in the store, or null. Attributes and members that are not written here
    /// are kept from it, so that what others added survives.
    /// </param>
    /// <param name="measured">Intensities of the channels' pixels by channel, null for one that is not known.</param>
    /// <param name="additions">What is known of single images and frames, if anything.</param>
    /// <exception cref="ArgumentException">A name is reserved, see <see cref="UserMetadata.Refusal"/>.</exception>
    public IReadOnlyList<MetadataDocument> Final(
        FrameCounts counts,
        bool complete,
        IReadOnlyDictionary<string, JsonNode?> namespaces,
        Func<string, byte[]?>? stored = null,
        IReadOnlyList<IntensityWindow?>? measured = null,
        FinalAdditions? additions = null)
    {
        ArgumentNullException.ThrowIfNull(namespaces);
        measured ??= [];
        additions ??= new FinalAdditions();
        var root = Root(counts, complete, namespaces, measured, additions, stored?.Invoke(ArrayMetadata.Key));
        var extent = _plan.Router.UnboundedExtent(counts.FramesSeen);
        var isBounded = _plan.Router.UnboundedAxis < 0;
        var arrays = isBounded ? [] : _plan.Arrays.Select((array, i) => ArrayDocument(i, extent, stored?.Invoke(KeyOf(array))));
        var images = Images(extent, measured, additions, stored, onlyAdditions: isBounded && measured.Count == 0);
        return [.. arrays, .. images, .. isBounded && additions.Frames is null ? [] : OmeXml(extent, additions.Frames), root];
    }

    /// <summary>The documents that have namespaces, as they are while frames come; parameters as for <see cref="Final"/>.</summary>
    public IReadOnlyList<MetadataDocument> WithNamespaces(
        IReadOnlyDictionary<string, JsonNode?> namespaces, FinalAdditions additions, Func<string, byte[]?> stored) =>
    [
        .. Images(0, [], additions, stored, onlyAdditions: true),
        Root(default, complete: false, namespaces, [], additions, stored(ArrayMetadata.Key)),
    ];

    /// <summary>Arrays of the same layout share the bytes of their documents: a plate has thousands.</summary>
    private IEnumerable<MetadataDocument> InitialArrays()
    {
        var texts = new Dictionary<ArrayPlan, ReadOnlyMemory<byte>>();
        for (var i = 0; i < _plan.Arrays.Length; i++)
        {
            var layout = _plan.Arrays[i] with { Path = "" };
            if (!texts.TryGetValue(layout, out var text))
                texts.Add(layout, text = ArrayDocument(i, 0).Utf8);
            yield return new MetadataDocument(KeyOf(_plan.Arrays[i]), text);
        }
    }

    private MetadataDocument Root(
        FrameCounts counts,
        bool complete,
        IReadOnlyCollection<KeyValuePair<string, JsonNode?>> namespaces,
        IReadOnlyList<IntensityWindow?> measured,
        FinalAdditions additions,
        byte[]? stored)
    {
        var ome = _plan.Structure == DatasetStructure.Image
            ? ImageOf(_plan.Images[0], _plan.Router.UnboundedExtent(counts.FramesSeen), measured)
            : CollectionDocuments.Root(_plan);
        var attributes = new JsonObject
        {
            [NgffVersions.AttributeName] = ome,
            [OwnNamespace] = OwnMetadata.OfDataset(_plan, counts, complete),
        };
        foreach (var (name, value) in namespaces)
        {
            if (UserMetadata.Refusal(name) is { } refusal)
                throw new ArgumentException(refusal, nameof(namespaces));
            attributes[name] = value?.DeepClone();
        }

        if (additions.Frames is not null)
            attributes[OwnNamespace]!["frame_metadata"] = new JsonObject { ["path"] = FrameTableLayout.GroupPath };
        if (_plan.Structure == DatasetStructure.Image)
            additions.AddTo(attributes, image: 0);
        return new MetadataDocument(ArrayMetadata.Key, StoredMetadata.Merge(new GroupMetadata(attributes).Encode(), stored));
    }

    /// <summary>The groups of a collection's images, one after the other as they are asked for.</summary>
    private IEnumerable<MetadataDocument> Images(
        long unboundedExtent, IReadOnlyList<IntensityWindow?> measured, FinalAdditions additions, Func<string, byte[]?>? stored,
        bool onlyAdditions = false)
    {
        if (_plan.Structure == DatasetStructure.Image)
            yield break;
        foreach (var (i, image) in _plan.Images.Index())
        {
            if (onlyAdditions && !additions.Describe(i))
                continue;
            var attributes = new JsonObject
            {
                [NgffVersions.AttributeName] = ImageOf(image, unboundedExtent, measured),
                [OwnNamespace] = OwnMetadata.OfImage(image),
            };
            additions.AddTo(attributes, i);
            var key = image.Below(ArrayMetadata.Key);
            yield return new MetadataDocument(key, StoredMetadata.Merge(new GroupMetadata(attributes).Encode(), stored?.Invoke(key)));
        }
    }

    private IEnumerable<MetadataDocument> OmeXml(long unboundedExtent, RecordedFrames? frames) => _plan.HasOmeXml
        ? [new MetadataDocument(OmeXmlWriter.Key, OmeXmlWriter.Encode(OmeXmlDescription.Of(_plan, unboundedExtent, _begun, frames)))]
        : [];

    private JsonObject ImageOf(ImagePlan image, long unboundedExtent, IReadOnlyList<IntensityWindow?> measured) =>
        NgffVersions.Image(_plan.Settings.NgffVersion, ImageDescription.Of(_plan, image, unboundedExtent, measured));

    private static string KeyOf(ArrayPlan array) => $"{array.Path}/{ArrayMetadata.Key}";
}
