using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Ngff;
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

    private const int OwnVersion = 1;

    private readonly AcquisitionPlan _plan;
    private readonly ImmutableArray<ArrayMetadata> _arrays;

    public DatasetMetadata(AcquisitionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
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
    /// What a new dataset begins with: the arrays, then the root, so that who finds the root finds everything. Unbounded
    /// axes have length 0, and the dataset is marked incomplete.
    /// </summary>
    public IReadOnlyList<MetadataDocument> Initial() =>
        [.. _plan.Arrays.Select((_, i) => ArrayDocument(i, 0)), Root(default, complete: false, [], stored: null)];

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

    /// <summary>What a dataset ends with: exact shapes, the acquisition's metadata, whether it is complete.</summary>
    /// <param name="counts">What became of the frames.</param>
    /// <param name="complete">Whether everything that was accepted is stored.</param>
    /// <param name="namespaces">Acquisition-wide metadata by name, each replacing what that name held; only read.</param>
    /// <param name="stored">
    /// Gives a document of this dataset as it is in the store, or null. Attributes and members that are not written here
    /// are kept from it, so that what others added survives.
    /// </param>
    /// <exception cref="ArgumentException">A name is reserved, see <see cref="UserMetadata.Refusal"/>.</exception>
    public IReadOnlyList<MetadataDocument> Final(
        FrameCounts counts,
        bool complete,
        IReadOnlyDictionary<string, JsonNode?> namespaces,
        Func<string, byte[]?>? stored = null)
    {
        ArgumentNullException.ThrowIfNull(namespaces);
        var extent = _plan.Router.UnboundedExtent(counts.FramesSeen);
        return
        [
            .. _plan.Arrays.Select((array, i) => ArrayDocument(i, extent, stored?.Invoke(KeyOf(array)))),
            Root(counts, complete, namespaces, stored?.Invoke(ArrayMetadata.Key)),
        ];
    }

    private MetadataDocument Root(
        FrameCounts counts, bool complete, IReadOnlyCollection<KeyValuePair<string, JsonNode?>> namespaces, byte[]? stored)
    {
        var image = ImageDescription.Of(_plan, _plan.Router.UnboundedExtent(counts.FramesSeen));
        var attributes = new JsonObject
        {
            [NgffVersions.AttributeName] = NgffVersions.Image(_plan.Settings.NgffVersion, image),
            [OwnNamespace] = Own(counts, complete),
        };
        foreach (var (name, value) in namespaces)
        {
            if (UserMetadata.Refusal(name) is { } refusal)
                throw new ArgumentException(refusal, nameof(namespaces));
            attributes[name] = value?.DeepClone();
        }

        return new MetadataDocument(ArrayMetadata.Key, StoredMetadata.Merge(new GroupMetadata(attributes).Encode(), stored));
    }

    /// <summary>The completion mark, and what the settings say that OME-Zarr has no place for.</summary>
    private JsonObject Own(FrameCounts counts, bool complete)
    {
        var own = new JsonObject
        {
            ["version"] = OwnVersion,
            ["complete"] = complete,
            ["frames_appended"] = counts.FramesAppended,
            ["frames_skipped"] = counts.FramesSkipped,
            ["frames_dropped"] = counts.FramesDropped,
        };
        var described = _plan.Settings.Dimensions.Where(dimension => SettingsWriter.Coordinates(dimension) is not null).ToArray();
        if (described.Length > 0)
        {
            own["dimensions"] = new JsonArray([.. described.Select(dimension => new JsonObject
            {
                ["name"] = dimension.Name,
                ["coords"] = WithoutNulls(SettingsWriter.Coordinates(dimension)!),
            })]);
        }

        return own;
    }

    private static string KeyOf(ArrayPlan array) => $"{array.Path}/{ArrayMetadata.Key}";

    private static JsonArray WithoutNulls(JsonArray coordinates)
    {
        foreach (var coordinate in coordinates.OfType<JsonObject>())
        {
            foreach (var (key, _) in coordinate.Where(member => member.Value is null).ToArray())
                coordinate.Remove(key);
        }

        return coordinates;
    }
}
