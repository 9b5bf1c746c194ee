using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using OmeZarr.Acquisition;
using OmeZarr.Streaming;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>What a handle refers to: a stream, or one of the arrays of a stream that has keys. Any thread.</summary>
internal sealed class OpenStream
{
    private readonly CameraPipeline? _pipeline;
    private readonly (byte[] Key, ulong Handle)[] _arrays = [];
    private int _hasLent;

    private OpenStream(AcquisitionSession session, CameraPipeline? pipeline, bool isArray, HeapShare heap, StreamMonitor? monitor)
    {
        Session = session;
        Heap = heap;
        Monitor = monitor;
        IsArray = isArray;
        _pipeline = pipeline;
    }

    private OpenStream(
        AcquisitionSession session, (byte[] Key, ulong Handle)[] arrays, HeapShare heap, StreamMonitor? monitor)
    {
        Session = session;
        Heap = heap;
        Monitor = monitor;
        _arrays = arrays;
    }

    public AcquisitionSession Session { get; }

    /// <summary>The whole stream's share of the managed heap, returned at its end.</summary>
    public HeapShare Heap { get; }

    /// <summary>The page that shows the whole stream, or null; ended at its end.</summary>
    public StreamMonitor? Monitor { get; }

    /// <summary>Whether it is an array's handle, which is freed at the stream's end.</summary>
    public bool IsArray { get; }

    /// <summary>Where its frames go.</summary>
    /// <exception cref="AbiException">It is a stream with keys, and none was named.</exception>
    public CameraPipeline Pipeline
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _pipeline ?? NoneNamed();
    }

    /// <summary>True once.</summary>
    public bool IsFirstLoan() => Volatile.Read(ref _hasLent) == 0 && Interlocked.Exchange(ref _hasLent, 1) == 0;

    /// <summary>The handles of the arrays, and their pipelines; a stream without keys is its own only array.</summary>
    public IEnumerable<(ulong Handle, CameraPipeline Pipeline)> Arrays(ulong own) =>
        _pipeline is not null ? [(own, _pipeline)]
            : _arrays.Zip(Session.Pipelines, (array, pipeline) => (array.Handle, pipeline));

    /// <summary>The handle of an array by its key.</summary>
    /// <exception cref="AbiException">There is no array with that key.</exception>
    public ulong ArrayHandle(ReadOnlySpan<byte> key) => _arrays[IndexOf(key)].Handle;

    /// <summary>The pipeline of an array by its key.</summary>
    /// <exception cref="AbiException">There is no array with that key.</exception>
    public CameraPipeline PipelineOf(ReadOnlySpan<byte> key) => Session.Pipelines[IndexOf(key)];

    /// <summary>
    /// Reserves the handles of a stream: its own first, then one for each array with a key. None at all when the table has not
    /// enough left.
    /// </summary>
    public static ulong[] Reserve(HandleTable<OpenStream> handles, AcquisitionPlan plan)
    {
        var reserved = new ulong[plan.Settings.HasKeys ? 1 + plan.Cameras.Length : 1];
        for (var i = reserved.Length - 1; i >= 0; i--)
        {
            reserved[i] = handles.Reserve();
            if (reserved[i] != 0)
                continue;
            Free(handles, reserved.AsSpan(i + 1));
            return [];
        }

        return reserved;
    }

    /// <summary>Frees reserved handles.</summary>
    public static void Free(HandleTable<OpenStream> handles, ReadOnlySpan<ulong> reserved)
    {
        foreach (var handle in reserved)
            handles.Remove(handle);
    }

    /// <summary>
    /// Opens a session under its reserved handles: the arrays first, so that whoever has the stream's handle finds them.
    /// </summary>
    /// <returns>What the stream's own handle refers to.</returns>
    public static OpenStream Open(
        HandleTable<OpenStream> handles, ulong[] reserved, AcquisitionSession session, HeapShare heap, StreamMonitor? monitor)
    {
        if (reserved.Length == 1)
        {
            var only = new OpenStream(session, session.Pipelines[0], isArray: false, heap, monitor);
            handles.Fill(reserved[0], only);
            return only;
        }

        (byte[] Key, ulong Handle)[] arrays =
            [.. session.Pipelines.Select((pipeline, i) => (Encoding.UTF8.GetBytes(pipeline.Key), reserved[i + 1]))];
        for (var i = 0; i < arrays.Length; i++)
            handles.Fill(arrays[i].Handle, new OpenStream(session, session.Pipelines[i], isArray: true, heap, monitor));
        var whole = new OpenStream(session, arrays, heap, monitor);
        handles.Fill(reserved[0], whole);
        return whole;
    }

    [DoesNotReturn]
    private CameraPipeline NoneNamed()
    {
        AbiException.Throw(Status.InvalidArgument,
            $"the stream has arrays: name one by omz_array_stream or omz_append_frame_to, of {Keys}");
        return null;
    }

    private string Keys => string.Join(", ", Session.Pipelines.Select(pipeline => pipeline.Key));

    private int IndexOf(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < _arrays.Length; i++)
        {
            if (key.SequenceEqual(_arrays[i].Key))
                return i;
        }

        AbiException.Throw(Status.InvalidArgument,
            $"key is `{Encoding.UTF8.GetString(key[..Math.Min(key.Length, 64)])}`{Instead}");
        return -1;
    }

    private string Instead => _arrays.Length > 0
        ? $"; the stream's arrays are {Keys}"
        : ", but the stream's settings have no `arrays`: append to the stream itself";
}
