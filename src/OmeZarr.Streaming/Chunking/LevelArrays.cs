using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Chunking;

/// <summary>
/// The arrays of one resolution level of a camera's images. A writer is made when the first frame of its image comes: a
/// dataset may have a hundred thousand images, of which a session that ends early never sees most.
/// </summary>
internal sealed class LevelArrays : IDisposable
{
    private readonly LevelPlan _plan;
    private readonly ArrayEncoding _encoding;
    private readonly FrameSource _source;
    private readonly AssemblyPool? _assemblies;
    private readonly IStore _store;
    private readonly bool _durable;
    private readonly ShardIndexPool _indexes;
    private readonly ArrayWriter?[] _writers;

    /// <param name="plan">The level.</param>
    /// <param name="encoding">How its frames are cut and its chunks encoded; the same in all images.</param>
    /// <param name="source">Where its frames lie.</param>
    /// <param name="assemblies">Memory that chunk rows share; null when frames wait in the ring.</param>
    /// <param name="store">Where objects go.</param>
    /// <param name="durable">Whether each object must survive a power cut once it is complete.</param>
    public LevelArrays(LevelPlan plan, ArrayEncoding encoding, FrameSource source, AssemblyPool? assemblies, IStore store, bool durable)
    {
        _plan = plan;
        _encoding = encoding;
        _source = source;
        _assemblies = assemblies;
        _store = store;
        _durable = durable;
        _indexes = new ShardIndexPool(encoding.Geometry.ChunksPerShard);
        _writers = new ArrayWriter?[plan.Arrays.Length];
    }

    /// <summary>The writers that there are, in the order of the images; any thread.</summary>
    public IEnumerable<ArrayWriter> Made
    {
        get
        {
            for (var image = 0; image < _writers.Length; image++)
            {
                if (Find(image) is { } writer)
                    yield return writer;
            }
        }
    }

    /// <summary>The writer of an image's array, made if it is not there yet; the distributor only.</summary>
    public ArrayWriter Of(int image) => _writers[image] ?? Make(image);

    /// <summary>The writer of an image's array, or null when no frame of it has come; any thread.</summary>
    public ArrayWriter? Find(int image) => Volatile.Read(ref _writers[image]);

    /// <summary>Only once no thread uses the arrays any more.</summary>
    public void Dispose() => _indexes.Dispose();

    private ArrayWriter Make(int image)
    {
        var geometry = _encoding.Geometry;
        var objects = new ArrayObjects(
            _store, _plan.Arrays[image], geometry.ChunksPerShard, _encoding.Codec.MaxEncodedBytes(geometry.Plan.ChunkBytes), _durable, _indexes);
        var writer = new ArrayWriter(_encoding, _source, objects, _assemblies);
        // Release: who finds it finds all of it.
        Volatile.Write(ref _writers[image], writer);
        return writer;
    }
}
