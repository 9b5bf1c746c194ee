using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Serving.Sources;
using OmeZarr.Streaming;

namespace OmeZarrNative;

/// <summary>A running stream for those who look at it from outside: they take what there is, and ask nothing of it.</summary>
internal sealed class StreamSource : IServedSource
{
    /// <summary>How far back the newest plane of an image is looked for, in frames.</summary>
    private const long MostFramesBack = 100_000;

    // Few threads and little memory: the stream needs them more.
    private static readonly ReadingOptions Options = new() { Threads = 1, BufferBytes = 128L << 20, IndexBytes = 32L << 20 };

    private readonly OpenStream _stream;
    private readonly AcquisitionSession _session;
    private readonly Lazy<Dictionary<string, (CameraPipeline Pipeline, int Image)>> _images;

    public StreamSource(OpenStream stream)
    {
        _stream = stream;
        _session = stream.Session;
        _images = new Lazy<Dictionary<string, (CameraPipeline, int)>>(FindImages);
    }

    /// <inheritdoc/>
    public string Name => Path.GetFileName(_session.Plan.OutputPath);

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <inheritdoc/>
    public Dataset Open(CancellationToken cancel) =>
        DatasetCalls.Open(_session.Plan.OutputPath, new QuietLook(new LiveStream(_session)), cancel, Options);

    /// <inheritdoc/>
    public JsonObject? Stats() => JsonNode.Parse(StatsReport.Json(StreamReport.Of(_stream)))!.AsObject();

    /// <inheritdoc/>
    public long? FreeBytes() => _session.Stats().FreeBytes;

    /// <inheritdoc/>
    public ImmutableArray<long>? Newest(Dataset dataset, int image)
    {
        if (!_images.Value.TryGetValue(dataset.Images[image].Path, out var place))
            return null;
        var (pipeline, number) = place;
        var router = pipeline.Plan.Router;
        var stats = _session.Stats(pipeline);
        var seen = stats.FramesAppended + stats.FramesSkipped + stats.FramesDropped;
        if (router.TotalFrames is { } total)
            seen = Math.Min(seen, total);
        var indices = new long[router.FrameAxes];
        for (var frame = seen - 1; frame >= Math.Max(0, seen - MostFramesBack); frame--)
        {
            if (router.Locate(frame, indices) == number)
                return [.. indices];
        }

        return null;
    }

    private Dictionary<string, (CameraPipeline Pipeline, int Image)> FindImages()
    {
        var images = new Dictionary<string, (CameraPipeline, int)>(StringComparer.Ordinal);
        foreach (var pipeline in _session.Pipelines)
        {
            for (var i = 0; i < pipeline.Plan.Images.Length; i++)
                images[pipeline.Plan.Images[i].Path] = (pipeline, i);
        }

        return images;
    }

    /// <summary>Never has the stream publish: what is between memory and the store is seen at the next look.</summary>
    private sealed class QuietLook(ILiveArrays live) : ILiveArrays
    {
        public long[] ShapeOf(string path, ReadOnlySpan<long> stored) => live.ShapeOf(path, stored);

        public bool TryCopy(string path, long[] index, Region region, nint to, long rowStride, long columnStride) =>
            live.TryCopy(path, index, region, to, rowStride, columnStride);

        public bool Publish(int timeoutMs) => true;
    }
}
