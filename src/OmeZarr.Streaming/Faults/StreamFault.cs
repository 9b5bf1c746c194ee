using OmeZarr.Memory;
using OmeZarr.Storage;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Streaming.Faults;

/// <summary>Kinds of failure that stick to a stream.</summary>
public enum FaultKind
{
    Internal,
    Io,
    NoSpace,
    AccessDenied,
    AlreadyExists,
    NotAZarr,
    OutOfMemory,
    Codec,
    Stalled,

    /// <summary>Slots that a caller acquired never came back.</summary>
    SlotsLost,
}

/// <summary>Why a stream failed: for the status code and for a person.</summary>
public sealed record StreamFault(FaultKind Kind, string Message)
{
    /// <summary>Puts any exception of a worker, the store or a codec into a fault.</summary>
    public static StreamFault From(Exception exception) => exception switch
    {
        StoreException store => new StreamFault(KindOf(store.Kind), store.Message),
        CodecException codec => new StreamFault(FaultKind.Codec, codec.Message),
        OutOfMemoryException memory => new StreamFault(FaultKind.OutOfMemory, memory.Message),
        // What this library or a system call says of itself needs no stack trace; anything else is a defect whose place has to be known.
        InvariantException broken => new StreamFault(FaultKind.Internal, broken.Message),
        UnauthorizedAccessException refused => new StreamFault(FaultKind.AccessDenied, refused.Message),
        IOException failed => new StreamFault(FaultKind.Io, failed.Message),
        _ => new StreamFault(FaultKind.Internal, exception.ToString()),
    };

    private static FaultKind KindOf(StoreErrorKind kind) => kind switch
    {
        StoreErrorKind.NoSpace => FaultKind.NoSpace,
        StoreErrorKind.AccessDenied => FaultKind.AccessDenied,
        StoreErrorKind.AlreadyExists => FaultKind.AlreadyExists,
        StoreErrorKind.NotAZarr => FaultKind.NotAZarr,
        _ => FaultKind.Io,
    };
}

/// <summary>The stream's first failure; later ones are counted only. Any thread.</summary>
/// <param name="wake">Wakes whoever waits in the stream, to look at what became of it.</param>
/// <param name="onFirst">Told of the first failure, once, on the thread that met it, when everybody is awake. Must not throw.</param>
internal sealed class StickyFault(Action wake, Action<StreamFault>? onFirst)
{
    private StreamFault? _first;
    private long _refused;
    private volatile bool _discarding;
    private volatile bool _isBroken;

    public StreamFault? First => Volatile.Read(ref _first);

    public bool IsSet => First is not null;

    /// <summary>Nothing more is to be written: frames are only release.</summary>
    public bool IsDiscarding => _discarding || IsSet;

    /// <summary>Whether something happened that never should: counts of work may be wrong, and an end must not rely on them.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>The failure itself and everything that was refused because of it.</summary>
    public long Count => (IsSet ? 1 : 0) + Volatile.Read(ref _refused);

    /// <summary>Keeps the fault when it is the first one.</summary>
    public void Set(StreamFault fault)
    {
        if (Interlocked.CompareExchange(ref _first, fault, null) is not null)
            return;
        wake();
        onFirst?.Invoke(fault);
    }

    /// <summary>Keeps a defect of the library itself as the fault.</summary>
    public void Break(Exception exception)
    {
        _isBroken = true;
        Set(new StreamFault(FaultKind.Internal, $"a defect of the library, please report it: {exception}"));
    }

    /// <summary>Gives up what is not written yet, without a failure.</summary>
    public void Discard()
    {
        _discarding = true;
        wake();
    }

    public void CountRefusal() => Interlocked.Increment(ref _refused);
}
