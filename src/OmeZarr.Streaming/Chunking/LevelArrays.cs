using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Chunking;

/// <summary>
/// The arrays of one resolution level of a camera's images. Each is created when the first frame of its image comes: a dataset
/// may have a hundred thousand images, and a session that ends early never sees most of them.
/// </summary>
internal sealed class LevelArrays : IDisposable
{
    private readonly LevelPlan _plan;
    private readonly ArrayEncoding _encoding;
    private readonly FrameSource _source;
    private readonly AssemblyPool? _assemblies;
    private readonly IWritableStore _store;
    private readonly bool _durable;
    private readonly ShardIndexPool _indexes;
    private readonly ChunkAssembler?[] _arrays;
    private readonly Func<int, ArrayFrames> _framesOf;
    private readonly StoredFrontier _frontier;
    private readonly int _endingAxis;
    private ResumedFrames? _resumed;
    private Func<int, long>? _lengthOf;

    /// <param name="plan">The level.</param>
    /// <param name="encoding">How frames are cut and chunks encoded; the same for all images.</param>
    /// <param name="source">Where its frames lie.</param>
    /// <param name="assemblies">Memory that chunk rows share; null when frames wait in the ring.</param>
    /// <param name="store">Where objects go.</param>
    /// <param name="durable">Whether each object must survive a power cut once it is complete.</param>
    /// <param name="camera">The camera.</param>
    /// <param name="frontier">Learns of what readers do not find yet.</param>
    public LevelArrays(LevelPlan plan, ArrayEncoding encoding, FrameSource source, AssemblyPool? assemblies,
        IWritableStore store, bool durable, CameraPlan camera, StoredFrontier frontier)
    {
        _framesOf = image => new ArrayFrames(camera.Router, plan, camera.Arrays[image], image);
        _frontier = frontier;
        _endingAxis = camera.EndingAxis;
        _plan = plan;
        _encoding = encoding;
        _source = source;
        _assemblies = assemblies;
        _store = store;
        _durable = durable;
        _indexes = new ShardIndexPool(encoding.Geometry.ChunksPerShard);
        _arrays = new ChunkAssembler?[plan.Arrays.Length];
    }

    /// <summary>The arrays created so far, in the order of the images; any thread.</summary>
    public IEnumerable<ChunkAssembler> Made
    {
        get
        {
            for (var image = 0; image < _arrays.Length; image++)
            {
                if (Volatile.Read(ref _arrays[image]) is { } array)
                    yield return array;
            }
        }
    }

    /// <summary>The store's side of the arrays created so far, in the order of the images; any thread.</summary>
    public IEnumerable<ArrayOutput> Outputs => Made.Select(array => array.Output);

    /// <summary>Goes on with arrays that are there; before the first frame.</summary>
    /// <param name="resumed">The frames that they have.</param>
    /// <param name="lengthOf">The published length of an image's unbounded axis.</param>
    public void Resume(ResumedFrames resumed, Func<int, long> lengthOf) => (_resumed, _lengthOf) = (resumed, lengthOf);

    /// <summary>An image's array, created if necessary; the distributor only.</summary>
    public ChunkAssembler FindOrMake(int image) => _arrays[image] ?? Make(image);

    /// <summary>An image's array, which must exist; any thread.</summary>
    public ChunkAssembler this[int image] => Volatile.Read(ref _arrays[image])!;

    /// <summary>Where the frames of its arrays lie.</summary>
    public FrameSource Source => _source;

    /// <summary>An image's array, or null when no frame of it has come; any thread.</summary>
    public ChunkAssembler? TryFind(int image) => Volatile.Read(ref _arrays[image]);

    /// <summary>The store's side of an image's array, or null when no frame of it has come; any thread.</summary>
    public ArrayOutput? Find(int image) => Volatile.Read(ref _arrays[image])?.Output;

    /// <summary>Only once no thread uses the arrays any more.</summary>
    public void Dispose() => _indexes.Dispose();

    private ChunkAssembler Make(int image)
    {
        var geometry = _encoding.Geometry;
        var objects = new ArrayObjects(
            _store, _plan.Arrays[image], geometry.ChunksPerShard, _encoding.Codec.MaxEncodedBytes(geometry.Plan.ChunkBytes),
            _durable, _indexes);
        var output = new ArrayOutput(geometry, _encoding.Axes, objects, _framesOf(image), _frontier, _endingAxis, _resumed)
        {
            PublishedLength = _lengthOf?.Invoke(image) ?? 0,
        };
        var array = new ChunkAssembler(_encoding, _source, output, image, _assemblies);
        // Release: a thread that finds the array finds it fully initialized.
        Volatile.Write(ref _arrays[image], array);
        return array;
    }
}
