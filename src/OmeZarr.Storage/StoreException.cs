namespace OmeZarr.Storage;

/// <summary>What went wrong at a store, in terms a caller can act upon.</summary>
public enum StoreErrorKind
{
    Io,
    AlreadyExists,
    NotAZarr,
    AccessDenied,
    NoSpace,
    InvalidKey,
    TooManyOpenFiles,

    /// <summary>The dataset's folder, or a part of it, was moved, removed or replaced while it was written.</summary>
    Moved,

    /// <summary>The call, or the store (<see cref="IWritableStore.Cancel"/>), was told to give up.</summary>
    Cancelled,

    /// <summary>The object has more bytes than the caller takes.</summary>
    TooLarge,
}

/// <summary>A failure of a store. The message names the object and the cause.</summary>
public sealed class StoreException : Exception
{
    public StoreException(StoreErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>The cause, for choosing a status code.</summary>
    public StoreErrorKind Kind { get; }
}
