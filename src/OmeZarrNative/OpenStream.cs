using System.Runtime.CompilerServices;
using System.Text;
using OmeZarr.Streaming;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>What a handle stands for: a stream, or one of the arrays of a stream that has keys. Any thread.</summary>
internal sealed class OpenStream
{
    private readonly CameraLane? _lane;
    private readonly (byte[] Key, ulong Handle)[] _arrays = [];

    private OpenStream(AcquisitionSession session, CameraLane? lane, bool isArray)
    {
        Session = session;
        IsArray = isArray;
        _lane = lane;
    }

    private OpenStream(AcquisitionSession session, (byte[] Key, ulong Handle)[] arrays)
    {
        Session = session;
        _arrays = arrays;
    }

    public AcquisitionSession Session { get; }

    /// <summary>Whether it is an array's handle, which the stream's end frees.</summary>
    public bool IsArray { get; }

    /// <summary>Where its frames go.</summary>
    /// <exception cref="AbiException">It is a stream with keys, and none was named.</exception>
    public CameraLane Lane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _lane ?? throw NoneNamed();
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

    /// <summary>Gives a session its handle, and each array with a key one more; 0, and none at all, when the table is full.</summary>
    public static ulong Add(HandleTable<OpenStream> handles, AcquisitionSession session)
    {
        if (!session.Plan.Settings.HasKeys)
            return handles.Add(new OpenStream(session, session.Lanes[0], isArray: false));
        (byte[] Key, ulong Handle)[] arrays =
            [.. session.Lanes.Select(lane => (Encoding.UTF8.GetBytes(lane.Key), handles.Add(new OpenStream(session, lane, isArray: true))))];
        var stream = arrays.Any(array => array.Handle == 0) ? 0 : handles.Add(new OpenStream(session, arrays));
        if (stream != 0)
            return stream;
        foreach (var (_, handle) in arrays)
            handles.Remove(handle);
        return 0;
    }

    private AbiException NoneNamed() => new(
        Status.InvalidArgument, $"the stream has arrays: name one by omz_array_stream or omz_append_frame_to, of {Keys}");

    private string Keys => string.Join(", ", Session.Lanes.Select(lane => lane.Key));

    private int IndexOf(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < _arrays.Length; i++)
        {
            if (key.SequenceEqual(_arrays[i].Key))
                return i;
        }

        var given = Encoding.UTF8.GetString(key[..Math.Min(key.Length, 64)]);
        throw new AbiException(Status.InvalidArgument, _arrays.Length > 0
            ? $"key is `{given}`; the stream's arrays are {Keys}"
            : $"key is `{given}`, but the stream's settings have no `arrays`: append to the stream itself");
    }
}
