using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Ngff.Stored;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;

namespace OmeZarr.Reading;

/// <summary>What a dataset is.</summary>
public enum DatasetKind
{
    /// <summary>One image with its levels.</summary>
    Image,

    /// <summary>Several images: positions, cameras, labels.</summary>
    Collection,

    /// <summary>The wells of a plate with their fields of view.</summary>
    Plate,

    /// <summary>A Zarr array by itself.</summary>
    Array,
}

/// <summary>
/// A dataset in OME-Zarr of any writer, also one that is being written, or a Zarr array by itself. Metadata are as of the
/// last <see cref="Refresh"/>. Any thread; <see cref="Dispose"/> once, when no call is running any more.
/// </summary>
public sealed class Dataset : IDisposable
{
    private const int MostKeptArrays = 256;

    private readonly ArrayReading _reading;
    private readonly string _path;
    private Contents _contents;

    private Dataset(ArrayReading reading, string path, Contents contents)
    {
        _reading = reading;
        _path = path;
        _contents = contents;
    }

    /// <summary>What it is.</summary>
    public DatasetKind Kind => Now.Kind;

    /// <summary>The version of its OME-Zarr metadata; null for an array.</summary>
    public string? Version => Now.Version;

    /// <summary>Its images, in the order of their series or of the plate's wells. At least one.</summary>
    public ImmutableArray<ImagePlace> Images => Now.Images;

    /// <summary>The plate that it is, or null.</summary>
    public StoredPlate? Plate => Now.Plate;

    /// <summary>What this library's writer says of the acquisition, or null for other writers.</summary>
    public OwnRecord? Own => Now.Own;

    /// <summary>All attributes of its root; only to be read.</summary>
    public JsonObject? Attributes => Now.Root.Attributes;

    /// <summary>Where it is read from; belongs to the dataset.</summary>
    public IReadableStore Store => _reading.Store;

    private Contents Now => Volatile.Read(ref _contents);

    /// <summary>Opens a dataset.</summary>
    /// <param name="store">Where it is. Belongs to the dataset from then on, and to the caller when this fails.</param>
    /// <param name="path">Its path in the store; empty when the store's root is the dataset.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ReadingException">It is not there, not valid, or not supported; the message says what.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public static Dataset Open(
        IReadableStore store, string path = "", ReadingOptions? options = null, CancellationToken cancel = default) =>
        Open(store, path, live: null, options, cancel);

    /// <summary>Opens a dataset that this process is writing.</summary>
    /// <param name="store">As above.</param>
    /// <param name="path">As above.</param>
    /// <param name="live">The writer. Its arrays' paths are from the dataset's root, so that must be the store's.</param>
    /// <param name="options">As above.</param>
    /// <param name="cancel">As above.</param>
    public static Dataset Open(
        IReadableStore store, string path, ILiveArrays? live, ReadingOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(path);
        var reading = new ArrayReading(store, options ?? new ReadingOptions(), live);
        try
        {
            return new Dataset(reading, path, Contents.Read(reading, path, cancel));
        }
        catch
        {
            reading.Dispose();
            throw;
        }
    }

    /// <summary>An image with its levels; read when it is first asked for.</summary>
    /// <exception cref="ReadingException">There is none of that number, or it cannot be read.</exception>
    public DatasetImage Image(int index, CancellationToken cancel = default)
    {
        var contents = Now;
        if (index < 0 || index >= contents.Images.Length)
        {
            throw new ReadingException(
                ReadingErrorKind.NotFound, $"There is no image {index}: the dataset has {contents.Images.Length}.");
        }

        return contents.Opened.GetOrAdd(
            index, static (i, at) => DatasetImage.Open(at._reading, at._path, at.contents.Images[i], at.cancel),
            (_reading, _path, contents, cancel));
    }

    /// <summary>Any array of the dataset, such as one of the frames' metadata.</summary>
    /// <param name="path">From the dataset's root.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ReadingException">There is none, or it cannot be read.</exception>
    public ArraySource Array(string path, CancellationToken cancel = default) => TryArray(path, cancel)
        ?? throw new ReadingException(ReadingErrorKind.NotFound, $"There is no array \"{path}\".");

    /// <summary>As <see cref="Array"/>, or null when there is none. Kept until the next <see cref="Refresh"/>.</summary>
    public ArraySource? TryArray(string path, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Now.Arrays.TryGetValue(path, out var known))
            return known;
        var node = NodeDocument.Find(_reading, NodeDocument.Below(_path, path), cancel);
        if (node?.Array is not { } metadata)
            return null;
        var array = new ArraySource(_reading, node.Path, metadata);
        // Few are asked for again and again; all of them may be more than memory should hold.
        if (Now.Arrays.Count < MostKeptArrays)
            Now.Arrays[path] = array;
        return array;
    }

    /// <summary>An image that was asked for before, or null: it takes no look at the store.</summary>
    public DatasetImage? Known(int index) => Now.Opened.GetValueOrDefault(index);

    /// <summary>
    /// Looks at the store anew: shapes, metadata and chunks that have come since. Images that were asked for before stay as they
    /// were; ask again.
    /// </summary>
    /// <returns>Whether metadata have changed.</returns>
    /// <exception cref="ReadingException">It is no longer there, or cannot be read; then nothing has changed.</exception>
    public bool Refresh(CancellationToken cancel = default)
    {
        var before = Now;
        var after = Contents.Read(_reading, _path, cancel);
        var hasChanged = !before.Root.Utf8.AsSpan().SequenceEqual(after.Root.Utf8);
        foreach (var (index, image) in before.Opened)
        {
            if (index >= after.Images.Length || after.Images[index] != image.Place)
                continue;
            var again = DatasetImage.Open(_reading, _path, image.Place, cancel);
            hasChanged |= !again.Levels.Select(level => level.Array.Metadata.Shape.ToArray())
                .SequenceEqual(image.Levels.Select(level => level.Array.Metadata.Shape.ToArray()), ShapeComparer.Instance);
            after.Opened[index] = again;
        }

        // Chunks never move, but there are more of them.
        _reading.Indexes.Clear();
        _reading.Workspaces.Trim();
        Volatile.Write(ref _contents, after);
        return hasChanged;
    }

    public void Dispose()
    {
        _reading.Dispose();
        _reading.Store.Dispose();
    }

    private sealed class ShapeComparer : IEqualityComparer<long[]>
    {
        internal static ShapeComparer Instance { get; } = new();

        public bool Equals(long[]? x, long[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(long[] obj) => obj.Length;
    }
}
