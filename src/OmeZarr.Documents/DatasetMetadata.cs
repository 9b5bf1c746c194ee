using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Ngff;
using OmeZarr.Ngff.OmeXml;
using OmeZarr.Zarr;

namespace OmeZarr.Documents;

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
    private readonly JsonElement _settings;

    /// <param name="plan">What is written.</param>
    /// <param name="begun">When the acquisition began, or null when that is not to be told.</param>
    public DatasetMetadata(AcquisitionPlan plan, DateTimeOffset? begun = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _begun = begun;
        _plan = plan;
        // Once: the root is written again and again.
        if (plan.Structure == DatasetStructure.Image)
            _settings = StoredSettings.ElementOf(plan);
    }

    /// <summary>What is written.</summary>
    public AcquisitionPlan Plan => _plan;

    /// <summary>The same for another plan of the dataset, as <see cref="EarlyEnd"/> makes it.</summary>
    public DatasetMetadata With(AcquisitionPlan plan) => new(plan, _begun);

    /// <summary>
    /// What a new dataset begins with: the arrays, the groups around them, then the root, so that who finds the root finds
    /// everything. Unbounded axes have length 0, and the dataset is marked incomplete.
    /// </summary>
    public DocumentList Initial()
    {
        CameraState[] begun = [.. _plan.Cameras.Select(_ => CameraState.Begun)];
        return new DocumentList(
        [
            InitialArrays(),
            Images(begun, EveryImage(), UserNamespaces.None, stored: null),
            .. CollectionDocuments.Of(_plan),
            OmeXml(begun),
            (1, _ => Root(begun, DatasetOutcome.Writing, UserNamespaces.None)),
        ]);
    }

    /// <summary>
    /// What changes besides the root when a dataset that was cut back at its end goes on: its declared shape is back. Parameters
    /// as for <see cref="Final"/>.
    /// </summary>
    public DocumentList Resumed(IReadOnlyList<CameraState> cameras, Func<string, byte[]?> stored)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(stored);
        ArrayPlan[] arrays = [.. _plan.Arrays.Where(array => array.UnboundedAxis < 0)];
        return new DocumentList(
        [
            (arrays.Length, i => ArrayDocument(arrays[i], 0, stored(KeyOf(arrays[i])))),
            Images(cameras, EveryImage(), UserNamespaces.None, stored),
            OmeXml(cameras),
        ]);
    }

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

    /// <summary>The arrays of a camera as long as they are in the end; none when they do not grow.</summary>
    /// <param name="camera">The camera's number.</param>
    /// <param name="level">One of its levels.</param>
    /// <param name="state">How far it came.</param>
    /// <param name="stored">Gives a document of this dataset as it is in the store, or null; see <see cref="Final"/>.</param>
    /// <returns>A document for each image.</returns>
    public DocumentList GrownArrays(int camera, LevelPlan level, CameraState state, Func<string, byte[]?>? stored = null)
    {
        ArgumentNullException.ThrowIfNull(level);
        ArgumentNullException.ThrowIfNull(state);
        var arrays = level.Arrays;
        return new DocumentList((HasGrown(camera) ? arrays.Length : 0, image => ArrayDocument(
            arrays[image], state.LengthOf(_plan.Cameras[camera], image, level.Number), stored?.Invoke(KeyOf(arrays[image])))));
    }

    /// <summary>
    /// What a dataset ends with, but for arrays and the root: the metadata of images. What has not changed since the beginning is
    /// left out.
    /// </summary>
    /// <param name="cameras">How far each camera came.</param>
    /// <param name="namespaces">Metadata by name, each replacing what that name held.</param>
    /// <param name="stored">
    /// Gives a document of this dataset as it is in the store, or null. Attributes and members that are not written here
    /// are kept from it, so that what others added survives.
    /// </param>
    public DocumentList Final(IReadOnlyList<CameraState> cameras, UserNamespaces namespaces, Func<string, byte[]?>? stored = null)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(namespaces);
        var isDescribed = Enumerable.Range(0, cameras.Count)
            .Any(camera => HasGrown(camera) || cameras[camera].Frames is not null);
        return new DocumentList(
        [
            Images(cameras, EveryImage((camera, image) => IsDescribed(cameras, camera, image, namespaces)), namespaces, stored),
            .. isDescribed ? [OmeXml(cameras)] : Array.Empty<(int, Func<int, MetadataDocument>)>(),
        ]);
    }

    /// <summary>The root: what the dataset is, how far it came, and how it ended.</summary>
    /// <param name="cameras">How far each camera came.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="namespaces">Metadata by name, each replacing what that name held.</param>
    /// <param name="stored">The root as it is in the store, if what others added is to be kept.</param>
    /// <exception cref="ArgumentException">A name is reserved, see <see cref="UserMetadata.Refusal"/>.</exception>
    public MetadataDocument Root(IReadOnlyList<CameraState> cameras, DatasetOutcome outcome, UserNamespaces namespaces,
        byte[]? stored = null)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(namespaces);
        var ome = _plan.Structure == DatasetStructure.Image
            ? ImageOf(_plan.Cameras[0], 0, cameras[0])
            : CollectionDocuments.Root(_plan);
        var attributes = new JsonObject
        {
            [NgffVersions.AttributeName] = ome,
            [OwnNamespace] = OwnMetadata.OfDataset(_plan, cameras, outcome, _settings),
        };
        namespaces.AddTo(attributes);
        if (_plan.Structure == DatasetStructure.Image)
            AddToImage(attributes, cameras[0], namespaces, _plan.Cameras[0], number: 0);
        return new MetadataDocument(ArrayMetadata.Key, StoredMetadata.Merge(new GroupMetadata(attributes).Encode(), stored));
    }

    /// <summary>The images that have namespaces, as they are while frames come; parameters as for <see cref="Final"/>.</summary>
    public DocumentList WithNamespaces(
        IReadOnlyList<CameraState> cameras, UserNamespaces namespaces, Func<string, byte[]?> stored)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(namespaces);
        var described = EveryImage((camera, image) => namespaces.Describe(_plan.Cameras[camera].FirstImage + image));
        return new DocumentList(Images(cameras, described, namespaces, stored));
    }

    // Or has been cut back.
    private bool HasGrown(int camera) =>
        _plan.Cameras[camera] is { Router.UnboundedAxis: >= 0 } or { DeclaredFrames: not null };

    private bool IsDescribed(IReadOnlyList<CameraState> cameras, int camera, int image, UserNamespaces namespaces) =>
        HasGrown(camera) || cameras[camera].Intensities.Count > 0 || namespaces.Describe(_plan.Cameras[camera].FirstImage + image)
        || cameras[camera].Frames?.Describes(image) == true;

    /// <summary>Arrays of the same layout share the bytes of their documents: a plate has thousands.</summary>
    private (int Count, Func<int, MetadataDocument> Make) InitialArrays()
    {
        var texts = new Dictionary<ArrayPlan, ReadOnlyMemory<byte>>();
        return (_plan.Arrays.Length, Make);

        MetadataDocument Make(int number)
        {
            var layout = _plan.Arrays[number] with { Path = "" };
            if (!texts.TryGetValue(layout, out var text))
                texts.Add(layout, text = ArrayDocument(layout, 0).Utf8);
            return new MetadataDocument(KeyOf(_plan.Arrays[number]), text);
        }
    }

    /// <summary>
    /// The images of a collection or plate of which there is something to say, each with its camera. A single image is the root.
    /// </summary>
    private (int Camera, int Image)[] EveryImage(Func<int, int, bool>? isWanted = null)
    {
        if (_plan.Structure == DatasetStructure.Image)
            return [];
        var images = _plan.Cameras.Index()
            .SelectMany(camera => Enumerable.Range(0, camera.Item.Images.Length).Select(image => (camera.Index, image)));
        return [.. images.Where(at => isWanted?.Invoke(at.Index, at.image) ?? true)];
    }

    /// <summary>The groups of images.</summary>
    /// <param name="states">How far each camera is.</param>
    /// <param name="images">Which, each with its camera.</param>
    /// <param name="namespaces">Metadata by name.</param>
    /// <param name="stored">Gives a document as it is in the store.</param>
    private (int, Func<int, MetadataDocument>) Images(
        IReadOnlyList<CameraState> states, (
            int Camera, int Image)[] images, UserNamespaces namespaces, Func<string, byte[]?>? stored) =>
        (images.Length, i => ImageGroup(images[i].Camera, images[i].Image, states[images[i].Camera], namespaces, stored));

    private MetadataDocument ImageGroup(int number, int image, CameraState state, UserNamespaces namespaces,
        Func<string, byte[]?>? stored)
    {
        var camera = _plan.Cameras[number];
        var attributes = new JsonObject
        {
            [NgffVersions.AttributeName] = ImageOf(camera, image, state),
            [OwnNamespace] = OwnMetadata.OfImage(camera.Images[image]),
        };
        AddToImage(attributes, state, namespaces, camera, image);
        var key = camera.Images[image].Below(ArrayMetadata.Key);
        return new MetadataDocument(key, StoredMetadata.Merge(new GroupMetadata(attributes).Encode(), stored?.Invoke(key)));
    }

    /// <summary>Adds what there is to say of one of a camera's images beyond the plan.</summary>
    private static void AddToImage(JsonObject attributes, CameraState state, UserNamespaces namespaces, CameraPlan camera,
        int number)
    {
        namespaces.AddTo(attributes, camera.FirstImage + number);
        state.Frames?.AddTo(attributes, number);
    }

    private (int, Func<int, MetadataDocument>) OmeXml(IReadOnlyList<CameraState> cameras) => (
        _plan.HasOmeXml ? 1 : 0,
        _ => new MetadataDocument(OmeXmlWriter.Key, OmeXmlWriter.Encode(OmeXmlDescription.Of(_plan, cameras, _begun))));

    private JsonObject ImageOf(CameraPlan camera, int image, CameraState state) => _plan.Settings.OmeZarrVersion.Image(
        ImageDescription.Of(camera, camera.Images[image], state.LengthOf(camera, image), state.Intensities));

    private static string KeyOf(ArrayPlan array) => $"{array.Path}/{ArrayMetadata.Key}";
}
