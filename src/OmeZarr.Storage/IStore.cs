namespace OmeZarr.Storage;

/// <summary>
/// A place for named objects: a folder, a bucket, memory. Keys are relative, separated by '/', such as <c>0/c/1/0/0</c>.
/// Every member may be called from any thread; every failure is a <see cref="StoreException"/> that names the key.
/// </summary>
/// <remarks>
/// The shape fits object stores as well as file systems: an object is either put whole (<see cref="Put(string, ReadOnlySpan{byte}, bool)"/>), or appended
/// to and then completed (<see cref="Create(string, long)"/>). Nothing is ever changed in place.
/// </remarks>
public interface IStore : IDisposable
{
    /// <summary>
    /// What memory given to <see cref="IObjectWriter.Append(ReadOnlySpan{MemoryRange})"/> should begin at multiples of, in
    /// bytes, and be of a length of, but for the last range: then the store need not copy it. 1: any memory will do.
    /// </summary>
    int WriteAlignment => 1;

    /// <summary>
    /// Makes the store ready for a new dataset. What is there already is refused
    /// (<see cref="StoreErrorKind.AlreadyExists"/>), or replaced when <paramref name="overwrite"/> is true and it is a Zarr
    /// (otherwise <see cref="StoreErrorKind.NotAZarr"/>; also when something is in it that no writer of Zarr made). On failure everything is as it was before, and
    /// so it is when the store is disposed of before <see cref="Commit"/>.
    /// </summary>
    /// <param name="overwrite">Whether a Zarr that is there may be replaced.</param>
    /// <param name="first">
    /// The objects that the dataset begins with, put in this order.
    /// </param>
    void Begin(bool overwrite, params IReadOnlyList<StoredObject> first);

    /// <summary>Stores an object whole, replacing any of that name. Readers see the old one or the new one, never a part.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="value">All of its bytes; not kept.</param>
    /// <param name="durable">Whether it must survive a power cut when this returns.</param>
    void Put(string key, ReadOnlySpan<byte> value, bool durable);

    /// <summary>
    /// The same for bytes that lie in several places, one after the other, and for a name that is no string yet: a store that
    /// can need neither copy the ones nor make the other for each chunk.
    /// </summary>
    void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable) => Put(key.ToString(), MemoryRange.Joined(value), durable);

    /// <summary>The whole object, or null when there is none of that name.</summary>
    byte[]? Get(string key);

    /// <summary>Starts an object that grows by appending, such as a shard.</summary>
    /// <param name="key">The object's name; must not exist.</param>
    /// <param name="maxDataBytes">
    /// The most that will be appended, without the footer, each append rounded up to <see cref="WriteAlignment"/>; a store may
    /// reserve this much address space.
    /// </param>
    IObjectWriter Create(string key, long maxDataBytes);

    /// <summary>
    /// The same, with the bytes of each footer that <see cref="IObjectWriter.PublishFooter"/> and <see cref="IObjectWriter.Complete"/> will be
    /// given: a store may keep room for one from the start, so that the object can be completed when there is no other.
    /// </summary>
    IObjectWriter Create(string key, long maxDataBytes, int footerBytes) => Create(key, maxDataBytes);

    /// <summary>Makes everything that was put or completed durable, as far as the store can tell.</summary>
    void Sync();

    /// <summary>
    /// Gives up what <see cref="Begin"/> replaced: from now on the new dataset stands. A store that is disposed of before is as
    /// it was before <see cref="Begin"/>.
    /// </summary>
    void Commit()
    {
    }

    /// <summary>
    /// Fails when the dataset is no longer where it was begun: its folder was moved, removed or replaced. Called now and then
    /// while it is written, and before it is said to be complete.
    /// </summary>
    void CheckRoot()
    {
    }

    /// <summary>
    /// Asks running and later calls to fail as soon as they can: nobody waits for their results any more. Calls that the system
    /// itself holds up go on. Any thread.
    /// </summary>
    void Cancel()
    {
    }
}

/// <summary>
/// An object under construction. <see cref="Append(ReadOnlySpan{byte})"/> may be called by several threads at the same time; the other
/// members by one thread at a time, and <see cref="Complete"/> or <see cref="Abort"/> once, after the last append returned.
/// </summary>
public interface IObjectWriter : IDisposable
{
    /// <summary>Appends bytes and returns the offset at which they lie in the object.</summary>
    long Append(ReadOnlySpan<byte> data);

    /// <summary>Appends what lies in several places, one after the other and in one piece; returns where it begins.</summary>
    long Append(ReadOnlySpan<MemoryRange> ranges);

    /// <summary>
    /// Makes what has been appended so far readable as if the object ended in <paramref name="footer"/> (always of the same
    /// length).
    /// </summary>
    /// <returns>
    /// True: it is readable. False: nothing has changed, and a reader sees what the last publication (if any) showed; the store cannot show
    /// unfinished objects, or not at this moment. Then it may be asked again, with the footer of that time; nothing that tells how far the
    /// object reaches may claim more than the last footer that was published.
    /// </returns>
    bool PublishFooter(ReadOnlySpan<byte> footer, bool durable);

    /// <summary>Ends the object with <paramref name="footer"/>; from then on it is complete and immutable.</summary>
    void Complete(ReadOnlySpan<byte> footer, bool durable);

    /// <summary>Gives up: what was published with <see cref="PublishFooter"/> stays readable, and as durable as it was; the rest is dropped.</summary>
    void Abort();
}

/// <summary>An object to be put whole.</summary>
public readonly record struct StoredObject(string Key, ReadOnlyMemory<byte> Value);
