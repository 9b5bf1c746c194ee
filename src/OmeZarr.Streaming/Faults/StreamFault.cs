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

    /// <summary>Slots that a caller acquired were never given back.</summary>
    SlotsLost,
}

/// <summary>Why a stream failed: for the status code and for a person.</summary>
public sealed record StreamFault(FaultKind Kind, string Message)
{
    /// <summary>Turns an exception of a worker, the store or a codec into a fault.</summary>
    public static StreamFault From(Exception exception) => exception switch
    {
        StoreException store => new StreamFault(KindOf(store.Kind), store.Message),
        CodecException codec => new StreamFault(FaultKind.Codec, codec.Message),
        OutOfMemoryException memory => new StreamFault(FaultKind.OutOfMemory, memory.Message),
        // The library's own messages and system errors need no stack trace. Anything else is a defect, and its location must be
        // known.
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

/// <summary>The stream's first failure; later ones are only counted. Any thread.</summary>
/// <param name="wake">Wakes all waiters of the stream, so that they see the failure.</param>
/// <param name="onFirst">Called with the first failure, once, on the thread that met it, after the waiters are woken. Must not
/// throw.</param>
internal sealed class StickyFault(Action wake, Action<StreamFault>? onFirst)
{
    private StreamFault? _first;
    private long _refused;
    private volatile bool _discarding;
    private volatile bool _isBroken;

    public StreamFault? First => Volatile.Read(ref _first);

    public bool IsSet => First is not null;

    /// <summary>Whether nothing more is to be written: frames are only released.</summary>
    public bool IsDiscarding => _discarding || IsSet;

    /// <summary>Whether an invariant was broken: work counts may be wrong, and the end must not rely on them.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>The failure itself and every call that was refused because of it.</summary>
    public long Count => (IsSet ? 1 : 0) + Volatile.Read(ref _refused);

    /// <summary>Records the fault if it is the first one.</summary>
    public void Set(StreamFault fault)
    {
        if (Interlocked.CompareExchange(ref _first, fault, null) is not null)
            return;
        wake();
        onFirst?.Invoke(fault);
    }

    /// <summary>Records a defect of the library itself as the fault.</summary>
    public void Break(Exception exception)
    {
        _isBroken = true;
        Set(new StreamFault(FaultKind.Internal, $"a defect of the library, please report it: {exception}"));
    }

    /// <summary>Discards what is not written yet, without a failure.</summary>
    public void Discard()
    {
        _discarding = true;
        wake();
    }

    public void CountRefusal() => Interlocked.Increment(ref _refused);
}
