namespace OmeZarr.Storage;

/// <summary>
/// An object under construction. <see cref="Append"/> may be called by several threads at the same time; the other members by
/// one thread at a time, and <see cref="Complete"/> or <see cref="Abort"/> once, after the last append returned.
/// </summary>
public interface IObjectWriter : IDisposable
{
    /// <summary>
    /// Appends what lies in several places, one after the other and in one piece; returns the offset at which it begins.
    /// </summary>
    long Append(ReadOnlySpan<MemoryRange> ranges);

    /// <summary>
    /// Makes what has been appended so far readable as if the object ended in <paramref name="footer"/> (always of the same
    /// length). What has been appended stays where it is.
    /// </summary>
    /// <returns>
    /// True: it is readable. False: nothing has changed, and a reader sees what the last publication (if any) showed; the store
    /// cannot show unfinished objects, or not at this moment. Then it may be asked again, with the footer of that time; nothing
    /// that tells how far the object reaches may claim more than the last footer that was published.
    /// </returns>
    bool PublishFooter(ReadOnlySpan<byte> footer, bool durable);

    /// <summary>Ends the object with <paramref name="footer"/>; from then on it is complete and immutable.</summary>
    void Complete(ReadOnlySpan<byte> footer, bool durable);

    /// <summary>
    /// Gives up: what was published with <see cref="PublishFooter"/> stays readable, and as durable as it was; the rest is
    /// dropped.
    /// </summary>
    void Abort();
}
