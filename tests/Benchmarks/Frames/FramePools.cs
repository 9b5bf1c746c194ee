namespace OmeZarr.Benchmarks.Frames;

/// <summary>Makes each pool once, when it is first asked for.</summary>
internal sealed class FramePools(bool quick) : IDisposable
{
    private const int Frames = 32, QuickFrames = 16;

    private readonly Dictionary<FrameShape, FramePool> _pools = [];
    private readonly Lazy<Picture[]> _pictures = new(ReadPictures);

    public FramePool this[FrameShape shape]
    {
        get
        {
            if (!_pools.TryGetValue(shape, out var pool))
                _pools[shape] = pool = new FramePool(shape, quick ? QuickFrames : Frames, _pictures.Value);
            return pool;
        }
    }

    public void Dispose()
    {
        foreach (var pool in _pools.Values)
            pool.Dispose();
    }

    private static Picture[] ReadPictures()
    {
        var folder = Path.Combine(Repository.Root, "tests", "data");
        var pictures = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.tif", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .SelectMany(GreyTiff.Read).ToArray()
            : [];
        return pictures.Length > 0 ? pictures
            : throw new FileNotFoundException($"no *.tif in {folder}: the frames are made of real pictures");
    }
}
