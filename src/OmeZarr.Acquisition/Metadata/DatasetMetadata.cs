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

    /// <param name="plan">What is written.</param>
    /// <param name="begun">When the acquisition began, or null when that is not to be told.</param>
    public DatasetMetadata(AcquisitionPlan plan, DateTimeOffset? begun = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _begun = begun;
        _plan = plan;
    }

    /// <summary>
    /// What a new dataset begins with: the arrays, the groups around them, then the root, so that who finds the root finds
    /// everything. Unbounded axes have length 0, and the dataset is marked incomplete. Each is made as it is asked for.
    /// </summary>
    public IReadOnlyList<MetadataDocument> Initial() => new OneByOne<MetadataDocument>(() => InitialArrays()
        .Concat(Images(Begun, _ => true, UserNamespaces.None, stored: null))
        .Concat(CollectionDocuments.Of(_plan))
        .Concat(OmeXml(Begun))
        .Concat(InitialRoot()));

    private IEnumerable<MetadataDocument> InitialRoot()
    {
        yield return Root(Begun, complete: false, UserNamespaces.None, stored: null);
    }

    private CameraState[] Begun => [.. _plan.Cameras.Select(_ => CameraState.Begun)];

    /// <summary>The document of an array whose unbounded axis has grown.</summary>
    /// <param name="array">One of the plan's.</param>
    /// <param name="unboundedExtent">Length of the unbounded axis; without one it has no effect.</param>
    /// <param name="stored">The document as it is in the store, if it is to be respected: see <see cref="Final"/>.</param>
    public static MetadataDocument ArrayDocument(ArrayPlan array, long unboundedExtent, byte[]? stored = null)
    {
        ArgumentNullException.ThrowIfNull(array);
        var metadata = new ArrayMetadata
        {
            DataType = array.DataType,
            ChunkShape = array.ChunkShape,
            ShardShapeInChunks = array.ShardShapeInChunks,
            Compression = array.Compression,
            Checksum = array.Checksum,
            DimensionNames = ImmutableArray<string?>.CastUp(array.DimensionNames),
        };
        var shape = array.Shape.ToArray();
        if (array.UnboundedAxis >= 0)
            shape[array.UnboundedAxis] = unboundedExtent;
        return new MetadataDocument(KeyOf(array), StoredMetadata.Merge(metadata.Encode(shape), stored));
    }

    /// <summary>
    /// What a dataset ends with: exact shapes, the acquisition's metadata, whether it is complete. What has not changed
    /// since the beginning is left out.
    /// </summary>
    /// <param name="cameras">How far each camera came.</param>
    /// <param name="complete">Whether everything that was accepted is stored.</param>
    /// <param name="namespaces">Metadata by name, each replacing what that name held.</param>
    /// <param name="stored">
    /// Gives a document of this dataset as it is in the store, or null. Attributes and members that are not written here
    /// are kept from it, so that what others added survives.
    /// </param>
    /// <exception cref="ArgumentException">A name is reserved, see <see cref="UserMetadata.Refusal"/>.</exception>
    public IReadOnlyList<MetadataDocument> Final(
        IReadOnlyList<CameraState> cameras,
        bool complete,
        UserNamespaces namespaces,
        Func<string, byte[]?>? stored = null)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(namespaces);
        var root = Root(cameras, complete, namespaces, stored?.Invoke(ArrayMetadata.Key));
        var images = Images(cameras, camera => HasGrown(camera) || cameras[camera].Intensities.Count > 0, namespaces, stored);
        var isDescribed = Enumerable.Range(0, cameras.Count).Any(camera => HasGrown(camera) || cameras[camera].Frames is not null);
        return [.. GrownArrays(cameras, stored), .. images, .. isDescribed ? OmeXml(cameras) : [], root];
    }

    private bool HasGrown(int camera) => _plan.Cameras[camera].Router.UnboundedAxis >= 0;

    private IEnumerable<MetadataDocument> GrownArrays(IReadOnlyList<CameraState> states, Func<string, byte[]?>? stored)
    {
        foreach (var (number, camera) in _plan.Cameras.Index())
        {
            if (!HasGrown(number))
                continue;
            // Full resolution last: readers ask it how long the image is.
            foreach (var level in camera.Levels.Reverse())
            {
                var extent = level.LengthAlong(camera.Router.UnboundedAxis, states[number].UnboundedExtent(camera));
                foreach (var array in level.Arrays)
                    yield return ArrayDocument(array, extent, stored?.Invoke(KeyOf(array)));
            }
        }
    }

    /// <summary>The documents that have namespaces, as they are while frames come; parameters as for <see cref="Final"/>.</summary>
    public IReadOnlyList<MetadataDocument> WithNamespaces(UserNamespaces namespaces, Func<string, byte[]?> stored)
    {
        ArgumentNullException.ThrowIfNull(namespaces);
        ArgumentNullException.ThrowIfNull(stored);
        return [.. Images(Begun, _ => false, namespaces, stored), Root(Begun, complete: false, namespaces, stored(ArrayMetadata.Key))];
    }

    /// <summary>Arrays of the same layout share the bytes of their documents: a plate has thousands.</summary>
    private IEnumerable<MetadataDocument> InitialArrays()
    {
        var texts = new Dictionary<ArrayPlan, ReadOnlyMemory<byte>>();
        foreach (var array in _plan.Arrays)
        {
            var layout = array with { Path = "" };
            if (!texts.TryGetValue(layout, out var text))
                texts.Add(layout, text = ArrayDocument(array, 0).Utf8);
            yield return new MetadataDocument(KeyOf(array), text);
        }
    }

    private MetadataDocument Root(
        IReadOnlyList<CameraState> cameras,
        bool complete,
        UserNamespaces namespaces,
        byte[]? stored)
    {
        var ome = _plan.Structure == DatasetStructure.Image
            ? ImageOf(_plan.Cameras[0], _plan.Images[0], cameras[0])
            : CollectionDocuments.Root(_plan);
        var attributes = new JsonObject
        {
            [NgffVersions.AttributeName] = ome,
            [OwnNamespace] = OwnMetadata.OfDataset(_plan, cameras, complete),
        };
        namespaces.AddTo(attributes);
        if (_plan.Structure == DatasetStructure.Image)
            AddToImage(attributes, cameras[0], namespaces, _plan.Cameras[0], number: 0);
        return new MetadataDocument(ArrayMetadata.Key, StoredMetadata.Merge(new GroupMetadata(attributes).Encode(), stored));
    }

    /// <summary>The groups of a collection's images, one after the other as they are asked for.</summary>
    /// <param name="states">How far each camera is.</param>
    /// <param name="all">Whether all images of a camera are given, or only those of which there is more to say than the plan does.</param>
    /// <param name="namespaces">Metadata by name.</param>
    /// <param name="stored">Gives a document as it is in the store.</param>
    private IEnumerable<MetadataDocument> Images(
        IReadOnlyList<CameraState> states, Func<int, bool> all, UserNamespaces namespaces, Func<string, byte[]?>? stored)
    {
        if (_plan.Structure == DatasetStructure.Image)
            yield break;
        foreach (var (number, camera) in _plan.Cameras.Index())
        {
            foreach (var (i, image) in camera.Images.Index())
            {
                if (!all(number) && !namespaces.Describe(camera.FirstImage + i) && states[number].Frames?.Describes(i) != true)
                    continue;
                var attributes = new JsonObject
                {
                    [NgffVersions.AttributeName] = ImageOf(camera, image, states[number]),
                    [OwnNamespace] = OwnMetadata.OfImage(image),
                };
                AddToImage(attributes, states[number], namespaces, camera, i);
                var key = image.Below(ArrayMetadata.Key);
                yield return new MetadataDocument(key, StoredMetadata.Merge(new GroupMetadata(attributes).Encode(), stored?.Invoke(key)));
            }
        }
    }

    /// <summary>Adds what there is to say of one of a camera's images beyond the plan.</summary>
    private static void AddToImage(JsonObject attributes, CameraState state, UserNamespaces namespaces, CameraPlan camera, int number)
    {
        namespaces.AddTo(attributes, camera.FirstImage + number);
        state.Frames?.AddTo(attributes, number);
    }

    private IEnumerable<MetadataDocument> OmeXml(IReadOnlyList<CameraState> cameras)
    {
        if (_plan.HasOmeXml)
            yield return new MetadataDocument(OmeXmlWriter.Key, OmeXmlWriter.Encode(OmeXmlDescription.Of(_plan, cameras, _begun)));
    }

    private JsonObject ImageOf(CameraPlan camera, ImagePlan image, CameraState state) => NgffVersions.Image(
        _plan.Settings.NgffVersion, ImageDescription.Of(camera, image, state.UnboundedExtent(camera), state.Intensities));

    private static string KeyOf(ArrayPlan array) => $"{array.Path}/{ArrayMetadata.Key}";
}
