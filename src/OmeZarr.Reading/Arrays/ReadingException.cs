namespace OmeZarr.Reading.Arrays;

/// <summary>Why something could not be read, in terms a caller can act upon.</summary>
public enum ReadingErrorKind
{
    /// <summary>There is no dataset, image, level or array of that name.</summary>
    NotFound,

    /// <summary>Metadata contradict the specification, or use a part of it that is not supported; the message names it.</summary>
    Format,

    /// <summary>A stored chunk or index is damaged.</summary>
    Damaged,

    /// <summary>It would take more memory than the reader may have.</summary>
    TooLarge,

    /// <summary>What is asked for does not lie in the array, or not in the buffer.</summary>
    OutOfRange,

    /// <summary>The time-out has passed, or the caller has given up.</summary>
    GivenUp,
}

/// <summary>A dataset cannot be read. The message names the object and the cause.</summary>
/// <param name="kind">The cause, for choosing a status code.</param>
/// <param name="message">For people.</param>
/// <param name="inner">What was behind it.</param>
public sealed class ReadingException(ReadingErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The cause, for choosing a status code.</summary>
    public ReadingErrorKind Kind { get; } = kind;
}
