using OmeZarr.Acquisition;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Intake;

/// <summary>Routes each plane of a frame to its chunk row, and to the plane of the next level. The distributor only.</summary>
internal sealed class PlaneRouter
{
    private readonly FrameRouter _router;
    private readonly int _endingAxis;
    private readonly LevelArrays _arrays;
    private readonly LevelRouter? _levels;
    private readonly ChunkRowLifecycle _chunkRows;
    private readonly RoomWait _room;
    private readonly Func<bool> _reserve;
    private readonly long[] _storageIndex;
    private int _image; // With the next three: the plane being routed, and where it goes.
    private bool _isMissing;
    private int _position;
    private ChunkRow? _chunkRow;

    /// <param name="plan">Says where a frame goes.</param>
    /// <param name="arrays">The arrays of full resolution.</param>
    /// <param name="levels">The other levels; null when there are none.</param>
    /// <param name="chunkRows">Receives the planes.</param>
    /// <param name="room">Where a plane waits when there is no room for it.</param>
    public PlaneRouter(CameraPlan plan, LevelArrays arrays, LevelRouter? levels, ChunkRowLifecycle chunkRows, RoomWait room)
    {
        _router = plan.Router;
        _endingAxis = plan.EndingAxis;
        _arrays = arrays;
        _levels = levels;
        _chunkRows = chunkRows;
        _room = room;
        _reserve = TryReserve;
        _storageIndex = new long[_router.FrameAxes];
    }

    /// <summary>Planes of a frame.</summary>
    public int PlanesPerFrame => _router.PlanesPerFrame;

    /// <summary>References to a plane: one for its chunks, and one for the next level if there is one.</summary>
    public int ReferencesPerPlane => _levels is null ? 1 : 2;

    /// <summary>Whether a plane waits for room.</summary>
    public bool IsWaiting => _room.IsWaiting;

    /// <summary>Routes a plane, or its absence where it has no slot; false when it must wait for room.</summary>
    public bool TryRoute(FramePart part)
    {
        _image = _router.Locate(part.Frame, part.Plane, _storageIndex);
        _isMissing = !part.HasSlot;
        if (!_room.FindOrWait(_reserve))
            return false;
        var plane = _isMissing ? FramePart.Missing : part;
        _levels?.Route(_image, _storageIndex, plane);
        _chunkRows.Enter(_chunkRow!, _position, plane);
        return true;
    }

    /// <summary>Hands all incomplete chunk rows to the workers as they are; once no frame can come any more.</summary>
    /// <param name="framesSeen">The highest frame number plus 1.</param>
    /// <param name="guard">Runs each step, and isolates the failure of one from the others.</param>
    public void CloseOpen(long framesSeen, Action<Action> guard)
    {
        _levels?.CloseOpen(_endingAxis < 0 ? 0 : _router.LengthAlong(_endingAxis, framesSeen), guard);
        _chunkRows.CloseOpen(guard);
    }

    private bool TryReserve()
    {
        _chunkRow = _arrays.FindOrMake(_image).FindOrOpen(_storageIndex, out _position);
        return _chunkRow is not null && (_levels is null || _levels.TryReserve(_image, _storageIndex, _isMissing));
    }
}
