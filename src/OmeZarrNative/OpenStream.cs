using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using OmeZarr.Acquisition;
using OmeZarr.Streaming;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>What a handle stands for: a stream, or one of the arrays of a stream that has keys. Any thread.</summary>
internal sealed class OpenStream
{
    private readonly CameraLane? _lane;
    private readonly (byte[] Key, ulong Handle)[] _arrays = [];

    private OpenStream(AcquisitionSession session, CameraLane? lane, bool isArray, HeapShare heap)
    {
        Session = session;
        Heap = heap;
        IsArray = isArray;
        _lane = lane;
    }

    private OpenStream(AcquisitionSession session, (byte[] Key, ulong Handle)[] arrays, HeapShare heap)
    {
        Session = session;
        Heap = heap;
        _arrays = arrays;
    }

    public AcquisitionSession Session { get; }

    /// <summary>The whole stream's share of the managed heap, to be given back at its end.</summary>
    public HeapShare Heap { get; }

    /// <summary>Whether it is an array's handle, which the stream's end frees.</summary>
    public bool IsArray { get; }

    /// <summary>Where its frames go.</summary>
    /// <exception cref="AbiException">It is a stream with keys, and none was named.</exception>
    public CameraLane Lane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _lane ?? NoneNamed();
    }

    /// <summary>The handles of the arrays, and where their frames go; a stream without keys is its own only array.</summary>
    public IEnumerable<(ulong Handle, CameraLane Lane)> Arrays(ulong own) =>
        _lane is not null ? [(own, _lane)] : _arrays.Zip(Session.Lanes, (array, lane) => (array.Handle, lane));

    /// <summary>The handle of an array by its key.</summary>
    /// <exception cref="AbiException">There is none of that key.</exception>
    public ulong ArrayHandle(ReadOnlySpan<byte> key) => _arrays[IndexOf(key)].Handle;

    /// <summary>Where the frames of an array go by its key.</summary>
    /// <exception cref="AbiException">There is none of that key.</exception>
    public CameraLane LaneOf(ReadOnlySpan<byte> key) => Session.Lanes[IndexOf(key)];

    /// <summary>
    /// Takes the handles that a stream will have: its own first, then one for each array with a key. None at all when the table has not
    /// so many left.
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

    /// <summary>Gives reserved handles back.</summary>
    public static void Free(HandleTable<OpenStream> handles, ReadOnlySpan<ulong> reserved)
    {
        foreach (var handle in reserved)
            handles.Remove(handle);
    }

    /// <summary>Opens a session by its reserved handles: the arrays first, so that whoever has the stream's finds them.</summary>
    public static void Open(HandleTable<OpenStream> handles, ulong[] reserved, AcquisitionSession session, HeapShare heap)
    {
        if (reserved.Length == 1)
        {
            handles.Fill(reserved[0], new OpenStream(session, session.Lanes[0], isArray: false, heap));
            return;
        }

        (byte[] Key, ulong Handle)[] arrays = [.. session.Lanes.Select((lane, i) => (Encoding.UTF8.GetBytes(lane.Key), reserved[i + 1]))];
        for (var i = 0; i < arrays.Length; i++)
            handles.Fill(arrays[i].Handle, new OpenStream(session, session.Lanes[i], isArray: true, heap));
        handles.Fill(reserved[0], new OpenStream(session, arrays, heap));
    }

    [DoesNotReturn]
    private CameraLane NoneNamed()
    {
        AbiException.Throw(Status.InvalidArgument, $"the stream has arrays: name one by omz_array_stream or omz_append_frame_to, of {Keys}");
        return null;
    }

    private string Keys => string.Join(", ", Session.Lanes.Select(lane => lane.Key));

    private int IndexOf(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < _arrays.Length; i++)
        {
            if (key.SequenceEqual(_arrays[i].Key))
                return i;
        }

        AbiException.Throw(Status.InvalidArgument, $"key is `{Encoding.UTF8.GetString(key[..Math.Min(key.Length, 64)])}`{Instead}");
        return -1;
    }

    private string Instead => _arrays.Length > 0
        ? $"; the stream's arrays are {Keys}"
        : ", but the stream's settings have no `arrays`: append to the stream itself";
}
