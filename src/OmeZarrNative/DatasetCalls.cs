using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage.FileSystem;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>The calls that read: open, describe, read, refresh, close.</summary>
internal static unsafe class DatasetCalls
{
    private const int MaxDatasets = 4096;

    /// <summary>Instead of an image: the dataset.</summary>
    private const int OfDataset = -1;

    /// <summary>More axes are not read.</summary>
    private const int MaxAxes = 32;

    // Another generation than those of streams, so that the one is never taken for the other.
    private static readonly HandleTable<OpenDataset> Datasets =
        new(MaxDatasets, ((ulong)Environment.TickCount64 << 8) | 1ul << 46);

    public static int Open(byte* path, int timeoutMs, ulong* dataset)
    {
        if (dataset == null)
            throw new AbiException(Status.InvalidArgument, "out_dataset is null");
        var root = TextIn.String(path, "path");
        if (root.Length == 0)
            throw new AbiException(Status.InvalidArgument, "path is empty");
        return Open(root, null, timeoutMs, dataset);
    }

    private static int Open(string root, LiveStream? live, int timeoutMs, ulong* dataset)
    {
        var handle = Datasets.Reserve();
        if (handle == 0)
            throw new AbiException(Status.TooManyStreams, $"{MaxDatasets} datasets are open: close others first");
        try
        {
            Datasets.Fill(
                handle, new OpenDataset(TimedCall.Run(timeoutMs, $"opening {root}", cancel => Open(root, live, cancel))));
        }
        catch
        {
            Datasets.Remove(handle);
            throw;
        }

        *dataset = handle;
        return Status.Ok;
    }

    public static int OpenStream(ulong stream, int timeoutMs, ulong* dataset)
    {
        if (dataset == null)
            throw new AbiException(Status.InvalidArgument, "out_dataset is null");
        var session = StreamCalls.Find(stream).Session;
        return Open(session.Plan.OutputPath, new LiveStream(session), timeoutMs, dataset);
    }

    public static int Close(ulong dataset)
    {
        var open = Find(dataset);
        if (!Datasets.Remove(dataset))
            throw NotOpen(dataset);
        open.Leave();
        return Status.Ok;
    }

    public static int Json(ulong dataset, int image, int timeoutMs, byte* buffer, int capacity) =>
        With(dataset, open => TextOut.Copy(Utf8(image == OfDataset
            ? DatasetDescription.Of(open)
            : DatasetDescription.Of(ImageOf(open, image, timeoutMs))), buffer, capacity, cut: false));

    public static int ReadRegion(ulong dataset, int image, int level, in RegionArguments region, byte* buffer, ulong bytes,
        int timeoutMs, ulong* missing)
    {
        var asked = region;
        return With(dataset, open =>
        {
            if (asked.Axes is < 1 or > MaxAxes)
                throw new AbiException(Status.InvalidArgument, $"axes is {asked.Axes}; 1 to {MaxAxes} are possible");
            if (asked.Start == null || asked.Count == null)
                throw new AbiException(Status.InvalidArgument, "start or count is null");
            var array = ImageOf(open, image, timeoutMs).Level(level).Array;
            var part = Region.Of(array.Metadata.Shape.AsSpan(), Of(asked.Start), Of(asked.Count), Of(asked.Step));
            return Read(array, part, buffer, bytes, Of(asked.Strides), timeoutMs, missing);
        });

        // SAFETY: the caller vouches for as many numbers as there are axes; null stands for what is usual.
        ReadOnlySpan<long> Of(long* numbers) => numbers == null ? default : new ReadOnlySpan<long>(numbers, asked.Axes);
    }

    public static int ReadFrame(ulong dataset, int image, int level, long index, byte* buffer, ulong bytes, int timeoutMs,
        ulong* missing) => With(dataset, open =>
        {
            var from = ImageOf(open, image, timeoutMs).Level(level);
            return Read(from.Array, from.Plane(from.IndicesOf(index)), buffer, bytes, default, timeoutMs, missing);
        });

    public static int ReadFrameAt(ulong dataset, int image, int level, long* indices, int count, byte* buffer, ulong bytes,
        int timeoutMs, ulong* missing) => With(dataset, open =>
        {
            if (count is < 0 or > MaxAxes || (indices == null && count > 0))
                throw new AbiException(Status.InvalidArgument, $"indices is null, or their number {count} is out of range");
            var from = ImageOf(open, image, timeoutMs).Level(level);
            // SAFETY: the caller vouches for count numbers.
            var plane = from.Plane(new ReadOnlySpan<long>(indices, count));
            return Read(from.Array, plane, buffer, bytes, default, timeoutMs, missing);
        });

    public static int Metadata(ulong dataset, byte* camera, long frame, int timeoutMs, byte* buffer, int capacity)
    {
        var key = camera == null ? "" : TextIn.String(camera, "array");
        return With(dataset, open => TextOut.Copy(
            Utf8(TimedCall.Run(timeoutMs, "reading the frame's metadata", cancel => FrameMetadata.Of(open, key, frame, cancel))
                ?? []),
            buffer, capacity, cut: false));
    }

    public static int Refresh(ulong dataset, int timeoutMs, int* changed) => With(dataset, open =>
    {
        var hasChanged = TimedCall.Run(timeoutMs, "looking at the dataset anew", open.Refresh);
        if (changed != null)
            *changed = hasChanged ? 1 : 0;
        return Status.Ok;
    });

    /// <summary>Opens a dataset, or one that a stream is writing.</summary>
    public static Dataset Open(string root, ILiveArrays? live, CancellationToken cancel, ReadingOptions? options = null)
    {
        // What is being written is in a folder.
        var store = live is null ? DatasetLocation.Open(root) : new FileSystemStore(root);
        try
        {
            return Dataset.Open(store, "", live, options, cancel);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static int Read(ArraySource array, Region region, byte* buffer, ulong bytes, ReadOnlySpan<long> strides,
        int timeoutMs, ulong* missing)
    {
        TimedCall.Check(timeoutMs);
        if (buffer == null && bytes > 0)
            throw new AbiException(Status.InvalidArgument, "buffer is null");
        var report = array.Read(region, buffer, (long)Math.Min(bytes, long.MaxValue), strides, timeoutMs);
        if (missing != null)
            *missing = (ulong)report.MissingChunks;
        return Status.Ok;
    }

    private static DatasetImage ImageOf(Dataset dataset, int image, int timeoutMs) =>
        dataset.Known(image) ?? TimedCall.Run(timeoutMs, "reading the image's metadata", cancel => dataset.Image(image, cancel));

    private static byte[] Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static int With(ulong dataset, Func<Dataset, int> call)
    {
        var open = Find(dataset);
        if (!open.TryEnter())
            throw NotOpen(dataset);
        try
        {
            return call(open.Dataset);
        }
        finally
        {
            open.Leave();
        }
    }

    private static OpenDataset Find(ulong dataset) => Datasets.Find(dataset) ?? throw NotOpen(dataset);

    private static AbiException NotOpen(ulong dataset) => new(Status.InvalidHandle, $"dataset {dataset} is not open");
}

/// <summary>What part of an array is asked for, as the caller gives it.</summary>
internal readonly unsafe struct RegionArguments(long* start, long* count, long* step, long* strides, int axes)
{
    public readonly long* Start = start;
    public readonly long* Count = count;
    public readonly long* Step = step;
    public readonly long* Strides = strides;
    public readonly int Axes = axes;
}
